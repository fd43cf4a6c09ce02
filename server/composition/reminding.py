"""Urging the late: reminder plans, reminders, notices, mails, letters."""

from dataclasses import dataclass

from server.composition.ground import Ground
from server.machine import new_secret
from server.services.board import Board
from server.services.calendar_feeds import CalendarFeeds
from server.services.due_calendar import DueCalendar
from server.services.escalations import Escalations
from server.services.mail import MailDesk
from server.services.mail_wishes import MailWishes
from server.services.notices import Notices
from server.services.part_duties import PartDuties
from server.services.part_reminders import PartReminders
from server.services.reminder_digests import Digests
from server.services.reminder_plans import ReminderPlans
from server.services.reminder_recipients import Directory
from server.services.reminder_reports import DueReports
from server.services.reminders import Reminders
from server.services.round_contacts import RoundContacts
from server.services.round_dates import RoundDateChanges
from server.services.rounds import Rounds
from server.services.urging import Urging
from server.services.urging_evidence import UrgingEvidence
from server.services.urging_letter import UrgingLetters
from server.services.urging_log import UrgingLogs


@dataclass(frozen=True, slots=True)
class Reminding:
    """What tells people, and keeps the evidence that they were told."""

    board: Board
    calendar_feeds: CalendarFeeds
    due_calendar: DueCalendar
    escalations: Escalations
    mail: MailDesk
    mail_wishes: MailWishes
    notices: Notices
    reminder_plans: ReminderPlans
    reminders: Reminders
    round_contacts: RoundContacts
    round_dates: RoundDateChanges
    urging: Urging
    urging_evidence: UrgingEvidence
    urging_letters: UrgingLetters
    urging_logs: UrgingLogs


def reminding(ground: Ground, rounds: Rounds) -> Reminding:
    stores, plugins, events = ground.stores, ground.plugins, ground.stores.events
    transaction, clock = ground.transaction, ground.clock
    plans = ReminderPlans(stores.reminders, ground.catalogue, plugins, events, transaction, clock)
    reports = DueReports(stores.obligations, stores.submissions, ground.reviewer)
    urging = Urging(
        store=stores.urgings,
        reminders=stores.reminders,
        obligations=stores.obligations,
        mails=stores.mails,
        events=events,
        reports=reports,
        directory=lambda day: Directory(
            day, ground.reference, ground.accounts, stores.preferences, plugins
        ),
        transaction=transaction,
        clock=clock,
        new_id=ground.new_id,
        mail_domain=ground.mail_domain,
    )
    due = DueCalendar(stores.obligations, ground.catalogue, ground.reference, ground.scope, clock)
    notices = Notices(
        store=stores.notices,
        mails=stores.mails,
        accounts=ground.accounts,
        preferences=stores.preferences,
        catalogue=ground.catalogue,
        reference=ground.reference,
        plugins=plugins,
        transaction=transaction,
        clock=clock,
        mail_domain=ground.mail_domain,
    )
    duties = PartDuties(stores.parts, stores.obligations, stores.submissions, ground.reviewer)
    reminders = Reminders(
        plugins=plugins,
        plans=plans,
        store=stores.reminders,
        mails=stores.mails,
        events=events,
        reports=reports,
        accounts=ground.accounts,
        preferences=stores.preferences,
        digests=Digests(
            plugins,
            stores.obligations,
            stores.reminders,
            stores.mails,
            events,
            notices,
            PartReminders(duties, stores.reminders),
            transaction,
            clock,
            ground.mail_domain,
        ),
        transaction=transaction,
        clock=clock,
    )
    return Reminding(
        board=Board(
            store=stores.board,
            obligations=stores.obligations,
            catalogue=ground.catalogue,
            reference=ground.reference,
            scope=ground.scope,
            clock=clock,
            duties=duties,
        ),
        calendar_feeds=CalendarFeeds(
            store=stores.calendar_feeds,
            due=due,
            accounts=ground.accounts,
            preferences=stores.preferences,
            events=events,
            transaction=transaction,
            clock=clock,
            new_secret=new_secret,
            public_url=ground.settings.server.public_url,
        ),
        due_calendar=due,
        escalations=Escalations(
            stores.escalations, stores.submissions, events, ground.reviewer, transaction, clock
        ),
        mail=MailDesk(stores.mails, plugins, events, transaction, clock),
        mail_wishes=MailWishes(stores.preferences, events, transaction, clock),
        notices=notices,
        reminder_plans=plans,
        reminders=reminders,
        round_contacts=RoundContacts(rounds, ground.accounts.store),
        round_dates=RoundDateChanges(
            rounds, stores.obligations, events, reminders, transaction, clock, ground.new_id
        ),
        urging=urging,
        urging_evidence=UrgingEvidence(urging),
        urging_letters=UrgingLetters(
            plugins, urging, ground.reference, ground.results, ground.new_id, ground.demo
        ),
        urging_logs=UrgingLogs(plugins, urging, ground.results, ground.new_id, ground.demo),
    )

"""The played story: how far each report is, which mails went out, who can sign in."""

import json
import stat
from collections import Counter
from datetime import date

import pytest

from server.core.access import Role
from server.core.obligation import Obligation
from server.core.org_unit import Level
from server.core.submission import Submission
from server.demo import running, states
from server.demo.place import Place
from tests.demo.conftest import Played

YEAR = "2024"


def obligations(played: Played, form: str, period: str = YEAR) -> list[Obligation]:
    store = played.application.services.obligations.obligations
    found = store.list_(form=form, period=period, limit=500)
    return [item for item in found if item.org_unit not in parents(played)]


def submissions(played: Played, form: str, period: str = YEAR) -> list[Submission]:
    store = played.application.services.submissions.submissions
    found = store.list_(form=form, period=period, limit=500)
    return [item for item in found if item.org_unit not in parents(played)]


def parents(played: Played) -> frozenset[str]:
    """The units that sum up: their reports are told by tests of their own."""
    units = played.application.services.reference.units(date(2024, 12, 31))
    return frozenset(unit.id for unit in units if unit.level in (Level.DISTRICT, Level.PROVINCE))


def test_cho_don_sums_up_twelve_of_twenty_for_now(played: Played) -> None:
    services = played.application.services
    admin = services.accounts.actor(services.accounts.by_username("admin"))
    owed = {one.unit.code: one for one in services.consolidations.list_(admin)}

    assert set(owed) == {"058", "060", "061", "062", "063", "064", "065", "066", "06"}
    standing = owed["064"].standing
    assert (standing.taken, standing.expected, len(standing.missing)) == (12, 20, 8)
    assert not standing.stale
    report = services.consolidations.sheet(admin, owed["064"].submission.id)  # type: ignore[union-attr]
    total = report.view.verdict.computed["total"]
    shares = services.consolidations.breakdown(
        admin, report.view.submission.id, "/rows/02/rural_male"
    )
    assert len(shares) == 12
    assert total["total"] == sum(  # type: ignore[index]
        services.submissions.submissions.revision(child.pin.child, child.pin.revision).computed[
            "total"
        ]["total"]  # type: ignore[index]
        for child in standing.children
        if child.pin is not None
    )


def test_population_reports_stand_as_the_story_says(played: Played) -> None:
    found = Counter(item.state for item in submissions(played, "population_ethnic"))

    assert found == {
        "approved": 41,
        "district_approved": 22,
        "submitted": 17,
        "returned": 6,
        "draft": 12,
    }


def test_ten_units_have_not_started_and_one_of_them_is_excused(played: Played) -> None:
    today = running.DAY
    open_ones = [
        item for item in obligations(played, "population_ethnic") if item.submission is None
    ]

    assert Counter(str(item.state(today)) for item in open_ones) == {"late": 9, "excused": 1}


def test_seventy_one_of_a_hundred_and_eight_were_in_time(played: Played) -> None:
    service = played.application.services.obligations
    sent = [
        item
        for item in obligations(played, "population_ethnic")
        if str(item.progress) in ("sent", "final")
    ]

    assert len(sent) == 80
    assert sum(service.days_late(item) == 0 for item in sent) == 71


@pytest.mark.parametrize(
    ("form", "period", "final"),
    [
        ("council_delegates", "2021-T5", 108),
        ("population_ethnic", "2023", 108),
        ("near_poor", "2023", 108),
        ("near_poor", "2024", 108),
        ("prestige_persons", "2024", 108),
        ("commune_sheet", "2024", 106),
    ],
)
def test_closed_collections_are_complete(
    played: Played, form: str, period: str, final: int
) -> None:
    progress = Counter(str(item.progress) for item in obligations(played, form, period))

    assert progress["final"] == final


@pytest.mark.parametrize(("form", "sent", "open_"), [("village_roads", 96, 12), ("cadres", 106, 5)])
def test_running_collections_lack_the_named_units(
    played: Played, form: str, sent: int, open_: int
) -> None:
    found = Counter(item.sent_at is not None for item in obligations(played, form))

    assert found == {True: sent, False: open_}


def test_reminders_of_the_population_form_went_to_whom_it_concerned(played: Played) -> None:
    owed = [item.id for item in obligations(played, "population_ethnic")]
    services = played.application.services
    mails = services.mail.trace(kind="reminder", limit=5000).items

    # Counted by who was told of what: on 20/01 twelve units were told of two reports in one mail.
    told = services.urging.reminders.deliveries(obligations=owed)
    units = [one for one in told if one.addressee == "unit" and one.outcome == "sent"]
    assert Counter(one.step for one in units) == {"D-7": 96, "D-1": 56, "D+1": 31, "D+5": 25}
    assert len({(one.obligation, one.step) for one in units}) == len(units) == 208
    assert {mail.state for mail in mails} == {"sent"}


def test_the_sink_keeps_each_mail_with_the_date_of_the_story(played: Played) -> None:
    names = sorted(path.name for path in played.place.mails.glob("*.eml"))
    traced = played.application.services.mail.trace(limit=5000).items

    assert len(names) == len(traced)
    assert names[0].startswith("20241125T") and names[-1].startswith("20250121T")


def test_co_linh_was_returned_with_the_cell_marked(played: Played) -> None:
    unit = played.application.services.reference.unit_by_code("01879", date(2024, 12, 31))
    [report] = [
        item for item in submissions(played, "population_ethnic") if item.org_unit == unit.id
    ]
    events = played.application.services.submissions.events.of(f"submission/{report.id}")

    assert report.answers["rows"]["08"]["rural_female"] == 1_326  # type: ignore[index]
    assert [event.name for event in events][-1] == "submission.return"
    assert events[-1].details["marks"][0]["path"] == "/rows/08/rural_female"  # type: ignore[index]


def test_every_chain_of_the_story_holds(played: Played) -> None:
    assert played.application.services.ledger.verify().faults == ()


def test_figures_add_up_to_the_province(played: Played) -> None:
    services = played.application.services
    admin = services.accounts.actor(services.accounts.by_username("admin"))

    [figure] = services.reports.figures(admin, indicator="0405", period="2024")
    assert figure.value == 1_890
    assert figure.reports == 108


def test_the_account_list_is_private_and_leads_with_the_chains(played: Played) -> None:
    path = played.place.accounts
    lines = json.loads(path.read_text(encoding="utf-8"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(lines[0]) == {"username", "password", "role", "org_unit", "token"}
    assert lines[0]["role"] == "admin"
    chains = ["colinh", "bangthanh", "bocbo", "congbang", "anthang"]
    wanted = [f"{name}.{job}" for name in chains for job in ("nhap", "lanhdao")]
    wanted += ["pacnam.duyet", "tinh.thamdinh"]
    assert [line["username"] for line in lines[1:13]] == wanted


def test_password_and_token_of_the_list_let_in(played: Played) -> None:
    accounts = played.application.services.accounts
    clerk = next(one for one in played.place.holders() if one.username == "bocbo.nhap")

    account, _ = accounts.sign_in(clerk.username, clerk.password, "127.0.0.1")
    of_token = accounts.account_of_token(clerk.token)
    assert of_token is not None and of_token.id == account.id
    assert clerk.org_unit in accounts.actor(account).units(Role.REPORTER)


def test_three_clerks_owe_a_report_that_nobody_started(played: Played) -> None:
    units = {one.org_unit for one in played.place.holders()[1:11] if one.role is Role.REPORTER}
    waiting = [
        item
        for item in obligations(played, "population_ethnic")
        if item.org_unit in units and item.submission is None
    ]

    assert len(waiting) == 4
    assert {str(item.state(running.DAY)) for item in waiting} == {"late"}


def test_the_folder_is_reused_only_for_the_same_story(played: Played) -> None:
    again = Place(played.place.folder)

    assert again.played_until(scale=1) == running.DAY
    assert again.played_until(scale=2) is None


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2025, 1, 24), date(2025, 1, 24)),
        (date(2025, 2, 18), date(2025, 1, 24)),
        (date(2025, 1, 10), date(2025, 1, 10)),
        (date(2026, 1, 20), date(2026, 1, 20)),
    ],
)
def test_the_story_is_played_to_the_day_that_was_asked_for(day: date, until: date) -> None:
    assert running.story_until(day) == until


def test_sent_late_is_told_by_the_calendar() -> None:
    sent = [course.sent_at for course in states.courses() if course.sent_at is not None]

    assert len(sent) == 86
    assert sum(moment.date() > states.DUE for moment in sent) == len(states.DAYS_LATE)

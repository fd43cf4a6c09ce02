"""What the worker does: deliveries, jobs, exports, figures, sealing."""

from dataclasses import dataclass

from server.composition.ground import Ground
from server.services.background import Background
from server.services.counted_reports import CountedReports
from server.services.definition_telling import DefinitionTelling
from server.services.dispatch import Dispatch
from server.services.exports import Exports
from server.services.idempotency import Idempotency
from server.services.impact_jobs import BACKTEST, IMPACT, ImpactJobs
from server.services.jobs import Jobs
from server.services.ledger import Ledger
from server.services.own_figures import OwnFigures
from server.services.reports import Reports
from server.services.series import Series
from server.services.telling import Telling


@dataclass(frozen=True, slots=True)
class Working:
    """What runs by itself, and the figures that come of it."""

    background: Background
    dispatch: Dispatch
    exports: Exports
    idempotency: Idempotency
    jobs: Jobs
    ledger: Ledger
    own_figures: OwnFigures
    reports: Reports
    series: Series


def working(ground: Ground, looking: ImpactJobs) -> Working:
    stores, reviewer, events = ground.stores, ground.reviewer, ground.stores.events
    transaction, clock, plugins = ground.transaction, ground.clock, ground.plugins
    exports = Exports(
        plugins=plugins,
        jobs=stores.jobs,
        submissions=stores.submissions,
        events=events,
        reviewer=reviewer,
        accounts=ground.accounts,
        transaction=transaction,
        clock=clock,
        new_id=ground.new_id,
        folder=ground.results,
        demo=ground.demo,
    )
    counted = CountedReports(stores.obligations, ground.catalogue, ground.reference)
    reports = Reports(
        stores.observations,
        counted,
        ground.catalogue,
        ground.reference,
        ground.scope,
        clock,
    )
    return Working(
        background=Background(stores.worker_runs, stores.mails, stores.jobs, transaction, clock),
        dispatch=Dispatch(
            events=events,
            submissions=stores.submissions,
            obligations=stores.obligations,
            observations=stores.observations,
            mails=stores.mails,
            reviewer=reviewer,
            accounts=ground.accounts,
            telling=Telling(
                stores.notices,
                stores.submissions,
                stores.obligations,
                reviewer,
                ground.accounts,
                DefinitionTelling(
                    stores.notices, stores.definition_drafts, ground.accounts, events
                ),
                clock,
            ),
            plugins=plugins,
            transaction=transaction,
            clock=clock,
            mail_domain=ground.mail_domain,
        ),
        exports=exports,
        idempotency=Idempotency(stores.idempotency, transaction, clock),
        jobs=Jobs(
            store=stores.jobs,
            runners={"export": exports.run, IMPACT: looking.run, BACKTEST: looking.run},
            actor_of=ground.accounts.actor_of,
            transaction=transaction,
            clock=clock,
        ),
        ledger=Ledger(events, transaction, clock),
        own_figures=OwnFigures(
            stores.submissions,
            ground.catalogue,
            ground.reference,
            reports,
            plugins,
            ground.reviewer.editions,
        ),
        reports=reports,
        series=Series(
            stores.series,
            ground.catalogue,
            ground.reference,
            ground.scope,
            ground.reviewer.editions,
            counted,
            clock,
        ),
    )

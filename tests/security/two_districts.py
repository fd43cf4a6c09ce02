"""A small province in which every text betrays whose it is: three communes, two districts.

``near`` and ``beside`` share a district, ``far`` lies in the other one. Each has a report that was
sent, returned and sent again, a survey with a sheet, an export, and people; every text that
somebody wrote holds the commune's mark, so that a search for a mark finds what leaked.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from server.core.access import SYSTEM, Role
from server.core.obligation import Round
from server.core.org_unit import Village
from server.core.ports import Mail
from server.core.submission import Change
from server.services.accounts import NewAccount
from server.services.delegations import Wish
from server.services.review import SubmissionView
from server.storage.database import Database
from server.storage.mail import MailStore
from tests.world import FRIDAY, PERIOD, ROOT, World, household_form, make_world

_VILLAGE = Village("v1", "u-commune", 1, "Thôn Nà Mạ", "thon", True, "built", None, None)
PLUGINS = ["csv_export", "pdf_print", "xlsx_workbook"]
MISSING = "0" * 24
#: So many cells of free text has the form ``free_texts``.
TEXT_CELLS = 90


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune's things by their ids, and the mark that all its texts hold."""

    mark: str
    unit: str
    report: str
    draft: str
    survey: str
    record: str
    deleted_record: str
    job: str
    comment: str
    file: str
    draft_file: str
    delegation: int  # of a later day, so that it opens nothing yet

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything of the commune that an address may name."""
        return (
            self.report, self.draft, self.survey, self.record, self.deleted_record, self.job,
            self.comment, self.file, self.draft_file,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cast:
    name: str
    unit: str
    signer: str
    approver: str


_CASTS = (
    _Cast("near", "u-commune", "commune_signer", "district_approver"),
    _Cast("beside", "u-neighbour", "beside_signer", "district_approver"),
    _Cast("far", "u-far", "far_signer", "far_approver"),
)
_EXTRAS = (
    ("beside_signer", Role.SIGNER, "u-neighbour"),
    ("far_signer", Role.SIGNER, "u-far"),
    ("far_approver", Role.APPROVER, "u-other-district"),
)


def mark_of(name: str) -> str:
    return f"qx{name}xq"


def free_text_form() -> dict[str, object]:
    """A form that is nothing but text cells, for texts that attack."""
    keys = [f"t{number:02}" for number in range(TEXT_CELLS)]
    form = household_form("free_texts")
    form["title"] = "Ghi chép"
    form["x-form"] = {**form["x-form"], "prefix": "GC01"}  # type: ignore[dict-item]
    form["required"] = []
    form["properties"] = {
        "sheets": {"title": "Số tờ", "type": "integer", "minimum": 0, "maximum": 99},
        **{key: {"title": f"Ô {key}", "type": "string", "maxLength": 400} for key in keys},
    }
    section = {"key": "main", "title": "Ghi chép", "fields": ["sheets", *keys]}
    form["x-layout"] = {"sections": [section]}
    form["x-checks"] = []
    form["x-tests"] = [{"name": "một tờ", "answers": {"sheets": 1}, "findings": []}]
    return form


def _definition_draft(world: World) -> None:
    """The next version of ``spare`` is being written, so that the editor's pages have something."""
    drafts, admin = world.services.definition_drafts, world.actor("admin")
    draft = drafts.revise(admin, "form", "spare")
    title = {"op": "set", "path": "/properties/note", "values": {"title": "Ý kiến của xã"}}
    drafts.apply(admin, draft.id, title, seen=draft.edit)


def build(database: Database, var: Path) -> tuple[World, dict[str, Commune]]:
    """Fill a migrated database; what stands in it afterwards is only ever copied."""
    world = make_world(database, var, PLUGINS)
    services = world.services
    services.catalogue.publish(_text(free_text_form()), "form", SYSTEM)
    spare = household_form("spare")
    spare["x-form"] = {**spare["x-form"], "prefix": "DP01"}  # type: ignore[dict-item]
    services.catalogue.publish(_text(spare), "form", SYSTEM)
    _definition_draft(world)
    services.rounds.open(world.actor("admin"), _second_round())
    services.reference.put_holiday(date(2025, 1, 28), "Tết", "off", SYSTEM)
    for code in ("village_kind", "village_road"):
        text = (ROOT / f"form_definitions/_codelists/{code}.json").read_text("utf-8")
        services.catalogue.publish(text, "codelist", SYSTEM)
    services.reference.add_villages([_VILLAGE], SYSTEM)
    for username, role, unit in _EXTRAS:
        _join(world, username, username, role, unit)
    for cast in _CASTS:
        mark = mark_of(cast.name)
        _join(world, f"{cast.name}_clerk", f"{mark} name", Role.REPORTER, cast.unit)
    communes = {cast.name: _commune(world, cast) for cast in _CASTS}
    services.dispatch.run()
    _mail(database, communes)
    return world, communes


def _join(world: World, username: str, name: str, role: Role, unit: str) -> None:
    email = f"{name.split(maxsplit=1)[0]}.mail@example.vn"
    account = world.services.accounts.create(SYSTEM, NewAccount(username, name, email, role, unit))
    world.accounts[username] = account.id
    world.tokens[username] = world.services.accounts.create_token(SYSTEM, account.id, "tests")


def _commune(world: World, cast: _Cast) -> Commune:
    mark, clerk = mark_of(cast.name), f"{cast.name}_clerk"
    services, actor = world.services, world.actor(clerk)
    view = services.submissions.start(
        actor, form="households", org_unit=cast.unit, period=PERIOD, answers=_answers(mark)
    )
    text = f"{mark} attachment\n".encode()
    file = services.attachments.add(actor, view.submission.id, text, name=f"{mark} file.txt")
    reason = {"code": "crowded", "path": "/households", "text": f"{mark} reason"}
    view = _decide(world, view, clerk, "submit", reasons=[reason])
    view = _decide(world, view, cast.signer, "sign")
    view = _decide(world, view, cast.approver, "return", supplied={"note": f"{mark} returned"})
    again = Change("/note", f"{mark} note", f"{mark} second note", None)
    view, _met = services.submissions.save_cells(actor, view.submission.id, [again])
    view = _decide(world, view, clerk, "submit", reasons=[reason])
    view = _decide(world, view, cast.signer, "sign")
    draft = services.submissions.start(
        actor,
        form="free_texts",
        org_unit=cast.unit,
        period=PERIOD,
        answers={"sheets": 1, "t00": f"{mark} text"},
    )
    draft_file = services.attachments.add(
        actor, draft.submission.id, text, name=f"{mark} draft.txt", path="/t00"
    )
    survey = services.submissions.start(
        actor, form="household_survey", org_unit=cast.unit, period=PERIOD
    )
    sheet = services.records.add(actor, survey.submission.id, _answers(mark))
    gone = services.records.add(actor, survey.submission.id, _answers(mark))
    services.records.delete(
        actor, survey.submission.id, gone.record.id, reason=f"{mark} nhập trùng"
    )
    comment = services.comments.write(
        actor, view.submission.id, text=f"{mark} comment", path="/note"
    )
    job = services.exports.start(actor, "csv", form="households", period=PERIOD)
    assert services.jobs.run_one()
    return Commune(
        mark=mark,
        unit=cast.unit,
        report=view.submission.id,
        draft=draft.submission.id,
        survey=survey.submission.id,
        record=sheet.record.id,
        deleted_record=gone.record.id,
        job=job.id,
        comment=comment.id,
        file=file.id,
        draft_file=draft_file.id,
        delegation=_delegation(world, cast),
    )


def _delegation(world: World, cast: _Cast) -> int:
    """The leader hands signing to the clerk, for one day that is still to come."""
    delegations, leader = world.services.delegations, world.actor(cast.signer)
    [grant, *_] = delegations.delegable(leader)
    day = world.services.clock.today() + timedelta(days=60)
    deputy = world.accounts[f"{cast.name}_clerk"]
    reason = f"{mark_of(cast.name)} delegated"
    return delegations.grant(leader, Wish(grant.id, deputy, day, day, reason)).id


def _answers(mark: str) -> dict[str, object]:
    people = {"male": 120, "female": 130}
    return {"people": people, "households": 6, "note": f"{mark} note"}


def _decide(
    world: World, view: SubmissionView, username: str, event: str, **more: object
) -> SubmissionView:
    return world.services.approvals.decide(
        world.actor(username),
        view.submission.id,
        event,
        seen=view.submission.edit,
        **more,  # type: ignore[arg-type]
    )


def _text(form: dict[str, object]) -> str:
    return json.dumps(form, ensure_ascii=False)


def _mail(database: Database, communes: dict[str, Commune]) -> None:
    with database.transaction():
        for commune in communes.values():
            mail = Mail(
                message_id=f"<{uuid4().hex}@example.vn>",
                recipient=f"{commune.mark}.to@example.vn",
                subject=f"{commune.mark} subject",
                body=f"{commune.mark} body",
            )
            MailStore(database).add(
                mail, kind="return", obligation=None, step=None, created_at=FRIDAY.now()
            )


def _second_round() -> Round:
    return Round(
        id="round-texts",
        code="CHU-2024",
        title="Ghi chép năm 2024",
        period=PERIOD,
        letter_number="02/BDT",
        letter_on=FRIDAY.today(),
        contact="Phòng Tổng hợp",
        phone="0209 000 000",
        level="official",
        forms=("free_texts", "spare"),
        opens_on=FRIDAY.today(),
    )

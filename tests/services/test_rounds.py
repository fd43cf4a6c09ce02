"""Opening rounds: who owes what by when, frozen as it opens, and what may be added later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from server.core.access import SYSTEM
from server.core.assignment import AssignmentRule
from server.core.directory import Contact, FormOwner
from server.core.due_date import explained
from server.core.obligation import Obligation, Round, RoundDates
from server.core.org_unit import Level, OrgUnit
from server.errors import (
    AccessDenied,
    AttachmentRefused,
    InputInvalid,
    NotFound,
    Stale,
)
from tests.world import ROUND, World

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
ESTIMATE = Round(
    id="round-estimate",
    code="UOC-2025",
    title="Ước tính năm 2025",
    period="2025",
    letter_number="07/BDT",
    letter_on=date(2025, 1, 20),
    contact="Phòng Tổng hợp",
    phone="0209 000 000",
    level="estimate",
    forms=("households",),
    opens_on=date(2025, 1, 24),
    dates=(
        RoundDates(level="commune", due=date(2025, 9, 10), closes=date(2025, 9, 20)),
        RoundDates(level="commune", form="household_survey", due=date(2025, 9, 13)),
    ),
)


def owed(world: World, round_id: str = ROUND) -> list[Obligation]:
    return world.services.obligations.obligations.list_(round=round_id)


def new_commune(world: World) -> OrgUnit:
    unit = OrgUnit("u-new", "01900", "Xã Mới", Level.COMMUNE, "xa", "u-district", None, None)
    world.services.reference.add_units([unit], SYSTEM)
    return unit


def test_a_unit_or_a_rule_added_later_changes_no_denominator_of_the_past(world: World) -> None:
    admin = world.actor("admin")
    rate = world.services.reports.reporting_rates
    [before] = rate(admin, form="households", period="2024")

    new_commune(world)
    rule = AssignmentRule("households", "Chỉ hai xã", units=frozenset({"u-commune", "u-new"}))
    world.services.assignments.save(admin, rule)

    assert rate(admin, form="households", period="2024") == [before]
    assert before.expected == 3
    world.services.rounds.open(admin, replace(ESTIMATE, period="2023"))
    assert {one.org_unit for one in owed(world, ESTIMATE.id)} == {"u-commune", "u-new"}


def test_the_preview_is_what_opening_writes(world: World) -> None:
    service, admin = world.services.rounds, world.actor("admin")
    both = replace(ESTIMATE, forms=("households", "household_survey"))

    matrix = service.preview(both, units={"households": ["u-commune"]})
    count = service.open(admin, both, units={"households": ["u-commune"]})

    written = {(one.form, one.org_unit): one.due_on for one in owed(world, both.id)}
    assert count == len(matrix.owed) == 4
    assert written == {key: stages.due.on for key, stages in matrix.cells().items()}
    assert [unit.id for unit in matrix.units] == ["u-neighbour", "u-commune", "u-far"]
    assert [form.code for form in matrix.forms] == ["households", "household_survey"]


def test_two_closings_of_one_period_stand_beside_each_other_with_their_reasons(
    world: World,
) -> None:
    final = replace(
        ESTIMATE, id="round-final", code="CT-2025", level="official",
        dates=(RoundDates(due=date(2026, 1, 24)),),
    )  # fmt: skip
    for opened in (ESTIMATE, final):
        world.services.rounds.open(world.actor("admin"), opened)

    found = world.services.obligations.obligations.find("households", "u-commune", "2025")

    assert [(one.round, one.due_on.isoformat()) for one in found] == [
        ("round-estimate", "2025-09-10"),
        ("round-final", "2026-01-26"),
    ]
    assert [explained(one)["due"].explain() for one in found] == [
        "hạn 10/09/2025 theo công văn",
        "hạn 24/01/2026 theo công văn, chuyển sang 26/01/2026 vì 24/01 là thứ Bảy,"
        " 25/01 là Chủ nhật",
    ]
    closes = explained(found[0])["closes"]
    assert (found[0].closes_on, closes.on) == (date(2025, 9, 22), date(2025, 9, 22))


def test_dates_are_staged_by_level_and_form_the_most_precise_line_wins(world: World) -> None:
    form, whole = ESTIMATE.dates_of("household_survey", "commune"), ESTIMATE.dates_of("x", "y")

    assert (form.due, form.closes) == (date(2025, 9, 13), date(2025, 9, 20))
    assert whole == RoundDates(level="y", form="x")
    kept = world.services.rounds
    kept.open(world.actor("admin"), ESTIMATE)
    assert kept.get(ESTIMATE.id) == ESTIMATE


def test_a_local_day_off_moves_the_dates_of_that_place_alone(world: World) -> None:
    admin = world.actor("admin")
    world.services.reference.put_holiday(
        date(2025, 9, 10), "lễ hội địa phương", "off", admin, "u-district"
    )

    world.services.rounds.open(admin, ESTIMATE)

    days = {one.org_unit: one.due_on.day for one in owed(world, ESTIMATE.id)}
    assert days == {"u-commune": 11, "u-neighbour": 11, "u-far": 10}


def test_dates_out_of_order_open_nothing(world: World) -> None:
    wrong = RoundDates(level="commune", due=date(2025, 9, 10), closes=date(2025, 9, 1))

    with pytest.raises(InputInvalid) as refused:
        world.services.rounds.open(world.actor("admin"), replace(ESTIMATE, dates=(wrong,)))

    assert refused.value.facts["errors"][0]["path"] == "/dates/households/commune"  # type: ignore[index]
    assert [one.id for one in world.services.obligations.rounds()] == [ROUND]
    with pytest.raises(AccessDenied):
        world.services.rounds.open(world.actor("commune_signer"), ESTIMATE)


def test_forms_and_units_come_to_an_open_round_once(world: World) -> None:
    service, admin = world.services.rounds, world.actor("admin")
    service.open(admin, replace(ESTIMATE, period="2023", dates=()), units={"households": []})
    new_commune(world)

    assert service.add_forms(admin, ESTIMATE.id, ["household_survey", "households"]) == 4
    assert service.add_units(admin, ESTIMATE.id, ["households"], ["u-new", "u-far"]) == 2
    assert service.add_units(admin, ESTIMATE.id, ["households"], ["u-new"]) == 0

    assert service.get(ESTIMATE.id).forms == ("households", "household_survey")
    [progress] = [one for one in service.progress() if one.round.id == ESTIMATE.id]
    assert (progress.expected, progress.sent, progress.late) == (6, 0, 6)
    with pytest.raises(NotFound):
        service.add_units(admin, ESTIMATE.id, ["households"], ["u-nowhere"])


def test_the_people_of_each_unit_are_told_once_of_what_a_round_asks(world: World) -> None:
    world.services.dispatch.run()
    world.services.rounds.open(world.actor("admin"), ESTIMATE)

    world.services.dispatch.run()
    world.services.dispatch.run()

    found = world.services.notices.of(world.actor("commune_reporter"))
    assert [(one.kind.value, one.facts["until"]) for one in found][:1] == [("opened", "2025-09-10")]
    assert world.services.notices.of(world.actor("district_approver")) == []


def test_the_letter_is_a_pdf_whose_bytes_no_sweep_takes(world: World) -> None:
    service, admin = world.services.rounds, world.actor("admin")
    for content in (b"", b"plain text", b"\x89PNG\r\n\x1a\n" + bytes(64)):
        with pytest.raises(AttachmentRefused):
            service.attach_letter(admin, ROUND, content, "cong-van.pdf")

    letter = service.attach_letter(admin, ROUND, PDF, "Công văn 01.pdf")

    assert service.get(ROUND).letter == letter
    assert service.letter_file(letter).read_bytes() == PDF
    assert world.services.attachments.store.names_content(letter.sha256)


def test_rules_are_changed_on_the_edit_that_was_read(world: World) -> None:
    service, admin = world.services.assignments, world.actor("admin")
    rule = AssignmentRule(
        "households", "Các xã Pác Nặm", levels=frozenset({"commune"}), below="u-district",
        valid_from=date(2025, 1, 1),
    )  # fmt: skip
    number = service.save(admin, rule)
    kept = service.store.get(number)
    assert [unit.id for unit in service.owing(kept)] == ["u-neighbour", "u-commune"]

    service.save(admin, replace(kept, valid_to=date(2025, 12, 31)))

    with pytest.raises(Stale):
        service.save(admin, kept)
    for wrong in (
        replace(rule, levels=frozenset()),
        replace(rule, units=frozenset({"u-nowhere"})),
        replace(rule, valid_to=date(2024, 1, 1)),
    ):
        with pytest.raises(InputInvalid):
            service.save(admin, wrong)
    assert service.default("households").levels == {"commune"}


def test_contacts_and_owners_hold_from_a_day_to_a_day(world: World) -> None:
    service, admin = world.services.assignments, world.actor("admin")
    before = Contact(
        "u-commune",
        "Lý Thị Mai",
        "Công chức VH-XH",
        "0209 387 0001",
        None,
        None,
        date(2024, 12, 31),
    )
    now = replace(before, name="Hoàng Văn Tú", valid_from=date(2025, 1, 1), valid_to=None)
    for contact in (before, now):
        service.save_contact(admin, contact)

    [found] = service.contacts("u-commune")
    assert found.name == "Hoàng Văn Tú"
    [earlier] = service.directory.contacts(["u-commune"], date(2024, 6, 1))
    assert earlier.name == "Lý Thị Mai"

    service.save_owner(
        admin, FormOwner("06", "households", "u-district", "QĐ 5", valid_from=date(2025, 1, 1))
    )
    reference = world.services.reference
    owners = [
        reference.tree(day).owner("households", "06")
        for day in (date(2024, 12, 31), date(2025, 1, 1))
    ]
    assert [unit and unit.id for unit in owners] == ["u-province", "u-district"]


def test_another_unit_answers_for_the_report_and_the_rate_counts_its_subject(
    world: World, start: Callable[..., object]
) -> None:
    [report] = world.services.obligations.obligations.find("households", "u-commune", "2024")
    world.services.obligations.obligations.set_responsible(report.id, "u-neighbour")
    old, new = world.actor("commune_reporter"), world.actor("neighbour_reporter")

    [mine] = [item for item in world.services.work.of(new) if item.obligation.id == report.id]
    [theirs] = [item for item in world.services.work.of(old) if item.obligation.id == report.id]
    with pytest.raises(AccessDenied):
        start()
    view = world.services.submissions.start(
        new, form="households", org_unit="u-commune", period="2024", answers={"households": 6}
    )

    assert (mine.may_fill, mine.handed_to, mine.unit.id) == (True, None, "u-commune")
    assert (theirs.may_fill, theirs.handed_to and theirs.handed_to.id) == (False, "u-neighbour")
    assert view.editable
    assert view.fills
    assert view.places["unit"] == "u-neighbour"
    seen = world.services.submissions.get(old, view.submission.id)
    assert (seen.editable, seen.fills) == (False, False)
    moment = datetime(2025, 1, 10, tzinfo=UTC)
    world.services.obligations.obligations.set_progress(
        report.id, report.progress.__class__.SENT, sent_at=moment
    )
    rates = world.services.reports.reporting_rates(
        world.actor("admin"), form="households", period="2024", group_by="org_unit"
    )
    assert {one.group: (one.expected, one.actual) for one in rates}["u-commune"] == (1, 1)

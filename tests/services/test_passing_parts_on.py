"""A report of parts on its way: passed on when they are in, waived, opened again; my work."""

from collections.abc import Callable

import pytest

from server.core.part import PartState
from server.errors import AccessDenied, GuardFailed, InputInvalid, PartClosed, TransitionRefused
from server.services.review import SubmissionView
from tests.divided import FORM, ROADS, history_names, part_state
from tests.world import World

REASON = "Sở báo không có số liệu năm nay."


# Passing the report on


@pytest.mark.parametrize("event", ["submit", "send"])
def test_a_report_is_not_passed_on_while_a_part_is_open(
    divided: World, view: SubmissionView, decide: Callable[..., SubmissionView], event: str
) -> None:
    paper = {"signer_title": "Chủ tịch", "letter_number": "1/BC", "signed_on": "2025-01-20"}
    with pytest.raises(GuardFailed) as refused:
        decide(view, "commune_reporter", event, supplied=paper if event == "send" else None)

    assert refused.value.facts == {"guard": "parts_in", "parts": [ROADS]}
    assert history_names(divided, view) == ["started"]


def test_a_report_is_passed_on_when_its_parts_are_in(
    divided: World,
    view: SubmissionView,
    do: Callable[..., None],
    decide: Callable[..., SubmissionView],
) -> None:
    do("roads_reporter", "hand_in", ROADS)
    sent = decide(decide(view, "commune_reporter", "submit"), "commune_signer", "sign")

    assert sent.state.sent
    # What was sent has no part to open any more.
    with pytest.raises(TransitionRefused):
        do("roads_reporter", "take_back", ROADS)
    assert not divided.services.submissions.get(
        divided.actor("roads_reporter"), view.submission.id
    ).editable


def test_a_waived_part_is_the_filing_unit_s_to_fill(
    divided: World,
    view: SubmissionView,
    save: Callable[..., SubmissionView],
    do: Callable[..., None],
    decide: Callable[..., SubmissionView],
) -> None:
    for reason in ("", "  ab ", "x" * 501):
        with pytest.raises(InputInvalid):
            do("commune_reporter", "waive", ROADS, reason)
    with pytest.raises(AccessDenied):
        do("roads_reporter", "waive", ROADS, REASON)
    do("commune_second", "waive", ROADS, REASON)

    with pytest.raises(PartClosed):
        save("roads_reporter", "/bridges", 3)
    with pytest.raises(TransitionRefused):
        do("roads_reporter", "take_back", ROADS)
    now = save("commune_reporter", "/bridges", 2)
    assert decide(now, "commune_reporter", "submit").submission.state == "awaiting_signature"
    [event] = [
        event
        for event in divided.services.submissions.history(
            divided.actor("commune_reporter"), view.submission.id
        )
        if event.name == "submission.part_waived"
    ]
    assert event.details == {"part": ROADS, "reason": REASON}


def test_a_waived_part_can_be_waited_for_again(
    save: Callable[..., SubmissionView], do: Callable[..., None]
) -> None:
    do("commune_reporter", "waive", ROADS, REASON)
    do("commune_reporter", "take_back", ROADS)

    assert save("roads_reporter", "/bridges", 3).submission.answers["bridges"] == 3


def test_the_filing_unit_may_open_a_part_that_a_return_asks_about(
    divided: World,
    view: SubmissionView,
    do: Callable[..., None],
    decide: Callable[..., SubmissionView],
) -> None:
    do("roads_reporter", "hand_in", ROADS)
    now = decide(decide(view, "commune_reporter", "submit"), "commune_signer", "sign")
    now = decide(now, "district_approver", "return", supplied={"note": "Xem lại số cầu."})

    assert part_state(divided, view) is PartState.HANDED_IN
    do("commune_reporter", "take_back", ROADS)
    assert [
        one.part.key for one in divided.services.parts.owed(divided.actor("roads_reporter"))
    ] == [ROADS]


# My work


def test_the_department_finds_the_part_among_its_work_until_it_is_done(
    divided: World, view: SubmissionView, do: Callable[..., None]
) -> None:
    parts = divided.services.parts

    [owed] = parts.owed(divided.actor("roads_reporter"))
    assert (owed.submission.id, owed.unit.name, owed.form.code) == (
        view.submission.id,
        "Cổ Linh",
        FORM,
    )
    assert parts.owed(divided.actor("commune_reporter")) == []
    do("roads_reporter", "hand_in", ROADS)
    assert parts.owed(divided.actor("roads_reporter")) == []


def test_a_clerk_finds_the_section_that_was_given_to_them(
    divided: World, do: Callable[..., None]
) -> None:
    do("commune_reporter", "assign", "unit.main", divided.accounts["commune_second"])

    owed = divided.services.parts.owed(divided.actor("commune_second"))
    assert [one.part.key for one in owed] == ["unit.main"]
    assert divided.services.parts.owed(divided.actor("commune_reporter")) == []


def test_the_ledger_holds_after_all_of_it(divided: World, do: Callable[..., None]) -> None:
    do("commune_reporter", "assign", "unit.main", divided.accounts["commune_second"])
    do("commune_second", "hand_in", "unit.main")
    do("commune_reporter", "waive", ROADS, REASON)
    while divided.services.dispatch.run():
        pass

    assert divided.services.ledger.verify().faults == ()

"""The paper path: the signed copy that must come along, may follow, or nobody asks for."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.core.access import SYSTEM
from server.core.attachment import Attachment
from server.errors import AccessDenied, GuardFailed, InputInvalid, TransitionRefused
from server.services.attachments import Attachments
from server.services.review import SubmissionView
from tests.publishing import ask_for_decision
from tests.services.test_attachments import PDF
from tests.world import GOOD, PERIOD, World, household_form

LETTER = {"signer_title": "Chủ tịch", "letter_number": "12/BC", "signed_on": "2025-01-24"}


@pytest.fixture
def paper(world: World) -> Callable[[str], SubmissionView]:
    """``paper("required")`` starts a report on a form that says so of its signed copy."""

    def started(rule: str) -> SubmissionView:
        form = household_form()
        form["x-form"] |= {"version": 2, "signedCopy": rule}  # type: ignore[operator]
        world.services.catalogue.publish(json.dumps(form), "form", SYSTEM)
        return world.services.submissions.start(
            world.actor("commune_reporter"),
            form="households",
            org_unit="u-commune",
            period=PERIOD,
            answers=GOOD,
        )

    return started


def attach(world: World, view: SubmissionView, content: bytes = PDF, **more: str) -> Attachment:
    given = {"kind": "signed_copy", "by": "commune_reporter", **more}
    actor = world.actor(given.pop("by"))
    return world.services.attachments.add(
        actor, view.submission.id, content, name="bản ký.pdf", **given
    )


def send(decide, view: SubmissionView) -> SubmissionView:
    return decide(view, "commune_reporter", "send", supplied=LETTER)


def awaited(world: World, view: SubmissionView) -> date | None:
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    return world.services.attachments.copy_awaited_until(now)


def test_a_required_copy_comes_with_the_report(world, paper, decide):
    view = paper("required")

    with pytest.raises(GuardFailed) as refused:
        send(decide, view)
    assert refused.value.facts["guard"] == "signed_copy"
    copy = attach(world, view)
    sent = send(decide, view)

    event = world.services.submissions.history(world.actor("admin"), sent.submission.id)[-1]
    assert event.details["attachments"] == [f"signed_copy:{copy.sha256}"]
    assert awaited(world, sent) is None


def test_a_proof_of_another_kind_is_no_signed_copy(world, paper, decide):
    view = paper("required")
    attach(world, view, kind="document")

    with pytest.raises(GuardFailed):
        send(decide, view)


def test_the_copy_of_a_returned_report_is_none_of_the_next_one(world, paper, decide):
    view = paper("required")
    attach(world, view)
    view = decide(
        send(decide, view), "district_approver", "return", supplied={"note": "Thiếu dấu đỏ"}
    )

    with pytest.raises(GuardFailed):
        send(decide, view)
    attach(world, view, PDF + b"2")
    assert send(decide, view).state.sent


def test_who_signs_in_the_system_needs_no_paper(world, paper, decide):
    view = decide(paper("required"), "commune_reporter", "submit")

    assert decide(view, "commune_signer", "sign").state.sent


def test_a_copy_may_follow_within_working_days_and_is_awaited_until_then(world, paper, decide):
    sent = send(decide, paper("P5D"))

    assert awaited(world, sent) == date(2025, 1, 31)  # Friday, and five working days
    copy = attach(world, sent)

    assert awaited(world, sent) is None
    event = world.services.submissions.history(world.actor("admin"), sent.submission.id)[-1]
    assert (event.name, event.details["sha256"]) == ("submission.attachment_added", copy.sha256)
    approved = decide(sent, "district_approver", "approve")
    assert approved.submission.state == "district_approved"


def test_a_copy_that_is_late_is_still_taken_and_nothing_else_is(world, paper, decide):
    sent = send(decide, paper("P5D"))
    clock = world.services.attachments.clock
    late: Attachments = replace(
        world.services.attachments,
        clock=replace(clock, instant=clock.now() + timedelta(days=30)),
    )

    with pytest.raises(TransitionRefused):
        attach(world, sent, kind="document")
    with pytest.raises((AccessDenied, TransitionRefused)):
        attach(world, sent, by="commune_signer")
    added = late.add(
        world.actor("commune_reporter"),
        sent.submission.id,
        PDF,
        name="bản ký.pdf",
        kind="signed_copy",
    )
    assert added.removed_at is None
    with pytest.raises(TransitionRefused):
        attach(world, sent, PDF + b"2")  # it is there; what was sent stays as it is


@pytest.mark.parametrize("rule", ["none", "P5D"])
def test_a_copy_that_may_follow_or_is_not_needed_stops_nothing(world, paper, decide, rule):
    sent = send(decide, paper(rule))

    assert sent.state.sent
    assert (awaited(world, sent) is None) == (rule == "none")


# A file among what a move asks for


@pytest.fixture
def decision_on_paper(world: World) -> None:
    ask_for_decision(world)


def test_who_decides_attaches_the_file_that_the_move_asks_for(
    world, decision_on_paper, start, advance, decide
):
    sent = advance(start(), 2)
    by = "district_approver"

    with pytest.raises(InputInvalid) as refused:
        decide(sent, by, "approve", supplied={"decision": "nothing"})
    file = attach(world, sent, kind="document", by=by)
    done = decide(sent, by, "approve", supplied={"decision": file.id})

    assert refused.value.facts["errors"][0]["path"] == "/decision"
    event = world.services.submissions.history(world.actor(by), done.submission.id)[-1]
    assert event.details["decision"] == {"attachment": file.id, "sha256": file.sha256}


def test_who_is_asked_for_no_file_attaches_none(world, decision_on_paper, start, advance):
    sent = advance(start(), 2)

    with pytest.raises((AccessDenied, TransitionRefused)):
        attach(world, sent, kind="document", by="province_approver")

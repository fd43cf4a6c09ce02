"""Files on the pages of a decision: what a move asks for, and the signed copy of the paper path."""

import json
from io import BytesIO

import pytest

from server.core.access import SYSTEM
from server.services.review import SubmissionView
from tests.publishing import ask_for_decision
from tests.services.test_attachments import PDF
from tests.web.admin.test_approvals import state_of
from tests.web.admin.test_workflow_pages import text_of
from tests.world import GOOD, PERIOD, World, household_form

DESK = "/admin/approvals/"
LETTER = {
    "input-signer_title": "Chủ tịch",
    "input-letter_number": "12/BC",
    "input-signed_on": "24/01/2025",
}


@pytest.fixture
def asked(world: World, sent) -> SubmissionView:
    """A report whose approval asks for the decision as a file."""
    ask_for_decision(world)
    return sent()


def approve(person, view: SubmissionView, **files: object):
    return person.post(
        f"{DESK}{view.submission.id}/decide/", event="approve", edit=view.submission.edit, **files
    )


def test_the_desk_takes_the_file_that_the_approval_asks_for(as_, world, asked) -> None:
    person = as_("district_approver")
    page = person.get(f"{DESK}{asked.submission.id}/").text

    done = approve(person, asked, **{"input-decision": (BytesIO(PDF), "quyết định.pdf")})
    past = as_("commune_reporter").get(f"/submissions/{asked.submission.id}/history")

    assert 'type="file" id="input-decision"' in page and "multipart/form-data" in page
    assert done.status_code == 303
    assert state_of(world, asked) == "district_approved"
    assert "Quyết định: Tệp đính kèm" in text_of(past.text)
    [file] = world.services.attachments.list_(world.actor("admin"), asked.submission.id)
    assert f"/attachments/{file.id}" in past.text


@pytest.mark.parametrize("content", [None, b"MZ no document"])
def test_without_a_file_that_is_taken_nothing_is_decided_or_kept(
    as_, world, asked, content
) -> None:
    files = {} if content is None else {"input-decision": (BytesIO(content), "a.exe")}

    refused = approve(as_("district_approver"), asked, **files)

    assert refused.status_code == 422
    assert "Quyết định: chọn tệp" in text_of(refused.text)
    assert state_of(world, asked) == "submitted"
    assert world.services.attachments.list_(world.actor("admin"), asked.submission.id) == []


def on_paper(world: World, rule: str) -> SubmissionView:
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


def test_a_required_copy_is_asked_for_beside_the_letter(as_, world) -> None:
    view = on_paper(world, "required")
    clerk, address = as_("commune_reporter"), f"/submissions/{view.submission.id}"

    refused = clerk.post(f"{address}/events/send", edit=view.submission.edit, **LETTER)
    clerk.post(f"{address}/attachments", kind="signed_copy", file=(BytesIO(PDF), "bản ký.pdf"))
    sent = clerk.post(f"{address}/events/send", edit=view.submission.edit, **LETTER)

    assert refused.status_code == 409
    assert "Biểu này phải gửi kèm bản đã ký" in text_of(refused.text)
    assert sent.status_code == 303


def test_the_day_of_a_copy_that_may_follow_stands_on_both_sides(as_, world) -> None:
    view = on_paper(world, "P5D")
    clerk, address = as_("commune_reporter"), f"/submissions/{view.submission.id}"

    before = text_of(clerk.get(f"{address}/review?event=send").text)
    clerk.post(f"{address}/events/send", edit=view.submission.edit, **LETTER)
    unit = clerk.get(address).text
    desk = as_("district_approver").get(f"{DESK}{view.submission.id}/?show=all").text
    clerk.post(f"{address}/attachments", kind="signed_copy", file=(BytesIO(PDF), "bản ký.pdf"))
    after = text_of(clerk.get(address).text)

    told = "bản đã ký bổ sung chậm nhất ngày"
    assert "bổ sung bản đã ký trong 5 ngày làm việc" in before
    assert told in text_of(unit) and 'id="signed-file"' in unit
    assert told in text_of(desk) and 'id="signed-file"' not in desk
    assert told not in after and "bản ký.pdf" in after

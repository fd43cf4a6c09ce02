"""The desk: what changed, a decision that came too late, the list's filters, groups of communes."""

import re
from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from server.core.access import Grant, Role
from server.core.answers import diff
from server.core.obligation import Round
from server.core.submission import Change, Edit
from server.errors import GuardFailed, Stale
from server.services.review import SubmissionView
from tests.web.admin.conftest import As, Person, decide
from tests.world import CROWDED, GOOD, REASON, World

Sent = Callable[..., SubmissionView]
DESK = "/admin/approvals/"
PATHS = ("/people/male", "/people/female", "/households", "/note")


def changed_cells(page: str, *, calculated: bool = True) -> list[str]:
    rows = re.findall(r'<tr data-path="([^"]+)"( class="calculated")?>', page)
    return [path for path, marked in rows if calculated or not marked]


def returned(world: World, view: SubmissionView) -> SubmissionView:
    return decide(world, view, "district_approver", "return", supplied={"note": "Xem lại."})


def changed(world: World, view: SubmissionView, *changes: Change) -> SubmissionView:
    clerk = world.actor("commune_reporter")
    view, conflicts = world.services.submissions.save_cells(clerk, view.submission.id, changes)
    assert not conflicts
    return view


def sent_again(world: World, view: SubmissionView) -> SubmissionView:
    view = decide(world, view, "commune_reporter", "submit")
    return decide(world, view, "commune_signer", "sign")


def last_year(world: World, answers: object = GOOD) -> None:
    """Cổ Linh's report of 2023, sent."""
    services = world.services
    found = services.obligations.rounds()[0]
    year = Round(**{**vars_of(found), "id": "round-2023", "code": "NAM-2023", "period": "2023",
                    "forms": ("households",), "opens_on": date(2023, 12, 1),
                    "letter_on": date(2023, 12, 1)})  # fmt: skip
    open_round(world, year)
    view = services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2023",
        answers=answers,  # type: ignore[arg-type]
    )
    sent_again(world, view)


def vars_of(found: Round) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__slots__}


def open_round(world: World, round_: Round) -> None:
    world.services.rounds.open(world.actor("admin"), round_)


# What changed


def test_a_report_opens_on_what_changed_since_both_its_last_sending_and_the_last_period(
    as_: As, sent: Sent, world: World
) -> None:
    last_year(world, {"people": {"male": 10, "female": 13}, "households": 6})
    view = changed(world, returned(world, sent()), Change("/people/female", 13, 26))
    view = sent_again(world, view)

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/").text

    assert "Thay đổi so với lần gửi 1 và so với kỳ trước" in page
    assert changed_cells(page) == ["/people/female", "/all_people", "/people/male"]
    assert "+13 (+100,0 %)" in page  # against the sending and against the period
    assert "+2 (+20,0 %)" in page  # 10 men last year, 12 now
    assert "không đổi" in page
    cell = f"/submissions/{view.submission.id}/cell?path=/people/female"
    assert f'href="{cell}"' in page
    assert as_("district_approver").get(cell).status_code == 200


@pytest.mark.parametrize(
    ("against", "cells"),
    [("sent", ["/people/female", "/all_people"]), ("period", ["/people/female", "/all_people",
                                                             "/people/male"])],
)  # fmt: skip
def test_one_comparison_can_be_chosen(
    as_: As, sent: Sent, world: World, against: str, cells: list[str]
) -> None:
    last_year(world, {"people": {"male": 10, "female": 13}, "households": 6})
    view = changed(world, returned(world, sent()), Change("/people/female", 13, 26))
    view = sent_again(world, view)
    address = f"{DESK}{view.submission.id}/?show=changes&against={against}"

    assert changed_cells(as_("district_approver").get(address).text) == cells


def test_of_the_whole_form_only_what_changed_can_be_shown(
    as_: As, sent: Sent, world: World
) -> None:
    view = changed(world, returned(world, sent()), Change("/people/female", 13, 26))
    view = sent_again(world, view)
    address = f"{DESK}{view.submission.id}/?show=all"
    person = as_("district_approver")

    whole, only = person.get(address).text, person.get(f"{address}&only=1").text

    assert 'id="/households"' in whole
    assert 'id="/households"' not in only
    assert "<del>13</del> <ins>26</ins>" in only


def test_cells_in_which_nothing_arose_are_no_difference_from_empty_ones(
    as_: As, sent: Sent, world: World
) -> None:
    last_year(world)
    view = sent()

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/").text

    assert changed_cells(page) == []
    assert "Đây là lần gửi đầu tiên" in page


def shown_is_the_difference(person: Person, world: World, view: SubmissionView, seed: int) -> None:
    random = Random(seed)
    before = world.services.submissions.revision(world.actor("admin"), view.submission.id, 1)
    current = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    values: dict[str, object] = {
        path: random.choice([None, *range(12, 16)]) for path in PATHS[:3]
    } | {"/note": random.choice([None, "a", "b"])}
    held = dict(cells(current))
    wanted = [Change(path, held.get(path), value) for path, value in values.items()
              if held.get(path) != value]  # fmt: skip
    if wanted:
        changed(world, current, *wanted)
    now = world.services.submissions.get(world.actor("commune_reporter"), view.submission.id)
    expected = diff(now.form, before.answers, before.statuses,
                    now.submission.answers, now.submission.statuses)  # fmt: skip

    page = person.get(f"{DESK}{view.submission.id}/?show=changes&against=sent").text

    assert sorted(changed_cells(page, calculated=False)) == sorted(one.path for one in expected)


def cells(view: SubmissionView) -> list[tuple[str, object]]:
    answers = view.submission.answers
    people = answers.get("people") or {}
    assert isinstance(people, dict)
    return [
        ("/people/male", people.get("male")),
        ("/people/female", people.get("female")),
        ("/households", answers.get("households")),
        ("/note", answers.get("note")),
    ]


@pytest.mark.parametrize("pairs", [12, pytest.param(200, marks=pytest.mark.long)])
def test_the_cells_shown_are_exactly_the_difference_of_the_two_editions(
    as_: As, sent: Sent, world: World, pairs: int
) -> None:
    view, person = returned(world, sent()), as_("district_approver")

    for seed in range(pairs):
        shown_is_the_difference(person, world, view, seed)


# A decision that came too late


def test_a_stale_approval_is_refused_and_shows_the_cells_that_changed_meanwhile(
    as_: As, sent: Sent, world: World
) -> None:
    person, view = as_("district_approver"), sent()
    shown = person.get(f"{DESK}{view.submission.id}/").text
    seen = re.search(r'name="seen" value="([0-9]+)"', shown)
    newer = changed(world, returned(world, view), Change("/people/male", 12, 14))
    sent_again(world, newer)
    assert seen is not None

    refused = person.post(
        f"{DESK}{view.submission.id}/decide/",
        event="approve",
        edit=view.submission.edit,
        revision=view.submission.revision,
        seen=seen[1],
    )
    page = person.get(refused.location).text

    assert "Thay đổi sau khi anh/chị mở báo cáo (1 ô)" in page
    assert "<del>12</del>" in page
    assert "<ins>14</ins>" in page
    assert world.services.submissions.submissions.get(view.submission.id).state == "submitted"


def test_a_stale_return_keeps_what_was_typed(as_: As, sent: Sent, world: World) -> None:
    person, view = as_("district_approver"), sent()
    sent_again(world, changed(world, returned(world, view), Change("/people/male", 12, 14)))

    refused = person.post(
        f"{DESK}{view.submission.id}/decide/",
        event="return",
        edit=view.submission.edit,
        revision=view.submission.revision,
        mark="/households",
        **{"input-note": "Số hộ thấp hơn sổ.", "note:/households": "Xem sổ hộ"},
    )

    assert refused.status_code == 412
    assert "Số hộ thấp hơn sổ." in refused.text
    assert 'value="Xem sổ hộ"' in refused.text
    assert "Báo cáo đã được gửi lại lần 2" in refused.text


@pytest.mark.parametrize("tries", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_of_many_decisions_on_another_edit_none_moves_the_report(
    sent: Sent, world: World, tries: int
) -> None:
    view, random = sent(), Random(45)
    approver = world.actor("district_approver")
    current = view.submission.edit

    for _ in range(tries):
        edit = random.choice([number for number in range(current + 5) if number != current])
        chosen = [(view.submission.id, Edit(edit))]
        (decision,) = world.services.approvals.decide_many(approver, "approve", chosen)
        assert isinstance(decision.error, Stale)

    assert world.services.submissions.submissions.get(view.submission.id).state == "submitted"
    assert decide(world, view, "district_approver", "approve").submission.state != "submitted"


# Marks


@pytest.mark.parametrize("answer", ["change", "reason", "comment"])
def test_the_clerk_cannot_send_again_while_a_marked_cell_is_unanswered(
    as_: As, sent: Sent, world: World, answer: str
) -> None:
    view = sent()
    as_("district_approver").post(
        f"{DESK}{view.submission.id}/decide/",
        event="return",
        edit=view.submission.edit,
        mark="/households",
        **{"input-note": "Xem lại số hộ.", "note:/households": "Thấp hơn sổ"},
    )
    clerk, service = world.actor("commune_reporter"), world.services
    draft = service.submissions.get(clerk, view.submission.id)
    with pytest.raises(GuardFailed) as refused:
        decide(world, draft, "commune_reporter", "submit")

    reasons = []
    if answer == "change":
        draft = changed(world, draft, Change("/households", 6, 7))
    elif answer == "reason":
        reasons = [{"code": "mark", "path": "/households", "text": "Đã đối chiếu sổ hộ."}]
    else:
        asked = service.submissions.history(clerk, draft.submission.id)[-1]
        service.comments.write(
            clerk,
            draft.submission.id,
            text="Đã đối chiếu sổ hộ.",
            answers_to=asked.id,
            path="/households",
        )
    moved = decide(world, draft, "commune_reporter", "submit", reasons=reasons)

    assert refused.value.facts == {"guard": "marks_answered", "paths": ["/households"]}
    assert moved.submission.state == "awaiting_signature"


def test_marks_of_the_head_of_the_unit_are_answered_before_the_first_sending_too(
    world: World,
) -> None:
    view = world.services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    view = decide(world, view, "commune_reporter", "submit")
    marks = [{"path": "/people/male", "note": "Thiếu thôn."}]
    view = decide(world, view, "commune_signer", "return",
                  supplied={"note": "Xem lại số nam.", "marks": marks})  # fmt: skip

    with pytest.raises(GuardFailed):
        decide(world, view, "commune_reporter", "submit")
    view = changed(world, view, Change("/people/male", 12, 13))

    assert decide(world, view, "commune_reporter", "submit").submission.state != "draft"


# Every sealed edition


def test_what_differs_from_each_sealed_edition_can_be_chosen(
    as_: As, sent: Sent, world: World
) -> None:
    view = sent_again(
        world, changed(world, returned(world, sent()), Change("/people/male", 12, 14))
    )
    changed(world, returned(world, view), Change("/households", 6, 7))
    address = f"/submissions/{view.submission.id}/compare"

    for username in ("commune_reporter", "district_approver"):
        person = as_(username)
        first = person.get(f"{address}?with=1").text
        second = person.get(address).text
        assert changed_cells(first) == ["/people/male", "/households", "/all_people"]
        assert changed_cells(second) == ["/households"]
        assert "+2 (+16,7 %)" in first
        assert f'href="{address}"' in person.get(address.replace("compare", "history")).text
    assert as_("commune_reporter").get(f"{address}?with=3").status_code == 404


# The list


def test_the_filter_stands_in_every_address_of_the_desk(as_: As, sent: Sent, world: World) -> None:
    view = sent(CROWDED, reasons=[REASON])
    person, chosen = as_("district_approver"), "form=households&warned=1"

    page = person.get(f"{DESK}?{chosen}").text
    report = person.get(f"{DESK}{view.submission.id}/?{chosen}").text
    none = person.get(f"{DESK}?form=households&period=1999").text

    assert f"{DESK}{view.submission.id}/?form=households&amp;warned=1" in page
    assert f'href="{DESK}?form=households&amp;warned=1"' in report  # back to the same list
    assert f"after={view.submission.id}&amp;form=households&amp;warned=1" in report
    assert "Không có báo cáo nào khớp điều kiện lọc" in none


def test_the_key_for_the_next_report_is_written_on_its_link(as_: As, sent: Sent) -> None:
    view = sent()

    page = as_("district_approver").get(f"{DESK}{view.submission.id}/").text

    assert re.search(r"<a [^>]*data-next[^>]*>Báo cáo tiếp theo <kbd>N</kbd></a>", page)


def test_the_number_of_queries_of_the_list_does_not_grow_with_it(
    as_: As, sent: Sent, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, counted = world.application.database, []
    rows = type(database).rows

    def counting(self, sql, values=()):
        counted.append(sql)
        return rows(self, sql, values)

    sent()
    actor = world.actor("district_approver")
    monkeypatch.setattr(type(database), "rows", counting)
    world.services.approvals.inbox(actor)
    one = len(counted)
    monkeypatch.undo()
    second = world.services.submissions.start(
        world.actor("neighbour_reporter"),
        form="households",
        org_unit="u-neighbour",
        period="2024",
        answers=GOOD,
    )
    head = Grant(Role.SIGNER, "u-neighbour")
    world.services.accounts.grant(world.actor("admin"), world.accounts["commune_signer"], head)
    second = decide(world, second, "neighbour_reporter", "submit")
    decide(world, second, "commune_signer", "sign")
    counted.clear()
    monkeypatch.setattr(type(database), "rows", counting)

    assert len(world.services.approvals.inbox(actor).items) == 2
    assert len(counted) <= one + 1

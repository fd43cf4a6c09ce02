"""No update is lost: ten thousand interleaved steps of people who read, wait and then write."""

from dataclasses import dataclass
from itertools import count
from random import Random

import pytest

from server.core.submission import Change, Edit
from server.errors import Stale, TransitionRefused
from server.services.review import SubmissionView
from tests.world import PERIOD, World

SEED = 20250124
CELLS = ("/people/male", "/people/female")
#: So that no value of the test makes the rules object when the report is passed on.
OPENING = {"people": {"male": 300_000, "female": 300_000}, "households": 200_000}


@dataclass
class Clerk:
    """Somebody with a page open: what they saw, which may be old by now."""

    edit: Edit
    answers: dict[str, object]
    editable: bool


def _value(answers: dict[str, object], path: str) -> int:
    found: object = answers
    for token in path.split("/")[1:]:
        assert isinstance(found, dict)
        found = found[token]
    assert isinstance(found, int)
    return found


def _with(answers: dict[str, object], path: str, value: int) -> dict[str, object]:
    copied = {**answers, "people": dict(answers["people"])}  # type: ignore[call-overload]
    *above, last = path.split("/")[1:]
    place = copied["people"] if above else copied
    place[last] = value  # type: ignore[index]
    return {name: copied[name] for name in ("people", "households")}


@pytest.mark.parametrize("steps", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_every_accepted_write_stands_and_every_other_was_refused(world: World, steps: int) -> None:
    random, services = Random(SEED), world.services
    reporter, signer = world.actor("commune_reporter"), world.actor("commune_signer")
    view = services.submissions.start(
        reporter, form="households", org_unit="u-commune", period=PERIOD, answers=OPENING
    )
    report = view.submission.id
    held = {path: _value(OPENING, path) for path in CELLS}
    numbers = count(300_001)  # each write has a value of its own
    done = {"cell": 0, "draft": 0, "move": 0, "refused": 0}
    clerks = [_seen(view) for _ in range(4)]

    for _ in range(steps):
        clerk, kind = random.choice(clerks), random.random()
        if kind < 0.45:
            _look(clerk, services.submissions.get(reporter, report))
            continue
        path = random.choice(CELLS)
        old, new = _value(clerk.answers, path), next(numbers)
        try:
            if kind < 0.65:
                change = Change(path, old, new)
                _, met = services.submissions.save_cells(reporter, report, [change])
                # A cell is saved unless it moved since the clerk saw it, whatever else did.
                assert bool(met) == (old != held[path])
                done["refused" if met else "cell"] += 1
                held[path] = held[path] if met else new
            elif kind < 0.85:
                draft = _with(clerk.answers, path, new)
                services.submissions.save_answers(reporter, report, seen=clerk.edit, answers=draft)
                assert {one: _value(clerk.answers, one) for one in CELLS} == held
                held[path] = new
                done["draft"] += 1
            else:
                back = [(reporter, "recall", {}), (signer, "return", {"note": "Xem lại số này."})]
                ways = [(reporter, "submit", {})] if clerk.editable else back
                actor, event, more = random.choice(ways)
                services.approvals.decide(actor, report, event, seen=clerk.edit, supplied=more)
                done["move"] += 1
        except (Stale, TransitionRefused):
            done["refused"] += 1

    now = services.submissions.get(reporter, report).submission
    assert {path: _value(dict(now.answers), path) for path in CELLS} == held
    written = services.submissions.submissions.changes(report)
    assert sum(one.change.origin == "typed" for one in written) >= done["cell"] + done["draft"]
    assert min(done.values()) > steps // 200, done
    assert services.ledger.verify().faults == ()


def _seen(view: SubmissionView) -> Clerk:
    return Clerk(view.submission.edit, dict(view.submission.answers), view.state.editable)


def _look(clerk: Clerk, view: SubmissionView) -> None:
    clerk.edit, clerk.answers = view.submission.edit, dict(view.submission.answers)
    clerk.editable = view.state.editable

"""The moves of a workflow as numbered lines of a table, and as sentences beside its drawing."""

from dataclasses import dataclass

from flask_babel import gettext as _

from server.core.workflow import Workflow
from server.core.workflow_graph import moves_of
from server.core.workflow_parts import State, TimedTransition
from server.web.admin.workflow_diagram import reading_order
from server.web.workflow_words import (
    condition_words,
    days_word,
    event_word,
    guard_word,
    people_word,
    signatories,
)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One move; *number* counts them in reading order, *place* is that of the file."""

    number: int
    place: int
    sources: tuple[str, ...]
    event: str
    target: str
    who: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateLine:
    """One state in words."""

    code: str
    title: str
    traits: tuple[str, ...]
    deadline: str
    running: int


def step_lines(workflow: Workflow) -> tuple[StepLine, ...]:
    """The moves in the order in which a report meets the states that they leave."""
    order = {code: place for place, code in enumerate(reading_order(workflow))}
    moves = sorted(
        moves_of(workflow),
        key=lambda move: (min(order[code] for code in move.sources), move.number),
    )
    lines = []
    for number, move in enumerate(moves, start=1):
        conditions = [guard_word(guard) for guard in move.guards]
        if move.when is not None:
            conditions.append(_("khi %(condition)s", condition=condition_words(move.when)))
        if isinstance(move, TimedTransition):
            who = _("Hệ thống, sau %(days)s", days=days_word(move.after))
        else:
            who = signatories(move)
        lines.append(
            StepLine(
                number,
                move.number,
                tuple(title_of(workflow.states[code]) for code in move.sources),
                event_word(move.event),
                title_of(workflow.states[move.target]),
                who,
                tuple(conditions),
            )
        )
    return tuple(lines)


def state_lines(workflow: Workflow, running: dict[str, int]) -> tuple[StateLine, ...]:
    """The states in reading order; *running* says how many reports stand in each."""
    lines = []
    for code in reading_order(workflow):
        state = workflow.states[code]
        traits = [
            word
            for word, holds in (
                (_("bắt đầu"), code == workflow.initial),
                (_("nhập và sửa được"), state.editable),
                (_("đã rời đơn vị"), state.sent and not state.final),
                (_("đã duyệt xong"), state.final),
            )
            if holds
        ]
        deadline = "" if state.deadline is None else days_word(state.deadline)
        if state.escalate is not None:
            deadline = _(
                "%(days)s, quá hạn thì thêm %(who)s",
                days=deadline,
                who=people_word(state.escalate),
            )
        lines.append(
            StateLine(code, title_of(state), tuple(traits), deadline, running.get(code, 0))
        )
    return tuple(lines)


def title_of(state: State) -> str:
    """The title of a state in the reader's language."""
    return str(_(state.title))


def told(lines: tuple[StepLine, ...]) -> str:
    """The drawing in sentences, for whoever does not see it."""
    return " ".join(
        _(
            "%(number)s: %(event)s, từ %(sources)s đến %(target)s.",
            number=line.number,
            event=line.event,
            sources=", ".join(line.sources),
            target=line.target,
        )
        for line in lines
    )

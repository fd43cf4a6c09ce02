"""The parts of a workflow in words: people, places, guards, conditions, days.

Apart from ``refusal_words`` and the back office, which both speak of them.
"""

import re
from collections.abc import Mapping, Sequence

from server.core.access import Role
from server.core.workflow import EVENTS
from server.core.workflow_parts import People, Transition
from server.core.workflow_time import working_days
from server.web.accounts import role_title
from server.web.language import gettext as _
from server.web.submission_states import event_title

_NAME = re.compile(r"[a-z]+\.[a-z_]+|\bnil\b", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


def event_word(event: object) -> str:
    """An event as its button reads; what no workflow knows as it is written."""
    return event_title(str(event)) if event in EVENTS else str(event)


def role_word(role: object) -> str:
    """A role in the words of the offices."""
    return role_title(Role(str(role))) if role in set(Role) else str(role)


def place_word(at: object) -> str:
    """What an ``at`` of a workflow means, seen from the unit that owes the report."""
    words = {
        "unit": _("đơn vị lập báo cáo"),
        "parent": _("đơn vị cấp trên"),
        "province": _("tỉnh"),
        "district": _("huyện"),
        "commune": _("xã"),
        "department": _("sở, ban, ngành"),
        "owner": _("cơ quan chủ trì"),
    }
    return words.get(str(at), str(at))


def people_word(people: People) -> str:
    """Who signs: role, place, and how many of them.

    A signature with a name of its own is called by it.
    """
    who = f"{role_word(people.role)}, {place_word(people.at)}"
    if people.title is not None:
        who = f"{people.title} ({who})"
    if people.count == 1:
        return who
    return _("%(count)s người: %(who)s", count=people.count, who=who)


def signatories(move: Transition) -> str:
    """Everybody who signs a move, and whether in a given order."""
    words = [people_word(one) for one in move.people]
    joined = _("rồi đến") if move.ordered else _("và")
    return f" {joined} ".join(words)


def guard_word(guard: str) -> str:
    """What a named guard asks before a move."""
    words = {
        "answers_valid": _("số liệu không còn lỗi, mỗi cảnh báo có lý do"),
        "marks_answered": _("mọi ô bị đánh dấu đã được trả lời"),
        "not_own_work": _("không tự duyệt báo cáo của chính mình"),
        "children_done": _("các đơn vị cấp dưới đã xong báo cáo"),
        "parts_in": _("mọi phần được giao đã báo xong"),
    }
    return words.get(guard, guard)


def days_word(duration: str) -> str:
    """A duration of a workflow file in working days."""
    return _("%(days)s ngày làm việc", days=working_days(duration))


def fact_words() -> dict[str, str]:
    """What conditions may ask, by its name in the definition."""
    return {
        "unit.code": _("mã đơn vị"),
        "unit.level": _("cấp của đơn vị"),
        "unit.kind": _("loại đơn vị"),
        "period.id": _("kỳ báo cáo"),
        "period.type": _("loại kỳ báo cáo"),
        "period.year": _("năm của kỳ báo cáo"),
        "findings.errors": _("số lỗi"),
        "findings.warnings": _("số cảnh báo"),
        "findings.open_warnings": _("số cảnh báo chưa có lý do"),
        "obligation.days_late": _("số ngày gửi muộn"),
        "obligation.round": _("đợt báo cáo"),
        "obligation.state": _("tình trạng báo cáo phải gửi"),
        "actor.role": _("vai trò của người thực hiện"),
        "actor.level": _("cấp của người thực hiện"),
        "nil": _("báo cáo không phát sinh"),
    }


def condition_words(when: str) -> str:
    """A condition with its facts in words; operators and numbers as they are written.

    >>> _QUOTED.sub("-", 'unit.kind == "xa"')
    'unit.kind == -'
    """
    words, shown, end = fact_words(), [], 0
    for quoted in [*_QUOTED.finditer(when), None]:
        upto = len(when) if quoted is None else quoted.start()
        shown.append(_NAME.sub(lambda found: words.get(found[0], found[0]), when[end:upto]))
        if quoted is not None:
            shown.append(quoted[0])
            end = quoted.end()
    return "".join(shown)


def situation_words(situation: Mapping[str, object]) -> str:
    """The facts of one situation, such as the proof shows one in which a report is stuck."""
    words = fact_words()
    return ", ".join(
        _("%(name)s là %(value)s", name=words.get(name, name), value=value_word(value))
        for name, value in situation.items()
    )


def value_word(value: object) -> str:
    """A value of a fact: truths and nothing in words, a count without its decimals."""
    if value is None:
        return _("trống")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def listed(values: Sequence[object]) -> str:
    """Several names in one sentence."""
    return ", ".join(str(value) for value in values)

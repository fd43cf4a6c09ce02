"""What the review page of a draft shows, also again with what was typed when an act is refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _

from server.core.definition import Refusal
from server.core.definition_draft import DefinitionDraft, DraftState, readable
from server.core.period import Period, PeriodType
from server.web.admin.definition_told import told, told_new
from server.web.admin.definition_words import draft_head, file_words, period_titles, step_words
from server.web.lint_words import warning_text
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services

_SHOWN_CHANGES: Final = 300
_LONGEST_VALUE: Final = 160


def frame_of(draft: DefinitionDraft, view: str, refusals: Sequence[Refusal]) -> dict[str, Any]:
    """What stands around every view of a draft."""
    return {
        "view": view,
        **draft_head(draft),
        "refusals": [(one, refusal_text(one)) for one in refusals],
        "warnings": [] if refusals or not draft.open else _warnings(draft),
        "sentence": refusal_text,
    }


def review_of(draft: DefinitionDraft) -> dict[str, Any]:
    """What the draft of a form or workflow changes, its steps, and the way to a version."""
    drafts, issues = services().definition_drafts, services().definition_issues
    file = None
    if draft.state is DraftState.PUBLISHED:
        state = issues.file_state(draft)
        file = (state, *file_words(state, issues.file_name(draft)))
    differences = drafts.differences(draft)
    before, after = readable(drafts.base_text(draft)), readable(draft.text)
    said = [] if after is None else told_new(draft.kind, after)
    if before is not None and after is not None:
        said = told(before, after)
    name_of = services().accounts.name_of
    return {
        **frame_of(draft, "review", drafts.check(draft) if draft.open else []),
        "may_judge": draft.judged_by(current_actor().account),
        "sentences": said,
        "differences": [
            (path, _short(before), _short(after))
            for path, before, after in differences[:_SHOWN_CHANGES]
        ],
        "more": max(0, len(differences) - _SHOWN_CHANGES),
        "steps": [
            (step, step_words(step.what), name_of(step.made_by)) for step in drafts.steps(draft)
        ],
        "issues": [(one, name_of(one.approved_by)) for one in issues.of(draft.kind, draft.code)],
        "file": file,
        "editors": ", ".join(sorted(name_of(one) for one in draft.editors)),
        "period_hint": period_hint(draft),
    }


def period_hint(draft: DefinitionDraft) -> str:
    """What kind of period the version can begin with, and how such a one is written."""
    year = services().clock.today().year
    own = (readable(draft.text) or {}).get("x-form")
    wanted = own.get("periodType") if isinstance(own, Mapping) else None
    if draft.kind != "form" or wanted not in set(PeriodType):
        return _("Ví dụ %(example)s.", example=year)
    return _(
        "Kỳ của biểu này là %(type)s, ví dụ %(example)s.",
        type=period_titles()[str(wanted)],
        example=Period(PeriodType(str(wanted)), year).id,
    )


def _warnings(draft: DefinitionDraft) -> list[tuple[Refusal, str]]:
    found = services().definition_drafts.warnings(draft)
    return [(one, warning_text(one)) for one in found]


def _short(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"

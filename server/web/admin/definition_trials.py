"""Trying a draft form before it is published: its tests one by one, an expression as it is typed.

Nothing typed or judged here is kept, and no report ever sees it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.definition_draft import DefinitionDraft
from server.core.definition_editor import EditRefused, value_at
from server.core.definition_trial import (
    TRIED,
    ExpressionRun,
    TestRun,
    run_tests,
    tests_of,
    try_expression,
)
from server.core.expression_offers import block_of, offers
from server.core.form import Form
from server.core.shape import mapping
from server.web.admin.definition_preview import PreviewPages, sample_of
from server.web.admin.definition_words import type_titles
from server.web.refusal_words import refusal_text
from server.web.session import services
from server.web.submission_texts import shown_findings

_MOST_EXPRESSION = 2000
_MOST_VALUES = 8


class DraftTrials(PreviewPages):
    """Pages of a draft of a form; a workflow has no screen of its own."""

    @expose("/<draft_id>/trial/")
    def trial(self, draft_id: str) -> ResponseReturnValue:
        """The form's own tests, and an expression on the answers of one of them."""
        draft, document, form = self._form(draft_id)
        text = request.args.get("expression", "").strip()[:_MOST_EXPRESSION]
        run = None
        if text and form is not None:
            run = self._tried(draft, document, text, request.args.get("block", ""))
        return self._page(
            draft,
            "trial",
            form=form,
            runs=[]
            if form is None
            else [_run(form, one, document) for one in run_tests(form, document)],
            samples=[str(test.get("name", "")) for test in tests_of(document)],
            sample=sample_of(document),
            blocks=[]
            if form is None
            else [(key, block.title) for key, block in form.shape.blocks.items()],
            expression=text,
            offers=offers_json(document, ""),
            tried=run,
            types=type_titles() | {"number": _("Số")},
            shown_value=_value_words,
        )

    @expose("/<draft_id>/expression/", methods=("POST",))
    def expression(self, draft_id: str) -> ResponseReturnValue:
        """What an expression that is being typed gives, or what is wrong; nothing is kept."""
        draft, document, form = self._form(draft_id)
        text = request.form.get("expression", "").strip()[:_MOST_EXPRESSION]
        part = request.form.get("part", "")
        block = request.form.get("block", block_of(document, part))
        if form is None or not text or (block and block not in form.shape.blocks):
            said = _("Phần khác của bản nháp còn lỗi nên chưa thử được biểu thức.")
            return jsonify(fault=False, text=said, values=[])
        run = self._tried(draft, document, text, block)
        return jsonify(_run_said(run, request.form.get("keyword", ""), document, part))

    def _tried(
        self, draft: DefinitionDraft, document: dict[str, Any], text: str, block: str
    ) -> ExpressionRun:
        drafts = services().definition_drafts
        return try_expression(
            document,
            services().catalogue.installed().codelists,
            text,
            block=block,
            test=sample_of(document),
            check=lambda tried: drafts.catalogue.check(tried, "form", alongside={draft.code}),
        )


def offers_json(document: Mapping[str, Any], path: str) -> str:
    """What may be named in an expression at *path*, as the page's script reads it."""
    listed = [asdict(one) for one in offers(document, path)]
    return json.dumps(listed, ensure_ascii=False).replace("<", "\\u003c")


def _run(form: Form, run: TestRun, document: dict[str, Any]) -> dict[str, Any]:
    """A test as it is read."""
    found: Any = ()
    if run.verdict is not None:
        answers = mapping(tests_of(document)[run.number]["answers"])
        found = shown_findings(form, run.verdict.findings, answers)
    return {
        "run": run,
        "found": found,
        "missing": sorted(set(run.expected) - set(run.found)),
        "surplus": sorted(set(run.found) - set(run.expected)),
    }


def _run_said(
    run: ExpressionRun, keyword: str, document: dict[str, Any], part: str
) -> dict[str, Any]:
    """The result of a try as the page shows it beside the field."""
    if run.type is None:
        own = [one for one in run.refusals if TRIED in one.path]
        if not own:
            said = _("Phần khác của bản nháp còn lỗi nên chưa thử được biểu thức.")
            return {"fault": False, "text": said, "values": []}
        return {"fault": True, "text": " ".join(map(refusal_text, own)), "values": []}
    types = type_titles() | {"number": _("Số")}
    wanted = _wanted(keyword, document, part)
    if wanted is not None and wanted != run.type:
        said = _(
            "Biểu thức cho ra: %(type)s. Chỗ này cần: %(wanted)s.",
            type=types[run.type].lower(),
            wanted=types[wanted].lower(),
        )
        return {"fault": True, "text": said, "values": []}
    said = _("Biểu thức đúng, cho ra: %(type)s.", type=types[run.type].lower())
    # Of a long grid the rows that the sample fills say what one wants to know.
    filled = [one for one in run.values if one[1] is not None] or list(run.values[:1])
    values = [(row, _value_words(value)) for row, value in filled[:_MOST_VALUES]]
    return {"fault": False, "text": said, "values": values}


def _wanted(keyword: str, document: dict[str, Any], part: str) -> str | None:
    """What the field must give; None where anything may be tried."""
    if keyword != "x-calculate":
        return "boolean" if keyword else None
    try:
        held = value_at(document, part)
    except EditRefused:
        return None
    declared = str(held.get("type", "")) if isinstance(held, dict) else ""
    return "number" if declared == "integer" else declared or None


def _value_words(value: object) -> str:
    if value is None:
        return _("(không có giá trị)")
    if isinstance(value, bool):
        return _("đúng") if value else _("sai")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

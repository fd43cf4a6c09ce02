"""Trying a draft form before it is published: the screen, the print, its tests, one expression.

Nothing typed or judged here is kept, and no report ever sees it.
"""

import json
from typing import Any

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.answers import check
from server.core.definition_draft import DefinitionDraft, readable
from server.core.definition_tests import context_of
from server.core.definition_trial import (
    ExpressionRun,
    TestRun,
    compiled,
    run_tests,
    tests_of,
    try_expression,
)
from server.core.form import Form
from server.core.shape import mapping
from server.errors import NotFound
from server.web.admin.definition_words import draft_head, type_titles
from server.web.admin.safe_view import SafeBaseView
from server.web.headers import preview_in_frame
from server.web.refusal_words import refusal_text
from server.web.rendering import Figures, figures
from server.web.session import current_actor, services
from server.web.submission_texts import shown_findings

_MOST_EXPRESSION = 2000


class DraftTrials(SafeBaseView):
    """Pages of a draft of a form; a workflow has no screen of its own."""

    right = Right.ADMINISTER
    title = _l("Soạn biểu mẫu, quy trình")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a draft: the list of drafts."""
        return redirect(self.get_url("definition_drafts.index"), 303)

    @expose("/<draft_id>/screen/")
    def screen(self, draft_id: str) -> ResponseReturnValue:
        """The page around the frame: whose screen, with which sample."""
        draft, document, form = self._form(draft_id)
        return self._page(
            draft, "preview", form=form,
            samples=[str(test.get("name", "")) for test in tests_of(document)],
            sample=_sample(document), reader=request.args.get("as") == "reader",
        )  # fmt: skip

    @expose("/<draft_id>/frame/")
    def frame(self, draft_id: str) -> ResponseReturnValue:
        """The real screen of the draft, to fill or to read; what is typed is not kept."""
        _draft, document, form = self._form(draft_id)
        shown = None if form is None else _figures(form, document, _sample(document))
        page = self.render(
            "admin/definition_frame_screen.html",
            figures=shown,
            form=form,
            reader=request.args.get("as") == "reader",
        )
        return preview_in_frame(make_response(page))

    @expose("/<draft_id>/print/")
    def print_(self, draft_id: str) -> ResponseReturnValue:
        """The empty form on paper."""
        draft, _document, form = self._form(draft_id)
        if form is None:
            raise NotFound(kind="form")
        printed = services().blank_prints.of_unpublished(form)
        response = Response(printed.take(), content_type=printed.media_type)
        name = f"{draft.code}-v{draft.version:02}.pdf"
        response.headers.set("Content-Disposition", "inline", filename=name)
        return response

    @expose("/<draft_id>/trial/")
    def trial(self, draft_id: str) -> ResponseReturnValue:
        """The form's own tests, and an expression on the answers of one of them."""
        draft, document, form = self._form(draft_id)
        text = request.args.get("expression", "").strip()[:_MOST_EXPRESSION]
        run = None
        if text and form is not None:
            run = self._tried(draft, document, text)
        return self._page(
            draft,
            "trial",
            form=form,
            runs=[]
            if form is None
            else [_run(form, one, document) for one in run_tests(form, document)],
            samples=[str(test.get("name", "")) for test in tests_of(document)],
            sample=_sample(document),
            blocks=[]
            if form is None
            else [(key, block.title) for key, block in form.shape.blocks.items()],
            expression=text,
            tried=run,
            types=type_titles() | {"number": _("Số")},
            shown_value=_value_words,
        )

    def _tried(self, draft: DefinitionDraft, document: dict[str, Any], text: str) -> ExpressionRun:
        drafts = services().definition_drafts
        return try_expression(
            document,
            services().catalogue.installed().codelists,
            text,
            block=request.args.get("block", ""),
            test=_sample(document),
            check=lambda tried: drafts.catalogue.check(tried, "form", alongside={draft.code}),
        )

    def _form(self, draft_id: str) -> tuple[DefinitionDraft, dict[str, Any], Form | None]:
        draft = services().definition_drafts.get(current_actor(), draft_id)
        if draft.kind != "form":
            raise NotFound(kind="form")
        document = readable(draft.text) or {}
        return draft, document, compiled(document, services().catalogue.installed().codelists)

    def _page(self, draft: DefinitionDraft, view: str, **shown: Any) -> str:
        return self.render(
            f"admin/definition_{view}.html",
            view=view,
            refusal_text=refusal_text,
            **draft_head(draft),
            **shown,
        )


def _sample(document: dict[str, Any]) -> int:
    """Which of the tests gives the answers; the first one unless another is asked for."""
    text = request.args.get("sample", "")
    count = len(tests_of(document))
    return int(text) if text.isdigit() and int(text) < count else 0


def _figures(form: Form, document: dict[str, Any], sample: int) -> Figures | None:
    """The form with the answers of a sample, or empty where it has none that can be judged."""
    tests = tests_of(document)
    runs = run_tests(form, {"x-tests": tests[sample : sample + 1]})
    if runs and runs[0].verdict is not None:
        test = tests[sample]
        statuses = {path: str(one) for path, one in mapping(test.get("statuses", {})).items()}
        return figures(form, mapping(test["answers"]), statuses, runs[0].verdict)
    try:
        return figures(form, {}, {}, check(form, {}, {}, context_of(form, {})))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


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


def _value_words(value: object) -> str:
    if value is None:
        return _("(không có giá trị)")
    if isinstance(value, bool):
        return _("đúng") if value else _("sai")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

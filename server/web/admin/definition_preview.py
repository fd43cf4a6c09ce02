"""A draft form as people will meet it: screen by role, print, Excel file, with a sample's figures.

Nothing typed here is kept, and no report ever sees it. Apart from ``definition_trials``, which
judges a draft instead of showing it.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from server.core.access import Role
from server.core.answers import Verdict, check
from server.core.definition_draft import DefinitionDraft, readable
from server.core.definition_tests import context_of
from server.core.definition_trial import compiled, run_tests, tests_of
from server.core.form import Form
from server.core.shape import mapping
from server.errors import NotFound
from server.web.accounts import role_title
from server.web.admin.definition_words import draft_head
from server.web.admin.draft_view import DraftView
from server.web.admin.words import event_title
from server.web.headers import preview_in_frame
from server.web.refusal_words import refusal_text
from server.web.rendering import Figures, figures
from server.web.session import current_actor, services

#: In the order in which a report goes through their hands.
_LOOKING = (Role.REPORTER, Role.SIGNER, Role.APPROVER, Role.READER)


class PreviewPages(DraftView):
    """Pages of a draft of a form; a workflow has no screen of its own."""

    @expose("/<draft_id>/screen/")
    def screen(self, draft_id: str) -> ResponseReturnValue:
        """The page around the frame: whose screen, with which sample."""
        draft, document, form = self._form(draft_id)
        return self._page(
            draft, "preview", form=form,
            samples=[str(test.get("name", "")) for test in tests_of(document)],
            sample=sample_of(document), role=_role(), roles=_roles(),
            printable=form is not None and bool(services().blank_prints.plugins.printers()),
            excel=form is not None and services().trial_workbooks.can_draw(form),
        )  # fmt: skip

    @expose("/<draft_id>/frame/")
    def frame(self, draft_id: str) -> ResponseReturnValue:
        """The real screen of the draft, to fill or to read; what is typed is not kept."""
        _draft, document, form = self._form(draft_id)
        shown = None if form is None else _figures(form, document)
        page = self.render(
            "admin/definition_frame_screen.html",
            figures=shown,
            form=form,
            reader=_role() is not Role.REPORTER,
            acts=[] if form is None else _acts(form, _role()),
        )
        return preview_in_frame(make_response(page))

    @expose("/<draft_id>/sheets/")
    def sheets(self, draft_id: str) -> ResponseReturnValue:
        """The Excel file of the form with a sample, sheet by sheet, as it is read back."""
        _draft, document, form = self._form(draft_id)
        example = _example(form, document)
        found = None
        if form is not None and example is not None and services().trial_workbooks.can_draw(form):
            found = services().trial_workbooks.sheets(form, *example)
        page = self.render("admin/definition_frame_sheets.html", sheets=found, form=form)
        return preview_in_frame(make_response(page))

    @expose("/<draft_id>/workbook/")
    def workbook(self, draft_id: str) -> ResponseReturnValue:
        """The same file, to open in a spreadsheet program."""
        draft, document, form = self._form(draft_id)
        example = _example(form, document)
        if form is None or example is None or not services().trial_workbooks.can_draw(form):
            raise NotFound(kind="form")
        file = services().trial_workbooks.file(form, *example)
        response = Response(file.take(), content_type=file.media_type)
        name = f"{draft.code}-v{draft.version:02}.{file.name.rpartition('.')[2]}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

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
        return preview_in_frame(response)

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


def sample_of(document: dict[str, Any]) -> int:
    """Which of the tests gives the answers; the first one unless another is asked for."""
    text = request.values.get("sample", "")
    count = len(tests_of(document))
    return int(text) if text.isdigit() and int(text) < count else 0


def _role() -> Role:
    """Whose screen is asked for; that of who fills the form unless another one is."""
    wanted = request.args.get("as", "")
    return next((role for role in _LOOKING if role.value == wanted), Role.REPORTER)


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role_title(role)) for role in _LOOKING]


def _acts(form: Form, role: Role) -> list[str]:
    """What that role can do with a report of the form, by the workflows that it names."""
    named = form.settings.get("workflow")
    codes = set(mapping(named).values()) if isinstance(named, Mapping) else {named}
    found: dict[str, None] = {}
    for workflow in services().catalogue.workflows():
        for move in workflow.transitions if workflow.code in codes else ():
            if any(people.role is role for people in move.people):
                found[event_title(move.event)] = None
    return list(found)


def _example(
    form: Form | None, document: dict[str, Any]
) -> tuple[Mapping[str, Any], Verdict] | None:
    """The chosen sample with its verdict; the empty form where it has none that can be judged."""
    if form is None:
        return None
    sample, tests = sample_of(document), tests_of(document)
    runs = run_tests(form, {"x-tests": tests[sample : sample + 1]})
    if runs and runs[0].verdict is not None:
        return tests[sample], runs[0].verdict
    try:
        return {}, check(form, {}, {}, context_of(form, {}))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def _figures(form: Form, document: dict[str, Any]) -> Figures | None:
    """The form with the answers of a sample."""
    found = _example(form, document)
    if found is None:
        return None
    example, verdict = found
    statuses = {path: str(one) for path, one in mapping(example.get("statuses", {})).items()}
    day = context_of(form, example).period.end
    return figures(form, mapping(example.get("answers", {})), statuses, verdict, day=day)

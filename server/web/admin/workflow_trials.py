"""A draft of a workflow before it is published: drawn, checked against real people, played.

The same pages as those of a published version, inside the editor's frame; nothing is stored.
"""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose

from server.core.definition_draft import DefinitionDraft, readable
from server.core.refusal import Refusal
from server.core.workflow import Workflow
from server.core.workflow_trial import playable
from server.errors import NotFound
from server.web.admin.definition_words import draft_head
from server.web.admin.draft_view import DraftView
from server.web.admin.workflow_checks import MOST_WARNED
from server.web.admin.workflow_diagram import draw
from server.web.admin.workflow_people import gaps_on
from server.web.admin.workflow_simulator import played
from server.web.admin.workflow_steps import state_lines, step_lines, title_of, told
from server.web.refusal_words import refusal_text
from server.web.session import current_actor, services


class WorkflowTrials(DraftView):
    """Pages of a draft of a workflow; a form is tried on ``definition_trials``."""

    @expose("/<draft_id>/check/")
    def check(self, draft_id: str) -> ResponseReturnValue:
        """The drawing, everything that speaks against the draft, and who would be missing."""
        draft, refusals, workflow = self._draft(draft_id)
        shown: dict[str, Any] = {}
        if workflow is not None:
            steps = step_lines(workflow)
            titles = {code: title_of(state) for code, state in workflow.states.items()}
            routes = [
                one for one in services().staffing.routes() if one.workflow.code == draft.code
            ]
            gaps, units = gaps_on(routes, workflow)
            shown = {
                "diagram": draw(workflow, titles, {line.place: line.number for line in steps}),
                "told": told(steps),
                "states": state_lines(workflow, {}),
                "steps": steps,
                "gaps": gaps,
                "units": units,
            }
        return self._page(draft, "check", refusals, workflow=workflow, most=MOST_WARNED, **shown)

    @expose("/<draft_id>/play/")
    def play(self, draft_id: str) -> ResponseReturnValue:
        """One position of a play of the draft, for a real unit with its real people."""
        draft, refusals, workflow = self._draft(draft_id)
        shown: dict[str, Any] = {}
        if workflow is not None:
            shown = played(
                workflow, lambda **more: str(self.get_url(".play", draft_id=draft_id, **more))
            )
        return self._page(draft, "play", refusals, workflow=workflow, **shown)

    @staticmethod
    def _draft(draft_id: str) -> tuple[DefinitionDraft, list[Refusal], Workflow | None]:
        drafts = services().definition_drafts
        draft = drafts.get(current_actor(), draft_id)
        if draft.kind != "workflow":
            raise NotFound(kind="workflow")
        refusals = drafts.check(draft)
        return draft, refusals, playable(readable(draft.text), refusals)

    def _page(
        self, draft: DefinitionDraft, view: str, refusals: list[Refusal], **shown: Any
    ) -> str:
        return self.render(
            f"admin/workflow_draft_{view}.html",
            view=view,
            **draft_head(draft),
            refusals=[(one, refusal_text(one)) for one in refusals],
            **shown,
        )

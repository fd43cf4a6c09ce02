"""An administrator before the draft of a form, as the pages of the editor take their acts."""

import json
import re

from server.core.definition_draft import DefinitionDraft
from tests.web.admin.conftest import Person
from tests.world import World


class Editor:
    """One administrator before the draft of the form of the small province."""

    def __init__(self, world: World, person: Person) -> None:
        self.world, self.person = world, person
        answer = person.post("/admin/definition-drafts/revise/", kind="form", code="households")
        [self.id] = re.findall(r"definition-editor/([^/]+)/", answer.location)

    @property
    def draft(self) -> DefinitionDraft:
        found = self.world.services.definition_drafts.store.get(self.id)
        assert found is not None
        return found

    @property
    def document(self) -> dict:
        return json.loads(self.draft.text)

    def page(self, path: str = "") -> str:
        answer = self.person.get(f"/admin/definition-editor/{self.id}/{path}")
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def apply(self, op: str, path: str, **fields: object) -> str:
        """What the page says after the operation."""
        answer = self.person.post(
            f"/admin/definition-editor/{self.id}/apply/",
            edit=self.draft.edit, op=op, part=path, **fields,
        )  # fmt: skip
        if answer.status_code == 422:
            return answer.text
        assert answer.status_code == 303, answer.text
        return self.person.get(answer.location).text

    def act(self, name: str, **fields: object) -> str:
        answer = self.person.post(
            f"/admin/definition-drafts/{self.id}/{name}/", edit=self.draft.edit, **fields
        )
        if answer.status_code == 422:
            return answer.text
        return self.person.get(answer.location).text

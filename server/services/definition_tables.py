"""New forms made of what others have: a table of a spreadsheet, a foreign JSON Schema.

What was understood is shown first; only ``begin`` keeps something, and that is a draft.
"""

from dataclasses import dataclass

from server.core.access import Actor
from server.core.definition_draft import DefinitionDraft
from server.core.definition_foreign import Foreign, converted
from server.core.definition_table import Choices, Table, cells_of, read_table, text_of
from server.core.definition_table_form import TableNote, form_of, named_row
from server.core.definition_writing import written
from server.errors import DefinitionInvalid, ImportRefused
from server.services.definition_drafts import DefinitionDrafts, require_admin
from server.services.table_files import TableFiles, rows_of

MOST_CHARACTERS = 300_000


@dataclass(frozen=True, slots=True)
class Understood:
    """A table, and what of it the form would leave out."""

    text: str
    table: Table
    notes: tuple[TableNote, ...]


@dataclass(frozen=True, slots=True)
class DefinitionTables:
    """Use cases of the pages "Biểu mới từ bảng Excel" and "Biểu mới từ JSON Schema"."""

    drafts: DefinitionDrafts
    files: TableFiles

    def text_of_workbook(self, actor: Actor, content: bytes) -> str:
        """The first sheet with anything on it, as the text that pasting it would give.

        Raises:
            ImportRefused: the file as a whole; fact ``reason``.
        """
        require_admin(actor)
        sheets = self.files.read(content).sheets
        filled = next((sheet for sheet in sheets if sheet.cells), None)
        return "" if filled is None else text_of(rows_of(filled))

    def understand(self, actor: Actor, text: str, choices: Choices) -> Understood:
        """What the table is taken for; ``TableUnreadable`` when it is none."""
        require_admin(actor)
        if len(text) > MOST_CHARACTERS:
            raise ImportRefused(reason="too-large")
        table = read_table(cells_of(text), self.drafts.catalogue.usable_codelists(), choices)
        _, notes = form_of(table, "new_form", table.title or "-", "")
        return Understood(text, table, tuple(notes))

    def begin(
        self, actor: Actor, text: str, choices: Choices, code: str, title: str
    ) -> DefinitionDraft:
        """A draft of the form; as ``DefinitionDrafts.begin`` for code and title."""
        table = self.understand(actor, text, choices).table
        document, _ = form_of(table, code, title.strip() or "-", self.drafts.first_workflow())
        if table.codelist:
            items = self.drafts.catalogue.codelist(table.codelist).items
            document = named_row(document, items[0].code)
        return self.drafts.begin_with(actor, code, title, written(document))

    def schema(self, actor: Actor, text: str) -> Foreign:
        """What a foreign JSON Schema would become, or why it cannot."""
        require_admin(actor)
        if len(text) > MOST_CHARACTERS:
            raise ImportRefused(reason="too-large")
        return converted(text, "new_form", "", self.drafts.first_workflow())

    def begin_schema(self, actor: Actor, text: str, code: str, title: str) -> DefinitionDraft:
        """A draft of the form; raise ``DefinitionInvalid`` with what is not supported."""
        self.schema(actor, text)
        found = converted(text, code, title.strip(), self.drafts.first_workflow())
        if found.document is None:
            raise DefinitionInvalid(refusals=list(found.refusals))
        return self.drafts.begin_with(actor, code, title, written(found.document))

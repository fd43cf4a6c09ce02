"""What a draft begins from: the published versions of a form, a workflow or the indicators as text.

Apart from the drafts, which ask it of all three alike.
"""

from dataclasses import dataclass

from server.core.definition_draft import DraftKind
from server.core.indicator_edition import text_of
from server.errors import NotFound
from server.storage.catalogue import CatalogueStore


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest published version of a definition."""

    version: int
    digest: str
    text: str


def latest_version(store: CatalogueStore, kind: DraftKind, code: str) -> Latest | None:
    """None for a definition that is not published yet."""
    if kind == "indicators":
        edition = store.edition_of_indicators()
        if edition is None:
            return None
        return Latest(edition.number, edition.digest, text_of(edition.indicators))
    try:
        if kind == "form":
            form = store.form(code)
            return Latest(form.version, form.digest, form.source or "")
        workflow = store.workflow(code)
        return Latest(workflow.version, workflow.digest, workflow.source)
    except NotFound:
        return None


def version_text(store: CatalogueStore, kind: DraftKind, code: str, version: int) -> str:
    """The text of one published version."""
    if kind == "indicators":
        edition = store.edition_of_indicators(version)
        return "" if edition is None else text_of(edition.indicators)
    if kind == "form":
        return store.form(code, version).source or ""
    return store.workflow(code, version).source

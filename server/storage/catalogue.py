"""Published definitions, kept: forms, workflows, code lists, the indicator catalogue.

What is published never changes: publishing the same version again with other content is
refused here, and by the database.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from server.core.indicator import CodeList, CodeListItem, Indicator
from server.core.indicator_edition import indicator_of
from server.core.json_text import digest as digest_of
from server.core.json_text import dumps
from server.core.vietnamese import collation_key, fold
from server.errors import DefinitionChanged, NotFound
from server.storage.database import Database
from server.storage.fields import day, instant_text
from server.storage.models import (
    CodeListVersionRow,
    FormVersionRow,
    IndicatorRow,
    WorkflowVersionRow,
)
from server.storage.searching import ESCAPED, contains


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A published form version; ``source`` and ``document`` only where they were asked for."""

    code: str
    version: int
    kind: str
    title: str
    period_type: str
    digest: str
    published_at: datetime
    source: str | None = None
    document: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class StoredWorkflow:
    """A published workflow version with its source text."""

    code: str
    version: int
    digest: str
    source: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCodeList:
    """A published code list version."""

    code: str
    version: int
    digest: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredIndicators:
    """One edition of the catalogue of indicators."""

    number: int
    digest: str
    indicators: tuple[Indicator, ...]


_LIGHT = (
    FormVersionRow.code,
    FormVersionRow.version,
    FormVersionRow.kind,
    FormVersionRow.title,
    FormVersionRow.period_type,
    FormVersionRow.digest,
    FormVersionRow.published_at,
)


class CatalogueStore:
    """Definitions by code and version; ``None`` as a version means the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Forms

    def add_form(
        self,
        form_source: str,
        document: Mapping[str, object],
        *,
        code: str,
        version: int,
        kind: str,
        title: str,
        period_type: str,
        digest: str,
        published_at: datetime,
    ) -> bool:
        """Publishes; false when the very same is published already.

        Raises:
            DefinitionChanged: that version is published with another digest.
        """
        self._database.run("INSERT INTO form (code) VALUES (?) ON CONFLICT DO NOTHING", (code,))
        return self._publish(
            "form_version",
            {
                "id": f"{code}/{version}",
                "code": code,
                "version": version,
                "kind": kind,
                "title": title,
                "folded": fold(title),
                "sort_key": collation_key(title),
                "period_type": period_type,
                "digest": digest,
                "source": form_source,
                # Not the canonical text: the order of keys is the order of columns and rows.
                "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
                "published_at": instant_text(published_at),
            },
        )

    def form(self, code: str, version: int | None = None) -> StoredForm:
        """One version with its source and document; raise ``NotFound``."""
        query = FormVersionRow.select(
            *_LIGHT, FormVersionRow.source, FormVersionRow.document
        ).where(FormVersionRow.code == code)
        if version is not None:
            query = query.where(FormVersionRow.version == version)
        found = self._database.select(query.order_by(FormVersionRow.version.desc()).limit(1))
        if not found:
            raise NotFound(kind="form", code=code, version=version)
        return StoredForm(*found[0])

    def forms(self, *, documents: bool = False) -> list[StoredForm]:
        """All versions, by code and version."""
        wanted = (*_LIGHT, FormVersionRow.source, FormVersionRow.document) if documents else _LIGHT
        query = FormVersionRow.select(*wanted)
        ordered = query.order_by(FormVersionRow.code, FormVersionRow.version)
        return [StoredForm(*row) for row in self._database.select(ordered)]

    def search_forms(self, text: str, limit: int = 20) -> list[StoredForm]:
        """Versions with *text* in title or code, accents and case aside, in dictionary order."""
        rows = self._database.rows(
            f"SELECT id FROM form_version WHERE folded LIKE ? {ESCAPED} OR code LIKE ? {ESCAPED}"
            " ORDER BY sort_key, code, version DESC LIMIT ?",
            (contains(fold(text)), contains(fold(text)), limit),
        )
        known = {(form.code, str(form.version)): form for form in self.forms()}
        return [known[id_.split("/")[0], id_.split("/")[1]] for (id_,) in rows]

    # Workflows

    def add_workflow(
        self, source: str, code: str, version: int, digest: str, published_at: datetime
    ) -> bool:
        """As ``add_form``."""
        return self._publish(
            "workflow_version",
            {
                "id": f"{code}/{version}",
                "code": code,
                "version": version,
                "digest": digest,
                "source": source,
                "published_at": instant_text(published_at),
            },
        )

    def workflow(self, code: str, version: int | None = None) -> StoredWorkflow:
        """One version; raise ``NotFound``."""
        for found in self.workflows(code):
            if version is None or found.version == version:
                return found
        raise NotFound(kind="workflow", code=code, version=version)

    def workflows(self, code: str | None = None) -> list[StoredWorkflow]:
        """All versions, by code, the newest of a code first."""
        row = WorkflowVersionRow
        query = row.select(row.code, row.version, row.digest, row.source, row.published_at)
        if code is not None:
            query = query.where(row.code == code)
        ordered = query.order_by(row.code, row.version.desc())
        return [StoredWorkflow(*found) for found in self._database.select(ordered)]

    # Code lists

    def put_codelist(
        self, code: str, version: int, digest: str, document: Mapping[str, object]
    ) -> bool:
        """As ``add_form``."""
        return self._publish(
            "codelist_version",
            {
                "id": f"{code}/{version}",
                "code": code,
                "version": version,
                "digest": digest,
                "document": dumps(document),
            },
        )

    def codelists(self, code: str | None = None) -> list[StoredCodeList]:
        """All versions, by code, the newest of a code first."""
        row = CodeListVersionRow
        query = row.select(row.code, row.version, row.digest, row.document)
        if code is not None:
            query = query.where(row.code == code)
        ordered = query.order_by(row.code, row.version.desc())
        return [StoredCodeList(*found) for found in self._database.select(ordered)]

    def codelist(self, code: str, version: int | None = None) -> StoredCodeList:
        """One version; raise ``NotFound``."""
        for found in self.codelists(code):
            if version is None or found.version == version:
                return found
        raise NotFound(kind="codelist", code=code, version=version)

    # Indicators

    def put_indicators(self, indicators: Sequence[Indicator]) -> bool:
        """Publishes the whole catalogue as an edition; false when it is the current one."""
        last = self.edition_of_indicators()
        if last is not None and last.indicators == tuple(indicators):
            return False
        document = [asdict(indicator) for indicator in indicators]
        number = 1 if last is None else last.number + 1
        # With its number in the mark, so that a catalogue may become again what it was before.
        mark = digest_of(document if last is None else [number, document])
        self._database.run(
            "INSERT INTO indicator_edition (number, digest, document) VALUES (?, ?, ?)",
            (number, mark, dumps(document)),
        )
        self._database.run("DELETE FROM indicator")
        self._database.run_many(
            "INSERT INTO indicator (code, title, folded, sort_key, group_code, document) VALUES",
            [
                (
                    indicator.code,
                    indicator.title,
                    fold(indicator.title),
                    collation_key(indicator.title),
                    indicator.group,
                    dumps(asdict(indicator)),
                )
                for indicator in indicators
            ],
        )
        self._raise_stamp()
        return True

    def indicator_edition(self) -> int:
        """The number of the current edition, 0 before the first."""
        row = self._database.row("SELECT MAX(number) FROM indicator_edition")
        return 0 if row is None or row[0] is None else int(row[0])

    def edition_of_indicators(self, number: int | None = None) -> StoredIndicators | None:
        """One edition, the current one unless a number is named."""
        row = self._database.row(
            "SELECT number, digest, document FROM indicator_edition"
            " WHERE number = COALESCE(?, (SELECT MAX(number) FROM indicator_edition))",
            (number,),
        )
        if row is None:
            return None
        return StoredIndicators(row[0], row[1], tuple(map(indicator_of, json.loads(row[2]))))

    def indicators(self) -> list[Indicator]:
        """The current catalogue, by code."""
        query = IndicatorRow.select(IndicatorRow.document).order_by(IndicatorRow.code)
        return [indicator_of(document) for (document,) in self._database.select(query)]

    def search_indicators(self, text: str, limit: int = 20) -> list[Indicator]:
        """Entries with *text* in title or code, accents and case aside, in dictionary order."""
        pattern = contains(fold(text))
        codes = self._database.rows(
            f"SELECT code FROM indicator WHERE folded LIKE ? {ESCAPED} OR code LIKE ? {ESCAPED}"
            " ORDER BY sort_key, code LIMIT ?",
            (pattern, pattern, limit),
        )
        known = {indicator.code: indicator for indicator in self.indicators()}
        return [known[code] for (code,) in codes]

    def begins(self) -> dict[tuple[str, str, int], str]:
        """By kind, code and version the period from which a version is meant, where one is said."""
        rows = self._database.rows(
            "SELECT kind, code, version, valid_from FROM definition_issue"
            " WHERE valid_from IS NOT NULL"
        )
        return {(row[0], row[1], row[2]): str(row[3]) for row in rows}

    def last_days(self) -> dict[tuple[str, str, int], date]:
        """By kind, code and version (0: all of them) the last day that holds, where one does."""
        rows = self._database.rows(
            "SELECT kind, code, version, last_on FROM definition_retirement WHERE id IN"
            " (SELECT MAX(id) FROM definition_retirement GROUP BY kind, code, version)"
        )
        return {(row[0], row[1], row[2]): day(row[3]) for row in rows if row[3] is not None}

    # Changes

    def stamp(self) -> int:
        """A counter that every publication raises, so that a cache knows when it is old."""
        row = self._database.row("SELECT value FROM stamp WHERE name = 'catalogue'")
        return 0 if row is None else int(row[0])

    def _raise_stamp(self) -> None:
        self._database.run("UPDATE stamp SET value = value + 1 WHERE name = 'catalogue'")

    def _publish(self, table: str, columns: Mapping[str, object]) -> bool:
        places = ", ".join("?" * len(columns))
        added = self._database.run(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING",
            tuple(columns.values()),
        )
        if added:
            self._raise_stamp()
            return True
        published = self._database.row(f"SELECT digest FROM {table} WHERE id = ?", (columns["id"],))
        if published is None or published[0] != columns["digest"]:
            raise DefinitionChanged(code=columns["code"], version=columns["version"])
        return False


def codelist_of(document: Mapping[str, object]) -> CodeList:
    """The code list of a stored document that ``codelist_document`` wrote."""
    items = document["items"]
    if not isinstance(items, list):
        raise TypeError(items)
    return CodeList(
        code=str(document["code"]),
        version=int(str(document["version"])),
        title=str(document["title"]),
        items=tuple(
            CodeListItem(**{**item, "aliases": tuple(item.get("aliases", ()))}) for item in items
        ),
        constructed=bool(document["constructed"]),
        source=str(document["source"]),
    )


def codelist_document(codelist: CodeList) -> dict[str, object]:
    """A code list as a document to store."""
    return asdict(codelist)

"""The indicator catalogue as its file beside the shipped forms, so that git can review a change.

The database is what serves. The file is written only where it held the edition before; one that
says something else is shown and never overwritten.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from server.core.definition_draft import readable
from server.core.definition_writing import written
from server.core.indicator import Indicator
from server.services.definition_files import FileState
from server.services.definitions import read_indicators
from server.services.file_writing import replace_known, text_of_file

#: Where each attribute stands in an entry; those of ``_ENGLISH`` below ``i18n.en``.
_KEYS = {
    "code": "code",
    "title": "title",
    "definition": "definition",
    "method": "method",
    "text_source": "textSource",
    "group": "group",
    "dimensions": "dimensions",
    "lowest_level": "lowestLevel",
    "frequency": "frequency",
    "owners": "owners",
    "owner_units": "ownerUnits",
    "source": "source",
    "constructed": "constructed",
    "ministry_code": "ministryCode",
    "valid_from": "validFrom",
    "valid_to": "validTo",
    "owners_from": "ownersFrom",
}
_FORMER = {
    "owners": "owners",
    "owner_units": "ownerUnits",
    "valid_from": "validFrom",
    "valid_to": "validTo",
}
_ENGLISH = {
    "title_en": "title",
    "definition_en": "definition",
    "method_en": "method",
    "text_source_en": "textSource",
}


@dataclass(frozen=True, slots=True)
class FileStanding:
    """How the file stands to the catalogue; *codes* are the indicators that differ.

    *digest* is that of the file's very characters, empty where there is none.
    """

    state: FileState
    codes: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorFiles:
    """``form_definitions/_indicators/indicators.json`` below *root*."""

    root: Path

    @property
    def path(self) -> Path:
        return self.root / "form_definitions" / "_indicators" / "indicators.json"

    @property
    def name(self) -> str:
        """How the file is called where people read it."""
        return self.path.relative_to(self.root).as_posix()

    def standing(self, indicators: Sequence[Indicator]) -> FileStanding:
        """Whether the file says what the catalogue says."""
        text = self._text()
        held = self._indicators(text)
        mark = "" if text is None else sha256(text.encode()).hexdigest()
        if held is None:
            if self.path.exists():
                return FileStanding(FileState.DIFFERENT, digest=mark)
            return FileStanding(FileState.MISSING if self._writable() else FileState.CLOSED)
        mine, theirs = ({one.code: one for one in listed} for listed in (indicators, held))
        codes = sorted(
            code for code in mine.keys() | theirs.keys() if mine.get(code) != theirs.get(code)
        )
        state = FileState.DIFFERENT if codes else FileState.SAME
        return FileStanding(state, tuple(codes), mark)

    def held(self) -> tuple[Indicator, ...] | None:
        """The indicators of the file; None where there is none, or none that can be read."""
        return self._indicators(self._text())

    def write(self, before: Sequence[Indicator], after: Sequence[Indicator]) -> FileStanding:
        """Write the new edition where the file held the one before; whole or not at all."""
        found = self.standing(before)
        if found.state is FileState.DIFFERENT:
            now = self.standing(after)
            return now if now.state is FileState.SAME else found
        if found.state is FileState.CLOSED or not self._writable():
            return FileStanding(FileState.CLOSED)
        text = self._text() or ""
        new = written(_merged(self._document() or {}, after), text)
        try:
            replace_known(self.path, text, new)  # what somebody wrote meanwhile stays
        except OSError:
            return FileStanding(FileState.CLOSED)
        return self.standing(after)

    def _indicators(self, text: str | None) -> tuple[Indicator, ...] | None:
        document = None if text is None else readable(text)
        try:
            return None if document is None else read_indicators(document)
        except (KeyError, TypeError, AttributeError):
            return None

    def _text(self) -> str | None:
        return text_of_file(self.path)

    def _document(self) -> dict[str, Any] | None:
        text = self._text()
        return None if text is None else readable(text)

    def _writable(self) -> bool:
        holder = self.path.parent
        while not holder.exists() and holder != self.root.parent:
            holder = holder.parent
        return holder.is_dir() and os.access(holder, os.W_OK)


def _merged(document: Mapping[str, Any], indicators: Sequence[Indicator]) -> dict[str, Any]:
    """The document with what the indicators say; what did not change keeps its very entry."""
    held = {one.code: one for one in read_indicators(document)} if document else {}
    entries = {str(entry["code"]): entry for entry in document.get("indicators", ())}
    groups = list(document.get("groups", ()))
    known = {str(group["code"]) for group in groups}
    for one in indicators:
        if one.group not in known:
            groups.append({"code": one.group, "title": one.group_title})
            known.add(one.group)
    listed = [
        entries[one.code] if held.get(one.code) == one else _entry(one, entries.get(one.code, {}))
        for one in indicators
    ]
    return {**document, "groups": groups, "indicators": listed}


def _entry(one: Indicator, before: Mapping[str, Any]) -> dict[str, Any]:
    entry = dict(before)
    for attribute, key in _KEYS.items():
        value = getattr(one, attribute)
        value = _json(value)
        if value or key in before or isinstance(value, list | bool) or key == "source":
            entry[key] = value
    if one.former_owners or "formerOwners" in before:
        entry["formerOwners"] = [
            {key: _json(getattr(former, attribute)) for attribute, key in _FORMER.items()}
            for former in one.former_owners
        ]
    entry["measures"] = [
        {**_measure(before, place), "unit": measure.unit, "aggregation": measure.aggregation}
        for place, measure in enumerate(one.measures)
    ]
    english = dict(before.get("i18n", {}).get("en", {}))
    for attribute, key in _ENGLISH.items():
        value = getattr(one, attribute)
        if value or key in english:
            english[key] = value
    entry["i18n"] = {**before.get("i18n", {}), "en": english}
    return {key: value for key, value in entry.items() if value != "" or key == "source"}


def _json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _measure(before: Mapping[str, Any], place: int) -> Mapping[str, Any]:
    measures = before.get("measures", [])
    found: Mapping[str, Any] = measures[place] if place < len(measures) else {}
    return found

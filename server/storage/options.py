"""Plugin options that override ``config.toml``, every version kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.core.json_text import dumps
from server.errors import Stale
from server.storage.database import Database
from server.storage.fields import instant, instant_text


@dataclass(frozen=True, slots=True)
class StoredOptions:
    """One version of a plugin's overrides."""

    plugin: str
    version: int
    options: Mapping[str, object]
    changed_by: str
    changed_at: datetime


_COLUMNS = "plugin, version, options, changed_by, changed_at"


class OptionStore:
    """The newest version counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, plugin: str) -> StoredOptions | None:
        """The overrides in force, or ``None`` when there never were any."""
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM plugin_option WHERE plugin = ? ORDER BY version DESC LIMIT 1",
            (plugin,),
        )
        return None if row is None else _options(row)

    def history(self, plugin: str) -> list[StoredOptions]:
        """All versions, the newest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM plugin_option WHERE plugin = ? ORDER BY version DESC",
            (plugin,),
        )
        return [_options(row) for row in rows]

    def put(
        self,
        plugin: str,
        options: Mapping[str, object],
        by: str,
        at: datetime,
        *,
        seen: int | None = None,
    ) -> int:
        """Adds a version; its number.

        Raises:
            Stale: *seen* is given and not the newest version, or another writer was faster.
        """
        current = self.get(plugin)
        version = 0 if current is None else current.version
        added = seen in {None, version} and self._database.run(
            f"INSERT INTO plugin_option ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (plugin, version + 1, dumps(options), by, instant_text(at)),
        )
        if not added:
            raise Stale(kind="plugin-options", current={"edit": version})
        return version + 1


def _options(row: tuple) -> StoredOptions:
    plugin, version, options, by, at = row
    return StoredOptions(plugin, version, json.loads(options), by, instant(at))

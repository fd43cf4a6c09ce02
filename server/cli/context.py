"""What commands share: settings, and the application where a command needs it."""

import os
from functools import cached_property

from server.app import ROOT, Application, build, clock_of
from server.settings import Settings, load_settings


class Context:
    """Handed to each command by click; nothing is opened before a command asks for it."""

    @cached_property
    def settings(self) -> Settings:
        # Relative paths in the settings (var/, the SQLite file) mean the project's folder, from
        # wherever the command was called; paths of arguments are absolute by now.
        os.chdir(ROOT)
        return load_settings(ROOT / "config.toml", os.environ)

    @cached_property
    def application(self) -> Application:
        """The application on a migrated database."""
        application = build(self.settings, clock_of(self.settings))
        application.database.migrate()
        return application

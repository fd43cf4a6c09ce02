"""The commands of ``./run``. Thin like views: each hands over to a service and words the result."""

from server.cli.command import cli, main

__all__ = ["cli", "main"]

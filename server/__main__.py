"""``python -m server``: the commands."""

from server.cli import main

main()

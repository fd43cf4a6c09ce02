"""The real server with its worker, as a process of its own: ``python -m tests.reliability.server``.

Builds the application from settings on the database it is told, and serves until it is killed.
"""

import argparse
from pathlib import Path

from server.cli.operation import run_server
from tests.reliability.province import application_on


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="the database, migrated and filled")
    parser.add_argument("port", type=int)
    parser.add_argument("var", type=Path)
    given = parser.parse_args()
    run_server(application_on(given.url, given.var, port=given.port), with_worker=True)


if __name__ == "__main__":
    main()

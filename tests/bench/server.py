"""The measured server: the real application over waitress, and one trivial route beside it.

``python -m tests.bench.server URL PORT FOLDER``. Without a worker, so that the processor time of
the process is that of its requests.
"""

import sys
from pathlib import Path

import waitress
from flask import Response

from server.web.policy import public
from tests.reliability.province import application_on

EMPTY = "/bench/empty"


@public
def empty() -> Response:
    """What the framework itself costs: routing, the gate, the headers, waitress."""
    return Response(b"", 200)


def main(url: str, port: int, folder: Path) -> None:
    application = application_on(url, folder, port=port)
    web = application.web()
    web.add_url_rule(EMPTY, "bench_empty", empty, methods=["GET", "POST"])
    settings = application.settings.server
    waitress.serve(
        web,
        host=settings.host,
        port=port,
        threads=settings.threads,
        max_request_body_size=settings.max_body_bytes,
        ident=None,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))

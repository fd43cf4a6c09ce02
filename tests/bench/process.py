"""The whole process as its users meet it: cold start, idle memory, the first page of a report.

Measured on ``python -m server serve``, which is what ``./run serve`` becomes.
"""

import gzip
import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from random import Random

from server.core.access import SYSTEM, Role
from server.services.accounts import NewAccount
from tests.bench.form import FORM, bench_answers, bench_form
from tests.bench.meter import cpu_seconds, memory_mib
from tests.reliability.killer import free_port
from tests.reliability.province import (
    PERIOD,
    ROOT,
    SECRET,
    actor_of,
    application_on,
    make_province,
)

_START_SECONDS = 60.0
_SETTLE_SECONDS = 2.0
_PASSWORD = "mot con vit xoe ra hai cai canh"


def measure_process(url: str, folder: Path, *, repetitions: int) -> dict[str, object]:
    """Cold start, memory of the idle server, and the filling page of the bench form."""
    page, session = _reporter_with_a_draft(url, folder)
    starts, processor, memory = [], [], []
    html, page_seconds, used = b"", 0.0, 0.0
    for _ in range(repetitions):
        with _served(url, folder) as (server, port, seconds):
            starts.append(seconds)
            processor.append(cpu_seconds(server.pid))
            time.sleep(_SETTLE_SECONDS)
            memory.append(memory_mib(server.pid))
            _page(port, page, session)  # fills the caches that every later reader uses
            began = time.perf_counter()
            html = _page(port, page, session)
            page_seconds = time.perf_counter() - began
            used = memory_mib(server.pid)
    return {
        "cold_start_s_median": round(statistics.median(starts), 2),
        "cold_start_s_least": round(min(starts), 2),
        "cold_start_cpu_s_median": round(statistics.median(processor), 2),
        "idle_memory_mib_median": round(statistics.median(memory), 1),
        "memory_after_pages_mib": round(used, 1),
        "filling_page_bytes": len(html),
        "filling_page_gzipped_bytes": len(gzip.compress(html, 6)),
        "filling_page_ms": round(page_seconds * 1000, 1),
    }


def _reporter_with_a_draft(url: str, folder: Path) -> tuple[str, str]:
    """The address of a report in progress, and the session of who fills it."""
    application = application_on(url, folder)
    make_province(
        application, crews=1, communes=1, form=bench_form(), codelists=("sex", "ethnic_group")
    )
    services = application.services
    person = NewAccount("clerk", "Nguyễn Thị Mai", None, Role.REPORTER, "u-00000")
    services.accounts.create(SYSTEM, person, _PASSWORD)
    _, session = services.accounts.sign_in("clerk", _PASSWORD, "127.0.0.1")
    view = services.submissions.start(
        actor_of(application, "clerk"),
        form=FORM,
        org_unit="u-00000",
        period=PERIOD,
        answers=bench_answers(Random(1)),
    )
    application.database.close()
    return f"/submissions/{view.submission.id}", session


@contextmanager
def _served(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """A server that has answered once: its process, port, and how long that took."""
    port = free_port()
    config = folder / "config.toml"
    config.write_text(
        f'[server]\nport = {port}\n[files]\nvar = "{folder}"\n[plugins]\nenabled = []\n',
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "BIEUMAU_CONFIG": str(config),
        "BIEUMAU_SECRET_KEY": SECRET,
        "DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "serve.log").open("wb") as log:
        began = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "server", "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _is_alive(port):
            if server.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                raise RuntimeError((folder / "serve.log").read_text()[-2000:])
            time.sleep(0.005)
        yield server, port, time.perf_counter() - began
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _is_alive(port: int) -> bool:
    try:
        return _get(port, "/livez", "")[0] == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def _page(port: int, address: str, session: str) -> bytes:
    status, body = _get(port, address, f"session={session}")
    if status != HTTPStatus.OK or b"<html" not in body:
        raise RuntimeError(f"{address}: {status} {body[:300]!r}")
    return body


def _get(port: int, path: str, cookie: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()

"""One PostgreSQL server for a whole test run, ended when the run ends, however that happens.

Apart from `tests.databases` because it is a process of its own: test workers come and
go, and a run that is killed by a signal tidies nothing up.
"""

import fcntl
import os
import select
import subprocess
import sys
from pathlib import Path

from tests.databases import PostgreSQLMissing, postgresql

ROOT = Path(__file__).parents[1]


def shared_server(folder: Path, owner: int) -> str:
    """The URL of the run's server, started by whoever asks first.

    ``folder`` is shared by the run's processes; ``owner`` is the process whose end ends the server.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    answer = folder / "postgresql-url"
    with (folder / "postgresql-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            keeper = subprocess.run(
                [sys.executable, "-m", "tests.database_keeper", str(owner)],
                cwd=ROOT,
                start_new_session=True,
                capture_output=True,
                text=True,
                check=False,
            )
            if keeper.returncode != 0:
                raise PostgreSQLMissing(keeper.stderr.strip())
            answer.write_text(keeper.stdout.strip())
    return answer.read_text()


def _keep(owner: int) -> None:
    with postgresql(fsync=False) as url:
        sys.stdout.write(url)
        sys.stdout.flush()
        if os.fork():
            os._exit(0)  # the caller waits for this process and goes on; its child keeps the server
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        _wait_for_the_end_of(owner)


def _wait_for_the_end_of(process: int) -> None:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    select.select([handle], [], [])
    os.close(handle)


if __name__ == "__main__":
    try:
        _keep(int(sys.argv[1]))
    except PostgreSQLMissing as missing:
        sys.exit(str(missing))

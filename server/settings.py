"""Settings: ``config.toml`` and the environment, read once into frozen dataclasses.

Only the entry points import this module; everything below is handed what it needs. A key that
nobody knows stops the start, because a misspelt limit is a limit that is not there. The texts in
the field metadata are the rows of ``docs/settings.md``.
"""

import os
import secrets
import stat
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.errors import SettingsInvalid

MIN_SECRET = 32
#: What a form sends besides the file itself.
_AROUND_A_FILE = 100_000

_Table = TypeVar("_Table")


def _key(
    default: object, means: str, *, least: int | None = None, most: int | None = None, **more: Any
) -> Any:
    return field(default=default, metadata={"means": means, "least": least, "most": most} | more)


@dataclass(frozen=True)
class ServerSettings:
    """``[server]``: where it listens and what a request may weigh."""

    host: str = _key("127.0.0.1", "Address to listen on")
    port: int = _key(8000, "Port to listen on; 0 takes a free one", least=0, most=65535)
    public_url: str = _key("http://127.0.0.1:8000", "Address in mails and redirects", shape="url")
    trusted_hosts: tuple[str, ...] = _key(
        ("127.0.0.1", "localhost"), "Host names that are answered; others get 400"
    )
    proxies: int = _key(0, "Number of proxies in front whose headers are believed", least=0, most=9)
    secure_cookies: bool = _key(
        False, "Cookies and HSTS for HTTPS only; needs public_url with https"
    )
    threads: int = _key(8, "Threads of the web server", least=1, most=256)
    max_body_bytes: int = _key(
        10_500_000, "Bytes of the largest request body", least=100_000, most=1_000_000_000
    )


@dataclass(frozen=True)
class DatabaseSettings:
    """``[database]``."""

    url: str = _key(
        "sqlite:///var/bieumau.sqlite",
        "sqlite:///path or postgresql://user:password@host/name; DATABASE_URL wins",
        shape="database",
    )


@dataclass(frozen=True)
class SecuritySettings:
    """``[security]``: sessions, passwords, throttles."""

    session_idle_minutes: int = _key(
        30, "Minutes without a request after which a session ends", least=5, most=480
    )
    session_hours: int = _key(12, "Hours after which a session ends in any case", least=1, most=72)
    password_min_length: int = _key(12, "Characters of the shortest password", least=8, most=64)
    argon2_memory_kib: int = _key(19_456, "Memory of Argon2id, KiB", least=19_456, most=1_048_576)
    argon2_time: int = _key(2, "Passes of Argon2id", least=2, most=16)
    argon2_parallelism: int = _key(1, "Lanes of Argon2id", least=1, most=16)
    sign_in_tries: int = _key(
        5, "Wrong passwords before the delay begins to grow", least=3, most=20
    )
    metrics_addresses: tuple[str, ...] = _key(
        ("127.0.0.1", "::1"), "Addresses or networks that may read /metrics", shape="networks"
    )


@dataclass(frozen=True)
class LocaleSettings:
    """``[locale]``."""

    default: str = _key("vi", "Language of who has chosen none", choices=("vi", "en"))
    timezone: str = _key("Asia/Ho_Chi_Minh", "Time zone of days and clock times", shape="timezone")


@dataclass(frozen=True)
class MailSettings:
    """``[mail]``: the sender; the transport is the e-mail plugin's."""

    from_address: str = _key("bieumau@localhost", "Sender's address", shape="address")
    from_name: str = _key("Biểu mẫu", "Sender's name")


@dataclass(frozen=True)
class ReminderSettings:
    """``[reminders]``: how often the worker looks for work."""

    tick_seconds: int = _key(
        30, "Seconds between two looks at reminders and periods", least=1, most=3600
    )
    dispatch_seconds: int = _key(
        1, "Seconds between two looks at undelivered events", least=1, most=60
    )


@dataclass(frozen=True)
class FileSettings:
    """``[files]``."""

    var: str = _key("var", "Folder of results, the secret key and the default database")
    definitions: str = _key(
        ".",
        "Folder with form_definitions and workflows, where the editor writes what it publishes;"
        " from the project's folder, or absolute",
    )


@dataclass(frozen=True)
class AttachmentSettings:
    """``[attachments]``: files attached to reports."""

    directory: str = _key("attachments", "Folder of attached files, inside files.var or absolute")
    most_bytes: int = _key(10_000_000, "Bytes of the largest file", least=10_000, most=100_000_000)
    most_per_report: int = _key(50, "Files that one report may have", least=1, most=1000)


@dataclass(frozen=True)
class DemoSettings:
    """``[demo]``: set by ``./run demo`` alone."""

    enabled: bool = _key(False, "Banner and demo pages; never with real data")
    as_of: str = _key("2025-01-24", "Day on which the demo's clock starts", shape="day")


@dataclass(frozen=True)
class PluginSettings:
    """``[plugins]`` and one ``[plugins.<name>]`` each, checked by that plugin's own schema."""

    enabled: tuple[str, ...] = _key((), "Plugin folders to load, in this order")
    options: Mapping[str, Mapping[str, object]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True)
class Settings:
    """All tables, and the secret key, which no file but its own may hold."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    security: SecuritySettings = SecuritySettings()
    locale: LocaleSettings = LocaleSettings()
    mail: MailSettings = MailSettings()
    reminders: ReminderSettings = ReminderSettings()
    files: FileSettings = FileSettings()
    attachments: AttachmentSettings = AttachmentSettings()
    demo: DemoSettings = DemoSettings()
    plugins: PluginSettings = PluginSettings()
    secret_key: str = field(default="", repr=False)


TABLES: Mapping[str, type] = MappingProxyType(
    {each.name: type(each.default) for each in fields(Settings) if each.name != "secret_key"}
)


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read *path* (or ``BIEUMAU_CONFIG``; without either the defaults) and the environment.

    Makes ``<var>/secret_key`` with mode 0600 when no secret is given. Raises ``SettingsInvalid``.
    """
    chosen = environ.get("BIEUMAU_CONFIG") or path
    document = {} if chosen is None else _document(Path(chosen))
    for name in document:
        if name not in TABLES:
            raise SettingsInvalid(key=name, reason="unknown table", allowed=sorted(TABLES))
    tables: dict[str, Any] = {
        name: _table(name, kind, document.get(name, {})) for name, kind in TABLES.items()
    }
    if url := environ.get("DATABASE_URL"):
        tables["database"] = _table("database", DatabaseSettings, {"url": url})
    settings = Settings(**tables)
    if settings.server.secure_cookies and not settings.server.public_url.startswith("https:"):
        raise SettingsInvalid(
            key="server.secure_cookies", reason="needs server.public_url with https"
        )
    if settings.attachments.most_bytes + _AROUND_A_FILE > settings.server.max_body_bytes:
        raise SettingsInvalid(
            key="attachments.most_bytes",
            reason=f"must be {_AROUND_A_FILE} less than server.max_body_bytes",
        )
    return Settings(**tables, secret_key=_secret(environ, Path(settings.files.var)))


def _document(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsInvalid(key=str(path), reason=error.strerror or "unreadable") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(key=str(path), reason=str(error)) from error


def _table(name: str, kind: type[_Table], given: object) -> _Table:
    if not isinstance(given, Mapping):
        raise SettingsInvalid(key=name, reason="must be a table")
    known = {each.name: each for each in fields(kind) if "means" in each.metadata}  # type: ignore[arg-type]
    types = get_type_hints(kind)
    values: dict[str, Any] = {}
    options: dict[str, Mapping[str, object]] = {}
    for key, value in given.items():
        if key in known:
            values[key] = _value(f"{name}.{key}", value, types[key], known[key])
        elif kind is PluginSettings and isinstance(value, Mapping):
            options[key] = MappingProxyType(dict(value))
        else:
            raise SettingsInvalid(key=f"{name}.{key}", reason="unknown key", allowed=sorted(known))
    if options:
        values["options"] = MappingProxyType(options)
    return kind(**values)


def _value(key: str, value: object, wanted: Any, declared: Field[Any]) -> object:
    many = get_origin(wanted) is tuple
    if many and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise SettingsInvalid(key=key, reason="wrong type", allowed="list of texts")
    one = get_args(wanted)[0] if many else wanted
    # A bool is an int in Python, but 'port = true' is a mistake.
    if not many and (not isinstance(value, one) or (one is int and isinstance(value, bool))):
        raise SettingsInvalid(key=key, reason="wrong type", allowed=one.__name__)
    taken = tuple(value) if isinstance(value, list) else value
    if not _fits(taken, declared.metadata):
        raise SettingsInvalid(key=key, reason="not allowed", allowed=allowed(declared))
    return taken


def _fits(value: object, rule: Mapping[str, Any]) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return (rule["least"] is None or value >= rule["least"]) and (
            rule["most"] is None or value <= rule["most"]
        )
    if "choices" in rule:
        return value in rule["choices"]
    return bool(_SHAPES[rule["shape"]][0](value)) if "shape" in rule else value != ""


def allowed(declared: Field[Any]) -> str:
    """What a key may hold, in the words of the documentation and of the refusal."""
    rule = declared.metadata
    if "choices" in rule:
        return " or ".join(f"`{choice}`" for choice in rule["choices"])
    if "shape" in rule:
        return _SHAPES[rule["shape"]][1]
    if rule["least"] is not None:
        return f"{rule['least']} to {rule['most']}"
    default = declared.default
    if default is MISSING or isinstance(default, tuple):
        return "list of texts"
    return "`true` or `false`" if isinstance(default, bool) else "text, not empty"


def _is_url(value: Any) -> bool:
    parts = urlsplit(str(value))
    plain = not (parts.query or parts.fragment or parts.username or parts.path.strip("/"))
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _is_database(value: Any) -> bool:
    return str(value).startswith(("sqlite:///", "postgresql://"))


def _are_networks(value: Any) -> bool:
    try:
        return all(ip_network(each) is not None for each in value)
    except ValueError:
        return False


def _is_timezone(value: Any) -> bool:
    try:
        return bool(ZoneInfo(value).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_address(value: Any) -> bool:
    name, at, host = str(value).partition("@")
    return bool(name and at and host) and not any(char.isspace() for char in str(value))


def _is_day(value: Any) -> bool:
    try:
        return date.fromisoformat(str(value)).isoformat() == str(value)
    except ValueError:
        return False


_SHAPES: Mapping[str, tuple[Any, str]] = {
    "url": (_is_url, "http(s)://host[:port]"),
    "database": (_is_database, "sqlite:///… or postgresql://…"),
    "networks": (_are_networks, "list of addresses or networks such as 10.0.0.0/8"),
    "timezone": (_is_timezone, "IANA time zone"),
    "address": (_is_address, "name@host"),
    "day": (_is_day, "YYYY-MM-DD"),
}


def _secret(environ: Mapping[str, str], var: Path) -> str:
    if "BIEUMAU_SECRET_KEY" in environ:
        return _strong("BIEUMAU_SECRET_KEY", environ["BIEUMAU_SECRET_KEY"])
    if named := environ.get("BIEUMAU_SECRET_KEY_FILE"):
        return _strong("BIEUMAU_SECRET_KEY_FILE", _private_text(Path(named)))
    path = var / "secret_key"
    if not path.exists():
        _make_secret(path)
    return _strong(str(path), _private_text(path))


def _make_secret(path: Path) -> None:
    """Write a new key in one step: of two processes that start together both get the same one."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    except OSError as error:
        raise SettingsInvalid(key=str(path), reason=error.strerror or "unwritable") from error


def _private_text(path: Path) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsInvalid(key=str(path), reason=error.strerror or "unreadable") from error
    if mode & 0o077:
        raise SettingsInvalid(key=str(path), reason=f"mode is {mode:04o}", allowed="0600")
    return text


def _strong(key: str, secret: str) -> str:
    if len(secret) < MIN_SECRET:
        raise SettingsInvalid(
            key=key, reason="too short", allowed=f"{MIN_SECRET} characters or more"
        )
    return secret

"""What the web layer wants to be told: the part of the settings it reads, as protocols.

``server.settings`` stands above the web layer, so the web says here what it needs and the entry
points hand it over; the frozen dataclasses of ``server.settings`` fit as they are.
"""

from typing import Protocol


class ServerWishes(Protocol):
    @property
    def public_url(self) -> str: ...
    @property
    def trusted_hosts(self) -> tuple[str, ...]: ...
    @property
    def proxies(self) -> int: ...
    @property
    def secure_cookies(self) -> bool: ...
    @property
    def max_body_bytes(self) -> int: ...


class SecurityWishes(Protocol):
    @property
    def session_hours(self) -> int: ...
    @property
    def password_min_length(self) -> int: ...
    @property
    def metrics_addresses(self) -> tuple[str, ...]: ...


class LocaleWishes(Protocol):
    @property
    def default(self) -> str: ...
    @property
    def timezone(self) -> str: ...


class DemoWishes(Protocol):
    @property
    def enabled(self) -> bool: ...


class WebSettings(Protocol):
    """The tables of ``server.settings.Settings`` that the web layer reads."""

    @property
    def server(self) -> ServerWishes: ...
    @property
    def security(self) -> SecurityWishes: ...
    @property
    def locale(self) -> LocaleWishes: ...
    @property
    def demo(self) -> DemoWishes: ...
    @property
    def secret_key(self) -> str: ...

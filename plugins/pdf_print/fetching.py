"""The only way from a page to bytes outside of it: four fonts by name.

WeasyPrint's own fetcher reads files and the network. Nothing a page of ours names needs that, so
whatever is not one of the packaged fonts is refused, ``data:`` included.
"""

from pathlib import Path
from typing import Final

# This module is itself imported only while a page is being printed.
from weasyprint.urls import (  # noqa: TID253
    FatalURLFetchingError,
    URLFetcher,
    URLFetcherResponse,
)

FONTS: Final = Path(__file__).parents[2] / "static" / "fonts"
SCHEME: Final = "packaged-font:"
NAMES: Final = frozenset(
    {"tinos-regular.ttf", "tinos-bold.ttf", "tinos-italic.ttf", "tinos-bold-italic.ttf"}
)


class AddressForbidden(FatalURLFetchingError):  # type: ignore[misc]
    """A page names an address; fatal, because ours never do."""


class PackagedFonts(URLFetcher):  # type: ignore[misc]
    """Serves ``packaged-font:<name>`` and stops the print for anything else."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in NAMES:
            raise AddressForbidden(f"a print may not read {url[:100]}")
        return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})

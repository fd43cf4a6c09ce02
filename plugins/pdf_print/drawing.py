"""From HTML and CSS to a PDF file, in this process or in one of its own.

A process of its own has limits on memory, time and file size, none of the server's secrets in its
environment, and gives its memory back; it costs a second for the import of WeasyPrint.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.hooks import Refused

_ROOT: Final = Path(__file__).parents[2]
_MEGABYTE: Final = 1024 * 1024
_LARGEST_FILE: Final = 200 * _MEGABYTE
# What fonts, temporary files and text need; secrets of the server are in no other variable's name.
_PASSED_ON: Final = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "PATH",
    "TMPDIR",
    "XDG_CACHE_HOME",
)


def draw(html: str, css: Sequence[str], out: Path) -> None:
    """Draw in this process."""
    # WeasyPrint takes over a second to import: only a process that prints pays for it.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from plugins.pdf_print.fetching import PackagedFonts  # noqa: PLC0415 - imports WeasyPrint

    fonts = FontConfiguration()
    fetcher = PackagedFonts()
    sheets = [CSS(string=text, url_fetcher=fetcher, font_config=fonts) for text in css]
    HTML(string=html, url_fetcher=fetcher, base_url="about:blank").write_pdf(
        out, stylesheets=sheets, font_config=fonts
    )


def draw_apart(html: str, css: Sequence[str], out: Path, *, seconds: int, megabytes: int) -> None:
    """Draw in a process of its own; ``Refused`` when it needs more than it may have."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-P", "-m", __name__, str(out), str(seconds), str(megabytes)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps([html, list(css)]).encode(),
            env=environment | {"PYTHONPATH": str(_ROOT)},
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"the print took longer than {seconds} seconds") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [""]
        if said[-1].startswith("MemoryError"):
            raise Refused(f"the print needs more than {megabytes} MB of memory")
        raise RuntimeError(f"drawing ended with {done.returncode}: {said[-1]}")


def _main(out: str, seconds: str, megabytes: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(megabytes) * _MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    html, css = json.loads(sys.stdin.buffer.read())
    draw(html, css, Path(out))


if __name__ == "__main__":
    _main(*sys.argv[1:])

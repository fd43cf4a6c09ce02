"""Files of definitions are written whole or not at all, and never over what somebody else wrote."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def complete(path: Path, text: str) -> Iterator[Path]:
    """A file beside *path* that holds all of *text* on the disk; gone when the block ends.

    Raises:
        OSError: the folder is closed or full.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def text_of_file(path: Path) -> str | None:
    """What the file says; None where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def replace_known(path: Path, known: str, text: str) -> bool:
    """Put *text* where the file still says *known*; false when somebody wrote it meanwhile.

    Raises:
        OSError: as ``complete``.
    """
    with complete(path, text) as partial:
        if (text_of_file(path) or "") != known:
            return False
        partial.replace(path)
    return True

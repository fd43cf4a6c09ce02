"""What is vendored is what was reviewed: every file has its checksum, every checksum its file."""

from hashlib import sha256
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
CHECKSUMS = STATIC / "vendor" / "CHECKSUMS"
OURS = {CHECKSUMS, STATIC / "vendor" / "fetch"}


def listed() -> dict[str, str]:
    lines = CHECKSUMS.read_text().splitlines()
    return {name: checksum for checksum, name in (line.split("  ", 1) for line in lines)}


def test_every_vendored_file_is_listed_and_every_listed_file_is_there():
    present = {
        path.relative_to(STATIC).as_posix()
        for folder in ("fonts", "vendor")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path not in OURS
    }

    assert present == set(listed())


@pytest.mark.parametrize("name", sorted(listed()))
def test_a_vendored_file_has_its_checksum(name):
    assert sha256((STATIC / name).read_bytes()).hexdigest() == listed()[name]

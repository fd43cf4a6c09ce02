"""What crosses the hook of prints besides forms: an official letter with a table in it.

As on a form, every text stands here as it is to be read on paper.
"""

from dataclasses import dataclass

from server.hooks.sheet import SheetGrid, SheetSignature


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of one office to others, with the parts that an administrative document has."""

    office_above: str
    """Of the office above the issuer; empty when there is none."""
    office: str
    number: str
    """Behind ``Số:``; dots where the registry will write it."""
    place_and_date: str
    about: str
    """Under the number: ``V/v đôn đốc gửi báo cáo thống kê``."""
    addressees: tuple[str, ...]
    """Behind ``Kính gửi:``; a paper that is kept, not sent, has none."""
    paragraphs: tuple[str, ...]
    grid: SheetGrid | None
    closing: tuple[str, ...]
    """Paragraphs behind the table."""
    receivers: tuple[str, ...]
    """The lines of ``Nơi nhận:``."""
    signature: SheetSignature
    demo_notice: str | None = None

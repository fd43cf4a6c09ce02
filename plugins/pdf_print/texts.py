"""The plugin's own templates and style sheets, read once."""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

_HERE: Final = Path(__file__).parent


@cache
def template(name: str) -> Template:
    """A template that escapes what it is given, and fails where something is missing."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


@cache
def style_sheet(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")

"""Scripts and style sheets of one page joined into one answer each, for slow lines.

Every request of a page costs a slow line a round trip of up to two seconds, so the modules
that a page needs travel together. They stay separate files in ``static``, without a build
step: joining understands exactly the ES modules that we write (named imports and exports) and
refuses everything else when the application is tested.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, url_for

from server.errors import NotFound
from server.web.policy import public

blueprint = Blueprint("assets", __name__)

#: What is joined: a script by its entry module, a style sheet by its parts in order.
SCRIPTS: Final[Mapping[str, str]] = {
    "filling.js": "js/filling.js",
}
STYLES: Final[Mapping[str, tuple[str, ...]]] = {
    "filling.css": ("css/tokens.css", "css/app.css", "css/pages.css", "css/grid.css"),
}

_IMPORT: Final = re.compile(r'^import (?:\{([^}]*)\} from )?"\./([a-z0-9_]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?=(?:async function\*?|function\*?|class|const|let) +([A-Za-z_$][\w$]*))",
    re.MULTILINE,
)
_MODULE_WORD: Final = re.compile(r"^(?:import|export)\b.*$|\bimport\.meta\b", re.MULTILINE)
_REMARK: Final = re.compile(r"^ *//.*\n|^ */\*\*(?:[^*]|\*(?!/))*\*/\n", re.MULTILINE)
_INDENT: Final = re.compile(r"^ +", re.MULTILINE)


class NotJoinable(ValueError):
    """A module uses what joining does not understand; the message names file and place."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A joined file."""

    body: bytes
    media_type: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]


def install(app: Flask) -> None:
    """Let templates name joined files: ``{{ asset("filling.js") }}``."""
    app.register_blueprint(blueprint)
    app.extensions["bieumau.assets"] = {}

    @app.context_processor
    def address() -> dict[str, object]:
        return {"asset": asset_address}


def asset_address(name: str) -> str:
    """The address of a joined file; its digest lets browsers keep it a year."""
    return url_for("assets.joined", file=name, v=asset(name).digest)


@blueprint.get("/static/joined/<file>")
@public
def joined(file: str) -> Response:
    """One joined file."""
    found = asset(file)
    response = Response(found.body, mimetype=found.media_type)
    response.set_etag(found.digest)
    return response


def asset(name: str) -> Asset:
    """The joined file as its parts stand now; joined again when one of them has changed."""
    root = Path(str(current_app.static_folder))
    kept: dict[str, tuple[float, Asset]] = current_app.extensions["bieumau.assets"]
    if name in SCRIPTS:
        parts = tuple(_order(root / SCRIPTS[name]))
    elif name in STYLES:
        parts = tuple(root / part for part in STYLES[name])
    else:
        raise NotFound(kind="asset")
    newest = max(part.stat().st_mtime for part in parts)
    if name not in kept or kept[name][0] != newest:
        found = (
            Asset(join_script(root / SCRIPTS[name]).encode(), "text/javascript")
            if name in SCRIPTS
            else Asset(_joined_style(parts).encode(), "text/css")
        )
        kept[name] = (newest, found)
    return kept[name][1]


def join_script(entry: Path) -> str:
    """The module *entry* with all it imports as one module; each keeps a scope of its own.

    Raises:
        NotJoinable: a module has another kind of import or export, or a text over several lines.
    """
    order = _order(entry)
    names = {path.name: f"m{number}" for number, path in enumerate(order)}
    return "".join(_wrapped(path, names) for path in order)


def _order(entry: Path) -> list[Path]:
    """*entry* and what it imports, each after its imports."""
    found: list[Path] = []
    open_: list[Path] = []

    def visit(path: Path) -> None:
        if path in found:
            return
        if path in open_:
            raise NotJoinable(f"{path.name}: imports itself through others")
        open_.append(path)
        for match in _IMPORT.finditer(path.read_text(encoding="utf-8")):
            visit(path.with_name(match[2]))
        open_.remove(path)
        found.append(path)

    visit(entry)
    return found


def _wrapped(path: Path, names: Mapping[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count("`") % 2:
            raise NotJoinable(f"{path.name}:{number}: a template literal over several lines")
    exported: list[str] = _EXPORT.findall(text)
    body = _REMARK.sub("", text)
    body = _IMPORT.sub(lambda match: _binding(match, names), body)
    body = _EXPORT.sub("", body)
    left = _MODULE_WORD.search(body)
    if left is not None:
        raise NotJoinable(f"{path.name}: {left[0].strip()}")
    body = _INDENT.sub("", body).strip()
    return (
        f"const {names[path.name]}=(()=>{{\n{body}\nreturn {{{','.join(exported)}}};\n}})();\n"
    )


def _binding(match: re.Match[str], names: Mapping[str, str]) -> str:
    if match[1] is None:
        return ""
    parts = [part.strip() for part in match[1].split(",") if part.strip()]
    bound = ",".join(part.replace(" as ", ":") for part in parts)
    return f"const {{{bound}}}={names[match[2]]};\n"


def _joined_style(parts: tuple[Path, ...]) -> str:
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    # Fonts are named beside the style sheets' folder; the joined file stands beside that too.
    return _INDENT.sub("", re.sub(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/\n?", "", text))

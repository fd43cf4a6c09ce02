"""Scripts and style sheets of one page joined into one answer each, for slow lines.

Every request of a page costs a slow line a round trip of up to two seconds, so the modules
that a page needs travel together. They stay separate files in ``static``, without a build
step: joining understands exactly the ES modules that we write (named imports and exports) and
refuses everything else when the application is tested.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, current_app, url_for
from markupsafe import Markup

from server.errors import NotFound
from server.web import headers
from server.web.policy import public

blueprint = Blueprint("assets", __name__)

#: What is joined: a script by its entry module, a style sheet by its parts in order.
SCRIPTS: Final[Mapping[str, str]] = {
    "filling.js": "js/filling.js",
    "filling_more.js": "js/filling_more.js",
    "leaving.js": "js/leaving.js",
    "offline_page.js": "js/offline_page.js",
}
#: A script that is fetched after another one and shares its modules.
AFTER: Final[Mapping[str, str]] = {"filling_more.js": "filling.js"}
STYLES: Final[Mapping[str, tuple[str, ...]]] = {
    "filling.css": tuple(
        f"css/{name}.css" for name in ("tokens", "app", "pages", "grid", "beside")
    ),
}

_IMPORT: Final = re.compile(r'^import (?:\{([^}]*)\} from )?"\./([a-z0-9_]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?=(?:async function\*?|function\*?|class|const|let) +([A-Za-z_$][\w$]*))",
    re.MULTILINE,
)
_MODULE_WORD: Final = re.compile(r"^(?:import|export)\b.*$|\bimport\.meta\b", re.MULTILINE)
_REMARK: Final = re.compile(r"^ *//.*\n|^ */\*\*(?:[^*]|\*(?!/))*\*/\n", re.MULTILINE)
_INDENT: Final = re.compile(r"^ +", re.MULTILINE)
_STYLE_REMARK: Final = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_STYLE_FONT: Final = re.compile(r"@font-face *\{[^}]*\}\n?")
_STYLE_SPACE: Final = re.compile(r"\s*([{};])\s*")


class NotJoinable(ValueError):
    """A module uses what joining does not understand; the message names file and place."""


def install(app: Flask) -> None:
    """Let templates name joined files: ``{{ asset("filling.js") }}``."""
    app.register_blueprint(blueprint)
    app.extensions["bieumau.assets"] = {}

    @app.context_processor
    def addresses() -> dict[str, object]:
        return {"asset": asset_address, "inline_style": inline_style}


def asset_address(name: str) -> str:
    """The address of a joined script; its digest lets browsers keep it a year."""
    return url_for("assets.joined", file=name, v=_digest(_script(name)))


def inline_style(name: str) -> Markup:
    """The joined style sheet to stand in the page itself: the first paint waits for nothing else.

    The policy of this answer allows exactly this text (see ``server.web.headers``).
    """
    root = Path(str(current_app.static_folder))
    text = _kept(name, [root / part for part in STYLES[name]], lambda: join_style(name, root))
    headers.allow_style(text)
    return Markup(text)


@blueprint.get("/static/joined/<file>")
@public
def joined(file: str) -> Response:
    """One joined script."""
    if file not in SCRIPTS:
        raise NotFound(kind="asset")
    text = _script(file)
    response = Response(text, mimetype="text/javascript")
    response.set_etag(_digest(text))
    return response


def _script(name: str) -> str:
    root = Path(str(current_app.static_folder))
    entry = root / SCRIPTS[name]
    if name not in AFTER:
        shares = name in AFTER.values()
        return _kept(name, _order(entry), lambda: join_script(entry, shares=shares))
    first = root / SCRIPTS[AFTER[name]]
    address = f"./{AFTER[name]}?v={_digest(_script(AFTER[name]))}"
    parts = [*_order(first), *_order(entry)]
    return _kept(name, parts, lambda: join_rest(entry, first, address))


def _kept(name: str, parts: Sequence[Path], join: Callable[[], str]) -> str:
    """What was joined, joined again when one of its parts has changed."""
    kept: dict[str, tuple[float, str]] = current_app.extensions["bieumau.assets"]
    newest = max(part.stat().st_mtime for part in parts)
    if name not in kept or kept[name][0] != newest:
        kept[name] = (newest, join())
    return kept[name][1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def join_style(name: str, root: Path) -> str:
    """A style sheet without remarks, the spaces between rules, and fonts.

    Fonts would race with the page's script for a slow line; ``filling.js`` asks for them once one
    can type.
    """
    text = "\n".join((root / part).read_text(encoding="utf-8") for part in STYLES[name])
    text = _STYLE_FONT.sub("", _STYLE_REMARK.sub("", text))
    return _STYLE_SPACE.sub(r"\1", text).strip()


def join_script(entry: Path, *, shares: bool = False) -> str:
    """The module *entry* with all it imports as one module; each keeps a scope of its own.

    A script that *shares* them exports its modules to the one that is fetched after it.

    Raises:
        NotJoinable: a module has another kind of import or export, or a text over several lines.
    """
    order = _order(entry)
    names = _names(order)
    text = "".join(_wrapped(path, names) for path in order)
    return f"{text}export {{{','.join(names.values())}}};\n" if shares else text


def join_rest(entry: Path, first: Path, address: str) -> str:
    """What *entry* imports and the script of *first* does not have; the rest comes from there.

    The *address* must be the very one of the page's first script, or the browser would run its
    modules a second time.
    """
    there = _order(first)
    order = [*there, *(path for path in _order(entry) if path not in there)]
    names = _names(order)
    text = "".join(_wrapped(path, names) for path in order[len(there) :])
    shared = [
        names[path.name] for path in there if re.search(rf"={names[path.name]};$", text, re.M)
    ]
    return f'import {{{",".join(shared)}}} from "{address}";\n{text}'


def _names(order: Sequence[Path]) -> dict[str, str]:
    return {path.name: f"m{number}" for number, path in enumerate(order)}


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
    return f"const {names[path.name]}=(()=>{{\n{body}\nreturn {{{','.join(exported)}}};\n}})();\n"


def _binding(match: re.Match[str], names: Mapping[str, str]) -> str:
    if match[1] is None:
        return ""
    parts = [part.strip() for part in match[1].split(",") if part.strip()]
    bound = ",".join(part.replace(" as ", ":") for part in parts)
    return f"const {{{bound}}}={names[match[2]]};\n"

"""Joined scripts and styles: what is joined, what is refused, how it is answered."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.web.assets import (
    AFTER,
    SCRIPTS,
    STYLES,
    NotJoinable,
    join_rest,
    join_script,
    join_style,
)

STATIC = Path(__file__).parents[2] / "static"


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


def test_a_module_keeps_its_own_scope_and_gives_what_it_exports(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        one="// remark\nconst own = 1;\nexport const first = own;\nexport function second() {}\n",
        main='import { first, second as other } from "./one.js";\nconst own = first;\nother();\n',
    )
    joined = join_script(entry)
    assert "remark" not in joined
    assert "return {first,second};" in joined
    assert "const {first,second:other}=m0;" in joined
    assert not re.search(r"^\s*(import|export)\b", joined, re.MULTILINE)


def test_each_module_stands_once_and_after_what_it_imports(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        base="export const base = 1;\n",
        left='import { base } from "./base.js";\nexport const left = base;\n',
        right='import { base } from "./base.js";\nexport const right = base;\n',
        main='import { left } from "./left.js";\nimport { right } from "./right.js";\nleft();\n',
    )
    joined = join_script(entry)
    assert joined.count("const base = 1") == 1
    assert joined.index("const base = 1") < joined.index("const left") < joined.index("left();")


def test_a_later_script_has_only_what_the_first_one_lacks(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        shared="export const shared = 1;\n",
        quiet="export const quiet = 1;\n",
        main='import { shared } from "./shared.js";\nimport { quiet } from "./quiet.js";\n',
    )
    own = 'import { shared } from "./shared.js";\nexport const own = shared;\n'
    write(tmp_path, own=own, later='import { own } from "./own.js";\nown();\n')
    text = join_rest(tmp_path / "later.js", first, "./main.js?v=1")
    assert text.startswith('import {m0} from "./main.js?v=1";\n')
    assert "const shared = 1" not in text
    assert "const {shared}=m0;" in text
    assert join_script(first, shares=True).endswith("export {m0,m1,m2};\n")


@pytest.mark.parametrize("name", AFTER)
def test_a_later_script_names_the_first_one_as_the_page_does(
    client: FlaskClient, name: str
) -> None:
    etag, _ = client.get(f"/static/joined/{AFTER[name]}").get_etag()
    text = client.get(f"/static/joined/{name}").get_data(as_text=True)
    assert f'from "./{AFTER[name]}?v={etag}";' in text.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("export default 1;\n", "export default"),
        ('import all from "./one.js";\n', "import all"),
        ('import * as all from "./one.js";\n', "import *"),
        ('export { a } from "./one.js";\n', "export {"),
        ("const here = import.meta.url;\n", "import.meta"),
        ("const text = `one\ntwo`;\n", "template literal"),
        ('import { main } from "./main.js";\n', "imports itself"),
    ],
)
def test_what_cannot_be_joined_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    entry = write(tmp_path, one="export const one = 1;\n", main=text)
    with pytest.raises(NotJoinable, match=re.escape(told)) as refused:
        join_script(entry)
    assert "main.js" in str(refused.value)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_page_script_can_be_joined(name: str) -> None:
    assert join_script(STATIC / SCRIPTS[name]).endswith("})();\n")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_joined_file_may_be_kept_a_year_under_its_digest(client: FlaskClient, name: str) -> None:
    plain = client.get(f"/static/joined/{name}")
    etag, _ = plain.get_etag()
    kept = client.get(f"/static/joined/{name}?v={etag}")
    assert plain.status_code == kept.status_code == 200
    assert plain.headers["Cache-Control"] == "no-cache"
    assert "immutable" in kept.headers["Cache-Control"]


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sheet_keeps_its_rules_but_no_fonts(name: str) -> None:
    text = join_style(name, STATIC)
    parts = "".join((STATIC / part).read_text(encoding="utf-8") for part in STYLES[name])
    rules = re.sub(r"/\*.*?\*/|@font-face *{[^}]*}", "", parts, flags=re.DOTALL)
    assert "/*" not in text
    assert "</" not in text
    assert "url(" not in text
    assert text.count("{") == text.count("}") == rules.count("{") > 100


@pytest.mark.parametrize("name", ["other.js", "app.js", "..%2fapp.js", "filling", "filling.css"])
def test_only_listed_names_are_answered(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/joined/{name}").status_code == 404

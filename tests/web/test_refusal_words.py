"""Every refusal of a definition is said in words: the codes are read from the checks themselves."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.core import json_reader
from server.core.definition import check_workflow
from server.core.definition_schema import _CODES as BY_SCHEMA
from server.core.refusal import Refusal
from server.web import language
from server.web.refusal_words import TEXTS, refusal_place, refusal_text
from tests.definitions.shipped import installed
from tests.definitions.test_workflow_dead_ends import DEAD_ENDS
from tests.definitions.test_workflow_slips import WORKFLOW_MUTATIONS
from tests.definitions.workflow_slips import WORKFLOW

SERVER = Path(json_reader.__file__).parents[1]
#: Where the code stands among the arguments of each way to refuse.
PLACES = {"add": 1, "add_at": 2, "Refusal": 2}
#: Codes that are put together, by the module and the expression; what each of them can be.
COMPOSED = {
    ("definition.py", "code"): "the reasons of the JSON reader, with json- before them",
    ("definition_schema.py", "code"): "the keywords of the meta-schema",
    ("definition_structure.py", "f'duplicate-{name}'"): "code, name and key",
    ("definition_draft.py", "f'draft-{key}'"): "code and version",
    ("definition_checks.py", "error.reason"): "an example file, which only ./run check reads",
}


def refusing_calls() -> Iterator[tuple[str, ast.expr]]:
    """Each call that refuses a definition: its module, and what it gives as the code."""
    for path in sorted([*SERVER.glob("core/*.py"), *SERVER.glob("services/*.py")]):
        if path.name == "refusal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            owner, _dot, name = ast.unparse(node.func).rpartition(".")
            refuses = owner == "refusals" if name in ("add", "add_at") else name == "Refusal"
            if refuses and len(node.args) > PLACES[name]:
                yield path.name, node.args[PLACES[name]]


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    language.install(app, default="vi", timezone="Asia/Ho_Chi_Minh", cookie="lang")
    return app


def test_every_code_that_is_written_in_a_check_has_its_text() -> None:
    written = {node.value for _, node in refusing_calls() if isinstance(node, ast.Constant)}

    assert len(written) > 60
    assert sorted(written - TEXTS.keys()) == []


def test_every_code_that_is_put_together_has_its_text() -> None:
    composed = {
        (name, ast.unparse(node))
        for name, node in refusing_calls()
        if not isinstance(node, ast.Constant)
    }
    told = str(json_reader.JsonInvalid.__doc__).partition("is one of")[2].partition(".")[0]
    reasons = {f"json-{word.replace('_', '-')}" for word in re.findall(r"[a-z][a-z0-9_]+", told)}

    assert composed == COMPOSED.keys()
    assert len(reasons) == 13
    possible = reasons | set(BY_SCHEMA.values()) | {"wrong-value", "draft-code", "draft-version"}
    possible |= {"duplicate-code", "duplicate-name", "duplicate-key"}
    assert sorted(possible - TEXTS.keys()) == []


def test_no_text_waits_for_a_code_that_nobody_gives() -> None:
    written = {node.value for _, node in refusing_calls() if isinstance(node, ast.Constant)}
    composed = {code for code in TEXTS if code.startswith(("json-", "draft-", "duplicate-"))}

    assert sorted(TEXTS.keys() - written - composed - set(BY_SCHEMA.values())) == []


@pytest.mark.parametrize("what", [*WORKFLOW_MUTATIONS, *DEAD_ENDS])
def test_what_a_slip_in_a_workflow_is_told_leaves_no_gap(app: Flask, what: str) -> None:
    document = json.loads(WORKFLOW.read_text(encoding="utf-8"))
    {**WORKFLOW_MUTATIONS, **DEAD_ENDS}[what][0](document)
    refusals = check_workflow(json.dumps(document, indent=2), installed())

    with app.test_request_context():
        texts = [refusal_text(refusal) for refusal in refusals]

    assert texts
    for text in texts:
        assert text.endswith((".", ".)")), text
        assert "“”" not in text and "%(" not in text and ": ." not in text, text


def test_a_text_names_the_fault_and_the_situation(app: Flask) -> None:
    facts = {"state": "submitted", "event": "approve", "given": {"nil": True}}
    clash = Refusal(12, "/transitions/3/from/0", "transition-clash", "twice", 7, facts)

    with app.test_request_context():
        text, place = refusal_text(clash), refusal_place(clash)

    assert text.startswith("Bước “Duyệt” từ trạng thái “submitted”")
    assert text.endswith("Khi đó báo cáo không phát sinh là có.")
    assert place == "Dòng 12, cột 7"


def test_a_code_without_a_text_still_says_what_is_wrong(app: Flask) -> None:
    with app.test_request_context():
        text = refusal_text(Refusal(1, "", "brand-new", "the moon is full"))

    assert text == "Chỗ này chưa đúng (the moon is full)."

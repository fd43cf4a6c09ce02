"""Commands as people call them: from any folder, with one-line refusals and stable exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORM = ROOT / "form_definitions/near_poor/v01.json"


@pytest.fixture
def call(tmp_path: Path):
    """``call("check", …)`` runs a command in a folder of its own, on an empty database there."""

    def called(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bieumau.sqlite'}",
            "BIEUMAU_SECRET_KEY": "a secret of the tests, long enough to be one",
        }
        return subprocess.run(
            [sys.executable, "-P", "-m", "server", *words],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return called


def test_check_names_file_line_and_reason_and_gives_json(call, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text(FORM.read_text("utf-8").replace('"integer"', '"intger"', 1), "utf-8")

    plain, machine = call("check", "broken.json"), call("check", "--json", str(broken))

    assert (plain.returncode, machine.returncode) == (1, 1)
    assert plain.stdout.startswith("broken.json:")
    [refusal, *_] = json.loads(machine.stdout)
    assert refusal["line"] > 1
    assert set(refusal) == {"file", "line", "path", "code", "message"}
    assert call("check", str(FORM)).returncode == 0


def test_people_are_made_from_a_sheet_in_the_callers_folder(call, tmp_path):
    (tmp_path / "people.csv").write_text(
        "username,name,email,role,org_unit\nhoa,Nông Thị Hoa,,reader,19\n", "utf-8"
    )

    published = call("publish")
    made = call("user", "import", "people.csv")
    token = call("token", "create", "hoa")
    again = call("user", "import", "people.csv")

    assert published.returncode == 0, published.stderr
    assert made.stdout.startswith("hoa\tNông Thị Hoa\t"), made.stderr
    assert len(token.stdout.strip()) >= 43
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert again.stderr.startswith("conflict: ")
    verified = call("verify", "--json")
    assert json.loads(verified.stdout)["faults"] == []
    assert call("doctor").returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("nonsense",), 2), (("check", "nowhere.json"), 2), (("token", "create", "nobody"), 1)],
)
def test_exit_codes_tell_a_refusal_from_a_wrong_call(call, words, code):
    assert call(*words).returncode == code

"""The bootstrap `./run`; apt, Python and uv are programs that only write down their calls."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARIES = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"

PYTHON3 = """#!/bin/sh
echo "python3 $*" >>"$CALLS"
[ "$2" = venv ] || exit 0
for folder; do :; done
mkdir -p "$folder/bin"
cat >"$folder/bin/python" <<'EOF'
#!/bin/sh
echo "python $*" >>"$CALLS"
EOF
cat >"$folder/bin/uv" <<'EOF'
#!/bin/sh
[ "$1" != --version ] || { echo "uv 0.13.9"; exit; }
echo "uv $*" >>"$CALLS"
EOF
chmod +x "$folder"/bin/*
"""


@dataclass(frozen=True)
class Machine:
    """A project folder without .venv on a machine whose programs are ours."""

    project: Path
    programs: Path
    calls: Path

    def has(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.project / "run", *arguments],
            env={"PATH": f"{self.programs}:{os.defpath}", "CALLS": str(self.calls), "LANG": "C"},
            cwd=self.programs,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, beginning: str) -> list[str]:
        calls = self.calls.read_text().splitlines()
        return [call for call in calls if call.startswith(beginning)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "project", tmp_path / "programs", tmp_path / "calls")
    made.project.mkdir()
    made.programs.mkdir()
    made.calls.touch()
    shutil.copy(ROOT / "run", made.project)
    (made.project / "uv.lock").write_text("version = 1\n")
    made.has("python3", PYTHON3.partition("\n")[2])
    made.has("dpkg-query", "echo installed")
    made.has("apt-get", 'echo "apt-get $*" >>"$CALLS"; echo Reading package lists')
    made.has("sudo", '[ "$1" != -n ] || shift; exec "$@"')
    made.has("ldconfig", f"echo {LIBRARIES}")
    return made


def test_a_first_start_sets_up_and_hands_the_arguments_over(machine):
    outcome = machine.run("check", "a file.json")

    assert outcome.returncode == 0
    assert outcome.stdout == ""
    assert machine.called("apt-get") == []
    assert ["--frozen" in call and "--no-dev" in call for call in machine.called("uv")] == [True]
    assert machine.called("python -P") == ["python -P -m server check a file.json"]


def test_a_second_start_sets_nothing_up(machine):
    machine.run("serve")
    machine.calls.write_text("")

    machine.run("serve")

    assert machine.calls.read_text().splitlines() == ["python -P -m server serve"]


def test_the_tests_bring_their_group_and_the_runtime_is_content_with_it(machine):
    machine.run("test", "tests/core")
    machine.run("serve")

    assert ["--no-dev" in call for call in machine.called("uv")] == [False]
    assert machine.called("python -m pytest") == [
        "python -m pytest -n 2 --dist loadgroup tests/core"
    ]


def test_what_is_installed_follows_the_lock_back_and_forth(machine):
    lock = machine.project / "uv.lock"
    machine.run("ci-setup")
    lock.write_text("version = 2\n")
    machine.run("serve")
    lock.write_text("version = 1\n")

    machine.run("ci-setup")

    assert len(machine.called("uv")) == 3


def test_two_starts_at_once_set_up_once(machine):
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(machine.run, ["serve"] * 4))

    assert [outcome.returncode for outcome in outcomes] == [0, 0, 0, 0]
    assert len(machine.called("uv")) == 1


def test_only_missing_packages_are_installed_and_apt_speaks_on_standard_error(machine):
    machine.has("dpkg-query", 'for name; do :; done; [ "$name" = libatomic1 ] || echo installed')

    outcome = machine.run("ci-setup")

    assert outcome.stdout == ""
    assert machine.called("apt-get -q update")
    assert [call.split("recommends")[1].split() for call in machine.called("apt-get -q -y")] == [
        ["libatomic1"]
    ]


def test_where_apt_is_refused_the_line_to_run_is_printed_and_the_start_goes_on(machine):
    machine.has("dpkg-query", "exit 1")
    machine.has("apt-get", "exit 100")

    outcome = machine.run("serve")

    assert outcome.returncode == 0
    assert "apt-get install -y --no-install-recommends python3-venv libpango" in outcome.stderr
    assert machine.called("python -P")


def test_a_start_without_the_libraries_ends_before_anything_is_made(machine):
    machine.has("dpkg-query", "exit 1")
    machine.has("apt-get", "exit 100")
    machine.has("ldconfig", "echo libpango-1.0.so.0")

    outcome = machine.run("serve")

    assert outcome.returncode == 1
    assert "cannot start" in outcome.stderr
    assert not (machine.project / ".venv").exists()


def test_a_set_up_that_broke_off_is_taken_up_again(machine):
    machine.run("serve")
    (machine.project / ".venv" / ".ready-runtime").unlink()

    machine.run("serve")

    assert len(machine.called("uv")) == 2
    assert len(machine.called("python -P")) == 2


def test_a_failed_installation_starts_nothing_and_is_not_taken_for_done(machine):
    machine.run("serve")
    (machine.project / "uv.lock").write_text("version = 2\n")
    uv = machine.project / ".venv" / "bin" / "uv"
    uv.write_text(uv.read_text() + "exit 2\n")
    machine.calls.write_text("")

    outcomes = [machine.run("serve"), machine.run("serve")]

    assert all(outcome.returncode != 0 for outcome in outcomes)
    assert len(machine.called("uv")) == 2
    assert machine.called("python -P") == []

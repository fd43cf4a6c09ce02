"""Evidence of a sealed report: real exports, checked by the script that anybody runs."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.core.access import SYSTEM, Grant, Role
from server.core.submission import Change
from server.errors import AccessDenied, NotFound
from server.services.review import SubmissionView
from tests.world import CROWDED, REASON, ROOT, World

Told = dict[str, object]
SCRIPT = ROOT / "docs" / "check_report.py"


def checked(folder: Path, told: object, *more: str) -> tuple[int, str]:
    """Exit code and words of the script, run by a bare Python that knows nothing of the server."""
    path = folder / "evidence.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(SCRIPT), str(path), *more],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def evidence(world: World, view: SubmissionView, number: int = 1) -> Told:
    """The export as it travels: written and read as JSON."""
    found = world.services.evidence.of(world.actor("commune_reporter"), view.submission.id, number)
    told = json.loads(json.dumps(found, default=dict))
    assert isinstance(told, dict)
    return told


@pytest.fixture
def signed(world: World, start: Callable[..., SubmissionView],
           decide: Callable[..., SubmissionView]) -> SubmissionView:  # fmt: skip
    """A report with a warning and its reason, signed, approved, and sealed among others."""
    services = world.services
    view = start(answers={**CROWDED, "note": "Đã đối chiếu sổ hộ khẩu – “xong”."})
    view = decide(view, "commune_reporter", "submit", reasons=[REASON])
    services.ledger.seal()
    view = decide(view, "commune_signer", "sign")
    services.submissions.start(
        world.actor("neighbour_reporter"), form="households", org_unit="u-neighbour", period="2024"
    )
    view = decide(view, "district_approver", "approve")
    services.ledger.seal()
    return view


def test_the_export_of_a_signed_report_holds_without_the_server(
    world: World, signed: SubmissionView, tmp_path: Path
) -> None:
    told = evidence(world, signed)
    head = world.services.ledger.head()

    code, words = checked(tmp_path, told, "--head", head)
    form = world.services.catalogue.form("households")

    assert code == 0, words
    assert words.count("Đúng: ") == 4
    assert world.accounts["commune_signer"] in words
    assert "mốc niêm phong số 2" in words
    assert told["form_digest"] == form.digest
    assert [one["reason"] for one in told["findings"]] == [REASON["text"]]  # type: ignore[index,union-attr]
    assert len(told["events"]) == 4  # type: ignore[arg-type]
    without = checked(tmp_path, told)
    assert without[0] == 0 and head in without[1]


def _cell(told: Told) -> None:
    told["document"]["answers"]["households"] += 1  # type: ignore[index]


def _cell_and_digest(told: Told) -> None:
    """A forger who can compute digests as well."""
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from check_report import canonical, sha256  # type: ignore[import-not-found]  # noqa: PLC0415
    finally:
        sys.path.remove(str(SCRIPT.parent))
    _cell(told)
    told["digest"] = sha256(canonical(told["document"]))


def _reason(told: Told) -> None:
    told["document"]["reasons"][0]["text"] = "Đã kiểm tra."  # type: ignore[index]


def _reason_of_finding(told: Told) -> None:
    told["findings"][0]["reason"] = "Đã kiểm tra."  # type: ignore[index]


def _finding(told: Told) -> None:
    told["findings"] = []


def _form(told: Told) -> None:
    told["form_digest"] = "0" * 64


def _workflow(told: Told) -> None:
    told["workflow_digest"] = "0" * 64


def _actor(told: Told) -> None:
    told["events"][2]["actor"] = "somebody"  # type: ignore[index]


def _time(told: Told) -> None:
    told["events"][3]["happened_at"] = "2025-01-01T03:00:00.000000+00:00"  # type: ignore[index]


def _receipt(told: Told) -> None:
    told["events"][2]["details"]["receipt"] = "BK24-HO01-00000-1"  # type: ignore[index]


def _dropped(told: Told) -> None:
    del told["events"][1]  # type: ignore[attr-defined]


def _swapped(told: Told) -> None:
    events = told["events"]
    events[0], events[1] = events[1], events[0]  # type: ignore[index]


def _other_seal(told: Told) -> None:
    told["sealed_in"] = 2


def _path(told: Told) -> None:
    path = told["proof"]["path"]  # type: ignore[index]
    path[0] = path[0][:-1] + ("0" if path[0][-1] != "0" else "1")


def _place(told: Told) -> None:
    told["proof"]["place"] += 1  # type: ignore[index]


def _root(told: Told) -> None:
    told["checkpoint"]["root"] = "0" * 64  # type: ignore[index]


def _sealed_at(told: Told) -> None:
    told["checkpoint"]["sealed_at"] = "2025-01-20T03:00:00.000000+00:00"  # type: ignore[index]


def _no_proof(told: Told) -> None:
    told["proof"] = told["checkpoint"] = None


#: What was done to the file, and what the script names.
TAMPERINGS: tuple[tuple[Callable[[Told], None], str], ...] = (
    (_cell, "tài liệu đã bị sửa"),
    (_cell_and_digest, "Sự kiện ký không phải của số liệu này"),
    (_reason, "tài liệu đã bị sửa"),
    (_reason_of_finding, "Lý do giải trình của cảnh báo crowded"),
    (_finding, "Danh sách cảnh báo"),
    (_form, "Mã băm của biểu mẫu"),
    (_workflow, "Mã băm của quy trình"),
    (_actor, "dòng 3: nội dung đã bị sửa"),
    (_time, "dòng 4: nội dung đã bị sửa"),
    (_receipt, "dòng 3: nội dung đã bị sửa"),
    (_dropped, "dòng 2: thiếu dòng"),
    (_swapped, "dòng 1: thiếu dòng"),
    (_other_seal, "Sự kiện ký không phải của số liệu này"),
    (_path, "không dẫn đến gốc"),
    (_place, "Bằng chứng niêm phong"),
    (_root, "không dẫn đến gốc"),
    (_sealed_at, "mốc niêm phong số 2 không khớp"),
    (_no_proof, "Chưa có mốc niêm phong"),
)


def test_each_tampering_is_found_and_named(
    world: World, signed: SubmissionView, tmp_path: Path
) -> None:
    good = evidence(world, signed)
    assert checked(tmp_path, good)[0] == 0

    found = {}
    for tamper, _ in TAMPERINGS:
        told = copy.deepcopy(good)
        tamper(told)
        found[tamper.__name__] = checked(tmp_path, told)

    for tamper, named in TAMPERINGS:
        code, words = found[tamper.__name__]
        assert code == 1 and named in words, (tamper.__name__, words)


def test_a_whole_forged_history_is_found_by_a_head_that_was_kept(
    world: World, signed: SubmissionView, tmp_path: Path
) -> None:
    told = evidence(world, signed)

    code, words = checked(tmp_path, told, "--head", "f" * 64)

    assert code == 1 and "khác với mã băm đã công bố" in words


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "bieumau-evidence/1"}', "\x00"])
def test_what_is_no_evidence_is_refused_in_words(text: str, tmp_path: Path) -> None:
    code, words = checked(tmp_path, text)

    assert code == 1 and words.startswith("SAI: ")


def test_an_edition_that_waits_for_its_seal_says_so(
    world: World,
    start: Callable[..., SubmissionView],
    advance: Callable[[SubmissionView, int], SubmissionView],
    tmp_path: Path,
) -> None:
    view = start()
    world.services.ledger.seal()
    view = advance(view, 2)

    before = checked(tmp_path, evidence(world, view))
    world.services.ledger.seal()
    after = checked(tmp_path, evidence(world, view))

    assert before[0] == 1 and "Chưa có mốc niêm phong" in before[1]
    assert after[0] == 0, after[1]


def test_each_edition_keeps_its_own_evidence(
    world: World,
    start: Callable[..., SubmissionView],
    advance: Callable[[SubmissionView, int], SubmissionView],
    decide: Callable[..., SubmissionView],
    tmp_path: Path,
) -> None:
    view = advance(start(), 2)
    view = decide(view, "district_approver", "return", supplied={"note": "Đề nghị xem lại số hộ."})
    view, _ = world.services.submissions.save_cells(
        world.actor("commune_reporter"), view.submission.id, [Change("/households", 6, 7)]
    )
    view = advance(view, 2)
    world.services.ledger.seal()

    first, second = (evidence(world, view, number) for number in (1, 2))

    assert checked(tmp_path, first)[0] == 0 and checked(tmp_path, second)[0] == 0
    assert (first["sealed_in"], second["sealed_in"]) == (3, 6)
    assert first["digest"] != second["digest"]


def test_only_readers_of_the_report_get_its_evidence(world: World, signed: SubmissionView) -> None:
    service = world.services.evidence
    with pytest.raises(NotFound):
        service.of(world.actor("neighbour_reporter"), signed.submission.id, 1)
    with pytest.raises(NotFound):
        service.of(world.actor("commune_reporter"), signed.submission.id, 2)


def test_a_reader_without_personal_data_gets_no_half_of_the_proof(
    world: World,
    signed: SubmissionView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.services.accounts.grant(
        SYSTEM, world.accounts["province_reader"], Grant(Role.READER, "u-province")
    )
    reader = world.actor("province_reader")
    monkeypatch.setattr("server.services.evidence.personal_cells", lambda form: frozenset({"note"}))

    with pytest.raises(AccessDenied):
        world.services.evidence.of(reader, signed.submission.id, 1)

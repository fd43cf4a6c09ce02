"""Errors as answers: RFC 9457 for programs, a page with the next step for people."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import errors
from server.core.finding import Finding, Severity
from server.errors import BieumauError
from server.services.accounts import Accounts
from server.web import problems
from server.web.policy import public
from server.web.problem_catalogue import CATALOGUE
from server.web.problems import problem_of
from server.web.session import SignInRequired
from tests.web.conftest import Browser, House

FINDING = Finding("/rows/02/total", "too_many", Severity.ERROR, "Lỗi: lệch 90.", 4253, 4163)


def kinds(base: type[BieumauError] = BieumauError) -> list[type[BieumauError]]:
    return [base, *(kind for child in base.__subclasses__() for kind in kinds(child))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_has_its_words(kind: type[BieumauError]) -> None:
    assert kind.code in CATALOGUE


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_words_follow_the_rules_of_writing(code: str) -> None:
    entry = CATALOGUE[code]

    assert 400 <= entry.status < 600
    assert entry.detail.endswith(".") and not entry.title.endswith(".")
    for text in (entry.title, entry.detail):
        assert "!" not in text and "bạn" not in text.lower().split()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.NotFound(kind="submission"), 404, "not-found"),
        (errors.AccessDenied(action="fill"), 403, "access-denied"),
        (errors.RequestInvalid(reason="cursor"), 400, "request-invalid"),
        (errors.Conflict(kind="submission"), 409, "conflict"),
        (errors.Stale(current={"edit": 3}), 412, "stale"),
        (errors.PreconditionMissing(), 428, "precondition-missing"),
        (errors.KeyReused(), 422, "idempotency-key-reused"),
        (errors.StillRunning(retry_after=5), 409, "still-running"),
        (errors.NothingOwed(form="x"), 422, "nothing-owed"),
        (errors.AnswersInvalid(findings=[]), 422, "answers-invalid"),
        (errors.ReasonMissing(findings=[]), 422, "reason-missing"),
        (errors.InputInvalid(errors=[]), 422, "input-invalid"),
        (errors.TransitionRefused(event="sign", state="draft", never=False), 409, None),
        (errors.TransitionRefused(event="sign", state="draft", never=True), 403, None),
        (errors.GuardFailed(guard="children_done"), 409, "guard-failed"),
        (errors.GuardFailed(guard="not_own_work"), 403, "own-work"),
        (errors.PeriodClosed(state="closed"), 409, "period-closed"),
        (errors.ReopenAsked(current={"by_name": "An"}), 409, "reopen-asked"),
        (errors.DefinitionInvalid(refusals=[]), 422, "definition-invalid"),
        (errors.DefinitionChanged(code="x", version=1), 409, "definition-changed"),
        (errors.BodyTooLarge(limit=1), 413, "body-too-large"),
        (errors.ImportRefused(reason="zip"), 422, "import-refused"),
        (errors.PluginFault(plugin="x", reason="y"), 502, "plugin-fault"),
        (errors.SignInRefused(reason="wrong"), 401, "sign-in-refused"),
        (errors.SignInRefused(reason="too-many"), 429, "too-many-tries"),
        (SignInRequired(), 401, "sign-in-required"),
        (BieumauError(), 500, "server-error"),
    ],
    ids=str,
)
def test_an_error_has_a_status(
    app: Flask, error: BieumauError, status: int, code: str | None
) -> None:
    with app.test_request_context("/api/v1/x"):
        shown = problem_of(error).as_json()

    assert shown["status"] == status
    assert shown["code"] == (code or error.code)
    assert shown["type"] == f"urn:bieumau:error:{shown['code']}"


def test_findings_become_errors_with_their_paths(app: Flask) -> None:
    with app.test_request_context("/api/v1/x"):
        shown = problem_of(errors.AnswersInvalid(findings=(FINDING,))).as_json()

    assert shown["errors"] == [FINDING.as_json()]


def test_a_stale_write_is_told_the_current_edit(app: Flask) -> None:
    current = {"state": "draft", "edit": 7, "revision": 1, "by": "a", "at": None}

    with app.test_request_context("/api/v1/x"):
        shown = problem_of(errors.Stale(current=current)).as_json()

    assert shown["current"] == current


def test_a_conflict_shows_both_values_and_a_bad_path_its_place(app: Flask) -> None:
    both = [{"path": "/a", "mine": 54, "theirs": 45}]

    with app.test_request_context("/api/v1/x"):
        conflict = problem_of(errors.Conflict(errors=both)).as_json()
        malformed = problem_of(errors.RequestInvalid(reason="unknown", path="/x")).as_json()

    assert conflict["errors"] == both
    assert malformed["errors"] == [{"path": "/x", "code": "unknown", "message": ""}]


def test_still_running_says_when_to_come_back(app: Flask) -> None:
    with app.test_request_context("/api/v1/x"):
        answer = problems.answer(problem_of(errors.StillRunning(retry_after=5)))

    assert answer.headers["Retry-After"] == "5"


def test_programs_get_problem_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert set(answer.get_json(force=True)) == {
        "type",
        "code",
        "title",
        "status",
        "detail",
        "errors",
    }


def test_people_get_a_page_and_scripts_json(client: FlaskClient) -> None:
    page = client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    data = client.get("/nowhere", headers={"Accept": "application/json"})

    assert "<h1>Không tìm thấy</h1>" in page.text
    assert data.content_type == "application/problem+json"


def test_a_method_that_is_not_offered_names_those_that_are(client: FlaskClient) -> None:
    answer = client.delete("/sign-in")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_crash_shows_an_id_and_nothing_else(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/crash")

    identity = answer.text.split("<code>")[1].split("</code>")[0]
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in answer.text and "secret detail" not in answer.text
    assert identity in capsys.readouterr().out


def test_a_broken_page_of_errors_still_answers_in_plain_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("template")

    monkeypatch.setattr(problems, "render_template", broken)

    answer = client.get("/crash")

    assert answer.status_code == 500
    assert answer.text.startswith("Hệ thống gặp lỗi. ")


def test_an_error_page_is_shown_while_the_database_is_down(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.sign_in("an.colinh")

    def broken(*_: object) -> Callable[..., object]:
        raise OSError("no database")

    monkeypatch.setattr(Accounts, "session", broken)
    answer = visitor.get("/work")

    assert answer.status_code == 500
    assert "<h1>Hệ thống gặp lỗi</h1>" in answer.text


def test_the_caller_is_answered_in_english_when_asked(client: FlaskClient) -> None:
    assert "<h1>Not found</h1>" in client.get("/nowhere?lang=en").text


def test_programs_are_answered_in_the_language_they_accept(
    client: FlaskClient, house: House
) -> None:
    english = house.bearer | {"Accept-Language": "en"}

    assert client.get("/api/v1/no", headers=english).get_json(force=True)["title"] == "Not found"


def test_a_deliberate_error_of_a_page_is_explained(app: Flask) -> None:
    @app.get("/closed")
    @public
    def closed() -> str:
        raise errors.PeriodClosed(state="closed")

    answer = app.test_client().get("/closed")

    assert answer.status_code == 409
    assert "Muốn sửa, bấm Đề nghị mở lại và ghi lý do." in answer.text

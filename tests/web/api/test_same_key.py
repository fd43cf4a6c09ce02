"""One idempotency key sent fifty times at once: one effect, fifty equal answers, on every move."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM, Grant, Role
from server.services.accounts import NewAccount
from tests.web.api.conftest import Caller, callers
from tests.world import GOOD, World

TIMES = 50
WHY = {"note": "Đề nghị xem lại số hộ."}
PAPER = {"signer_title": "Chủ tịch", "letter_number": "12/BC", "signed_on": "2025-01-20"}
REOPENING = {"note": "Sai số hộ nghèo.", "letter_number": "7/CV"}
#: The whole life of a report, so that each event of the workflow comes at least once.
LIFE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("commune_reporter", "submit", {}),
    ("commune_signer", "return", {"input": WHY}),
    ("commune_reporter", "submit", {}),
    ("commune_signer", "sign", {}),
    ("commune_reporter", "recall", {}),
    ("commune_reporter", "send", {"input": PAPER}),
    ("district_approver", "return", {"input": WHY}),
    ("commune_reporter", "submit", {}),
    ("commune_signer", "sign", {}),
    ("district_approver", "approve", {}),
    ("province_approver", "approve", {}),
    ("province_signer", "close", {}),
    ("province_signer", "reopen", {"input": REOPENING}),
)


@pytest.fixture
def province(either_world: World) -> Iterator[World]:
    """With the head of the province, who closes and reopens."""
    services = either_world.services
    new = NewAccount("province_signer", "Giám đốc Sở", None, Role.SIGNER, "u-province")
    account = services.accounts.create(SYSTEM, new)
    services.accounts.grant(SYSTEM, account.id, Grant(Role.READER, "u-province"))
    either_world.accounts["province_signer"] = account.id
    either_world.tokens["province_signer"] = services.accounts.create_token(
        SYSTEM, account.id, "tests"
    )
    yield either_world


def persistent(caller: Caller, path: str, body: object, key: str, seen: str) -> TestResponse:
    """What a program does that is told to come back: the same request with the same key."""
    for _ in range(50):
        answer = caller("POST", path, body, key=key, seen=seen)
        if "Retry-After" not in answer.headers:
            break
        sleep(0.2)
    return answer


@pytest.mark.long
def test_each_move_sent_fifty_times_with_one_key_happens_once(province: World) -> None:
    as_ = callers(province)
    report = as_("commune_reporter").start(GOOD)
    path = f"/submissions/{report.json['id']}"

    with ThreadPoolExecutor(TIMES) as pool:
        for number, (username, event, more) in enumerate(LIFE):
            seen, before = report.headers["ETag"], province.count("event")

            def fire(
                _: int, who: str = username, body: object = {"event": event, **more},
                key: str = f"storm-{number}", edit: str = seen,
            ) -> TestResponse:  # fmt: skip
                return persistent(as_(who), f"{path}/transitions", body, key, edit)

            answers = list(pool.map(fire, range(TIMES)))

            statuses = {answer.status_code for answer in answers}
            assert statuses == {200}, (event, statuses, answers[0].json)
            assert len({(answer.data, answer.headers["ETag"]) for answer in answers}) == 1, event
            assert province.count("event") == before + 1, event
            report = answers[0]

    history = as_("commune_reporter").get(f"{path}/history").json["items"]
    assert [one["event"] for one in history[1:]] == [event for _, event, _ in LIFE]

"""The witness: clients that do real work through the HTTP API and write down what they were told.

A process of its own, outside the server that is killed. Each request is on disk before it is
sent and each answer before the next request, so that no kill can fool the check. A request that
got no answer is sent again, with the same key, until it has one.
"""

import http.client
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from random import Random

from tests.reliability.province import FORM, PERIOD, Crew, Province

STOP = "stop"
_CHAIN = ("submit", "sign", "approve", "approve")
_NO_ANSWER = (OSError, http.client.HTTPException)
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Answer:
    """What the server acknowledged."""

    status: int
    etag: str
    text: str

    @property
    def json(self) -> Mapping[str, object]:
        found: Mapping[str, object] = json.loads(self.text)
        return found


@dataclass
class Client:
    """One clerk's office: starts, corrects, submits, signs and has approved its communes."""

    number: int
    crew: Crew
    province: Province
    folder: Path
    port: int
    random: Random
    connection: http.client.HTTPConnection | None = None
    requests: int = 0
    log: TextIOWrapper = field(init=False)

    def work(self) -> None:
        """Move one report after the other, until told to stop or out of communes."""
        with (self.folder / f"client-{self.number}.jsonl").open("w", encoding="utf-8") as self.log:
            for unit in self.crew.units:
                if not self._report(unit):
                    return

    def _report(self, unit: str) -> bool:
        """The whole way of one report; false when the witness is told to stop."""
        answers = self._figures(unit)
        body = {"form": FORM, "org_unit": unit, "period": PERIOD, "answers": answers}
        if self._stopped():
            return False
        last = self._ask("start", unit, self.crew.reporter, "POST", "/submissions", body)
        path = f"/submissions/{last.json['id']}"
        corrected = (
            f"Sửa lần cuối {self.random.getrandbits(64):016x} bởi văn phòng số {self.number}"
        )
        cell = {"path": "/note", "from": answers["note"], "to": corrected}
        if self._stopped():
            return False
        changes = {"changes": [cell]}
        last = self._ask("patch", unit, self.crew.reporter, "PATCH", f"{path}/answers", changes)
        if self.random.random() < 1 / 3:
            if self._stopped():
                return False
            draft = {"answers": self._figures(unit)}
            last = self._replace(unit, f"{path}/answers", draft, last.etag)
        for step, event in enumerate(_CHAIN):
            if self._stopped():
                return False
            target, token = f"{path}/transitions", self._who(step)
            last = self._ask(event, unit, token, "POST", target, {"event": event}, last.etag)
        return True

    def _replace(self, unit: str, path: str, draft: Mapping[str, object], etag: str) -> Answer:
        """PUT has no key: after a lost answer the edit has moved on, and a look tells by whom."""
        token = self.crew.reporter
        answer = self._ask("put", unit, token, "PUT", path, draft, etag, accepted=(200, 412))
        if answer.status == http.HTTPStatus.OK:
            return answer
        return self._ask("look", unit, token, "GET", path.removesuffix("/answers"), None)

    def _who(self, step: int) -> str:
        people = (
            self.crew.reporter,
            self.crew.signer,
            self.province.district_approvers[0],
            self.province.province_approver,
        )
        return people[step]

    def _figures(self, unit: str) -> dict[str, object]:
        male, female = self.random.randint(10, 400_000), self.random.randint(10, 400_000)
        note = f"Ghi chú “{unit}” {self.random.getrandbits(64):016x} ữ ợ \U0001f33e"
        people = {"male": male, "female": female}
        return {"people": people, "households": (male + female) // 5, "note": note}

    def _stopped(self) -> bool:
        return (self.folder / STOP).exists()

    def _ask(
        self,
        step: str,
        unit: str,
        token: str,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        etag: str | None = None,
        *,
        accepted: tuple[int, ...] = (200, 201),
    ) -> Answer:
        self.requests += 1
        number = f"{self.number}-{self.requests}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = f"key-{number}"
        if etag is not None:
            headers["If-Match"] = etag
        text = "" if body is None else json.dumps(body, ensure_ascii=False)
        asked = {"unit": unit, "step": step, "method": method, "path": path}
        self._note("asked", number, **asked, headers=headers, body=text)
        answer = self._until_answered(number, method, path, text, headers)
        facts = {"status": answer.status, "etag": answer.etag, "text": answer.text}
        self._note("answered", number, unit=unit, step=step, **facts)
        if answer.status not in accepted:
            raise RuntimeError(f"{number} {step} {unit}: {answer.status} {answer.text}")
        return answer

    def _until_answered(
        self, number: str, method: str, path: str, text: str, headers: Mapping[str, str]
    ) -> Answer:
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < ends_at:
            try:
                answer = self._once(method, path, text, headers)
            except _NO_ANSWER as fault:
                self.connection = None
                self._note("unanswered", number, fault=repr(fault))
                time.sleep(0.05)
                continue
            if answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            self._note("unanswered", number, fault=f"{answer.status} {answer.text}")
            time.sleep(0.2)
        raise RuntimeError(f"{number}: no answer within {_PATIENCE_SECONDS} s")

    def _once(self, method: str, path: str, text: str, headers: Mapping[str, str]) -> Answer:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.connection.request(method, f"/api/v1{path}", text.encode() or None, dict(headers))
        response = self.connection.getresponse()
        return Answer(response.status, response.headers.get("ETag", ""), response.read().decode())

    def _note(self, kind: str, number: str, **facts: object) -> None:
        line = {"kind": kind, "request": number, "at": time.monotonic(), **facts}
        self.log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.log.flush()
        if kind != "unanswered":
            os.fsync(self.log.fileno())


def main(folder: Path, port: int, seed: int) -> int:
    province = Province.from_json((folder / "province.json").read_text(encoding="utf-8"))
    faults: list[BaseException] = []

    def run(client: Client) -> None:
        try:
            client.work()
        except Exception as fault:  # noqa: BLE001 - a thread's fault is the process's exit code
            faults.append(fault)

    threads = [
        threading.Thread(
            target=run,
            args=(Client(number, crew, province, folder, port, Random(f"{seed}-{number}")),),
        )
        for number, crew in enumerate(province.crews)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        sys.stderr.write(f"{fault!r}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))

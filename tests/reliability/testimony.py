"""What the witness wrote down, read back: requests, their answers, and those still without one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ACCEPTED = (200, 201)


@dataclass(frozen=True)
class Request:
    """One request, sent once or several times; *status* is ``None`` while it has no answer."""

    number: str
    unit: str
    step: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    status: int | None
    etag: str
    text: str
    tries: int

    @property
    def is_acknowledged(self) -> bool:
        return self.status in _ACCEPTED

    @property
    def answer(self) -> Mapping[str, object]:
        found: Mapping[str, object] = json.loads(self.text)
        return found


def read_testimony(folder: Path) -> list[Request]:
    """All requests of all clients, each client's in order; a line still being written is left."""
    found: list[Request] = []
    for path in sorted(folder.glob("client-*.jsonl")):
        asked: dict[str, dict[str, object]] = {}
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                break
            note = json.loads(line)
            number = note["request"]
            if note["kind"] == "asked":
                facts = {key: note[key] for key in ("unit", "step", "method", "path", "headers")}
                asked[number] = {
                    **facts,
                    "body": note["body"],
                    "status": None,
                    "etag": "",
                    "text": "",
                    "tries": 1,
                }
            elif note["kind"] == "unanswered":
                asked[number]["tries"] = int(str(asked[number]["tries"])) + 1
            else:
                asked[number] |= {key: note[key] for key in ("status", "etag", "text")}
        found += [Request(number=number, **facts) for number, facts in asked.items()]  # type: ignore[arg-type]
    return found

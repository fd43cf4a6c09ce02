"""How a process and its answers are measured: processor time, memory, elapsed time.

From /proc, in nanoseconds where the kernel counts them: the clock ticks of ``stat`` are too
coarse for requests of few milliseconds.
"""

import http.client
import json
import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


def cpu_seconds(process: int) -> float:
    """Processor time of all threads of a process so far."""
    tasks = list(Path(f"/proc/{process}/task").iterdir())
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(process: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(process)


@dataclass(frozen=True)
class Cost:
    """One repetition: what a single operation took, on the clock and of the server's processor."""

    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True)
class Measured:
    """All repetitions of one operation."""

    costs: tuple[Cost, ...]

    @property
    def wall_ms(self) -> float:
        return statistics.median(cost.wall_ms for cost in self.costs)

    @property
    def cpu_ms(self) -> float:
        return statistics.median(cost.cpu_ms for cost in self.costs)

    @property
    def least_cpu_ms(self) -> float:
        return min(cost.cpu_ms for cost in self.costs)

    def as_json(self) -> dict[str, float]:
        return {
            "wall_ms_median": round(self.wall_ms, 3),
            "wall_ms_least": round(min(cost.wall_ms for cost in self.costs), 3),
            "cpu_ms_median": round(self.cpu_ms, 3),
            "cpu_ms_least": round(self.least_cpu_ms, 3),
        }


def measured(operations: Sequence[Callable[[], object]], process: int) -> Cost:
    """Run the operations one after the other; the cost of one: elapsed median, processor mean."""
    elapsed = []
    before = cpu_seconds(process)
    for operation in operations:
        began = perf_counter()
        operation()
        elapsed.append(perf_counter() - began)
    cpu = (cpu_seconds(process) - before) / len(operations)
    return Cost(statistics.median(elapsed) * 1000, cpu * 1000)


class Caller:
    """A program that speaks to the server over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __call__(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        expected: int,
        token: str = "",
        **headers: str,
    ) -> tuple[Mapping[str, object], str]:
        """The JSON answer and its ETag; anything but the *expected* status stops the run."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        text = response.read()
        if response.status != expected:
            raise RuntimeError(f"{method} {path}: {response.status} {text.decode()[:500]}")
        return (json.loads(text) if text else {}), response.headers.get("ETag", "")

    def close(self) -> None:
        self._connection.close()

"""Verdicts kept for a while: the rules are pure, so equal answers need no second calculation.

A report is looked at many times between two changes: in lists, on the desk, at each move.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.core.answers import Context, Verdict, check
from server.core.form import Form

_KEPT = 300


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The last verdicts by everything that they follow from; safe between threads."""

    _kept: OrderedDict[tuple[object, ...], Verdict] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self,
        form: Form,
        answers: Mapping[str, object],
        statuses: Mapping[str, str],
        context: Context,
    ) -> Verdict:
        """What the rules of *form* say about *answers* in *context*."""
        key = (
            form.code,
            form.version,
            form.digest,
            context.unit,
            context.period,
            _mark(
                [
                    [answers, statuses, context.previous, context.previous_statuses],
                    [context.last_year, context.last_year_statuses],
                    [context.others, context.history],
                ]
            ),
        )
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        verdict = check(form, answers, statuses, context)
        with self._lock:
            self._kept[key] = verdict
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return verdict


def _mark(value: object) -> bytes:
    """The same mark for the same values in whatever order their keys came."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else repr(value)

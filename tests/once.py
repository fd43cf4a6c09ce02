"""What is the same for every application of a run is worked out once.

A server builds its application once in its life, the tests build it over a thousand times. Reading
the translations and compiling addresses and templates gives the same each time: each test worker
keeps it here. ``made_once`` is for what all workers can share.
"""

import fcntl
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from server.web import language

T = TypeVar("T")
_Builder = Callable[..., tuple[str, str]]


def made_once(path: Path, make: Callable[[], T]) -> T:
    """What *make* gives: made by the worker that asks first, read from *path* by the others."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_bytes(pickle.dumps(make()))
        found: T = pickle.loads(path.read_bytes())
    return found


@contextmanager
def worked_out_once() -> Iterator[None]:
    """Until the end of the block nothing of the above is done a second time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "read_catalogue", cache(language.read_catalogue))
        patch.setattr(Rule, "_compile_builder", _compiled_once(Rule._compile_builder))
        patch.setitem(Flask.jinja_options, "bytecode_cache", _CompiledTemplates())
        yield


def _compiled_once(compile_builder: Callable[[Rule, bool], _Builder]) -> object:
    """How an address is put together depends on what its rule says, and on nothing else."""
    kept: dict[object, _Builder] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> _Builder:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    return compiled


class _CompiledTemplates(BytecodeCache):
    """Compiled templates by name, text and what their environment compiles in."""

    def __init__(self) -> None:
        self._kept: dict[object, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> tuple[Any, ...]:
    environment = bucket.environment
    newstyle = getattr(environment, "newstyle_gettext", False)
    return bucket.key, bucket.checksum, tuple(environment.extensions), newstyle

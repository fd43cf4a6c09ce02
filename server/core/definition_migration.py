"""The ``x-migrate`` of a definition: where answers of an earlier version go in this one."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from server.core.answer_paths import PathUnknown, place_of
from server.core.form import Form
from server.core.json_text import pointer, tokens
from server.core.migration_step import ANY_ROW, EVERY
from server.core.refusal import Refusals
from server.core.shape import mapping, sequence, strings


def refuse_migration(refusals: Refusals, source: Mapping[str, object], form: Form) -> None:
    """Refuse steps from no earlier version, and targets that this version does not have."""
    migrate = mapping(source.get("x-migrate", {}))
    if not migrate:
        return
    if int(str(migrate["from"])) >= form.version:
        message = f"version {migrate['from']} is no earlier version than {form.version}"
        refusals.add("/x-migrate/from", "migration-backwards", message)
    for place, declared in enumerate(sequence(migrate["steps"])):
        _refuse_shares(refusals, f"/x-migrate/steps/{place}", mapping(declared))
        for where, target in _targets(f"/x-migrate/steps/{place}", mapping(declared)):
            try:
                place_of(form, in_some_line(form, target))
            except PathUnknown:
                message = f"the form has no cell {target}"
                refusals.add(where, "path-unknown", message, marked=target)


def _refuse_shares(refusals: Refusals, path: str, step: Mapping[str, object]) -> None:
    """A divided number must come out whole: a share for each place, and all of them make 1."""
    if "shares" not in step:
        return
    shares = [Decimal(str(one)) for one in sequence(step["shares"])]
    if len(shares) != len(sequence(step["to"])) or sum(shares) != 1:
        message = f"the shares must be {len(sequence(step['to']))} numbers that make 1"
        refusals.add(f"{path}/shares", "migration-shares", message)


def in_some_line(form: Form, path: str) -> str:
    """*path* with a line that the form has in the place of ``*``, which stands for every line."""
    parts = tokens(path)
    if EVERY not in parts:
        return path
    block = form.shape.blocks.get(parts[0])
    row = next(iter(block.lines), ANY_ROW) if block is not None else ANY_ROW
    return pointer(*(row if one == EVERY else one for one in parts))


def _targets(path: str, step: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if step["op"] in ("recode", "unit", "default"):
        yield path + pointer("path"), str(step["path"])
    elif "to" in step and not isinstance(step["to"], str):
        for place, target in enumerate(strings(step["to"])):
            yield f"{path}/to/{place}", target
    elif "to" in step:
        yield f"{path}/to", str(step["to"])

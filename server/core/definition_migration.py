"""The ``x-migrate`` of a definition: where answers of an earlier version go in this one."""

from collections.abc import Iterator, Mapping

from server.core.answer_paths import PathUnknown, place_of
from server.core.form import Form
from server.core.json_text import pointer
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
        for where, target in _targets(f"/x-migrate/steps/{place}", mapping(declared)):
            try:
                place_of(form, target)
            except PathUnknown:
                message = f"the form has no cell {target}"
                refusals.add(where, "path-unknown", message, marked=target)


def _targets(path: str, step: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if step["op"] in ("recode", "unit"):
        yield path + pointer("path"), str(step["path"])
    elif "to" in step and not isinstance(step["to"], str):
        for place, target in enumerate(strings(step["to"])):
            yield f"{path}/to/{place}", target
    elif "to" in step:
        yield f"{path}/to", str(step["to"])

"""One slip in a shipped workflow: the file, steps to add to it, and the refusal to expect."""

import json

from tests.definitions.shipped import WORKFLOWS
from tests.definitions.slips import Mutation, add, as_workflow, refused

WORKFLOW = next(path for path in WORKFLOWS if path.parent.name == "commune_district_province")
#: What is done to the file, the code of the refusal, the pointer at which it stands.
Slip = tuple[Mutation, str, str]


def step(event: str, source: str, target: str, role: str, at: str, **more: object) -> Mutation:
    """Add a transition to the end of the file: number 12, when nothing else was added."""
    by = {"role": role, "at": at}
    if event in ("sign", "approve"):
        more.setdefault("guards", ["not_own_work"])
    if event == "return":
        more.setdefault("input", {"$ref": "#/$defs/reason"})
    declared = {"event": event, "from": [source], "to": target, "by": by, **more}
    return add("transitions", value=declared)


def timed(event: str, source: str, target: str, after: str, **more: object) -> Mutation:
    declared = {"event": event, "from": [source], "to": target, "after": after, **more}
    return add("transitions", value=declared)


def refuse(slip: Slip) -> None:
    """The workflow with this slip is refused at its place."""
    mutate, code, path = slip
    document = json.loads(WORKFLOW.read_text(encoding="utf-8"))

    mutate(document)

    refused(json.dumps(document, ensure_ascii=False, indent=2), as_workflow, code, path)

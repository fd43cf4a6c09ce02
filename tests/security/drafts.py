"""Drafts of definitions for the writes: each brought to where one act on it can be done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from server.core.access import SYSTEM, Role
from server.core.definition_draft import readable
from server.services.accounts import NewAccount
from tests.world import World

_EDIT = {"op": "set", "path": "", "values": {"description": "Theo quyết định mới."}}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The draft, the edit that a page of it shows, and what is posted besides."""

    id: str
    edit: int
    fields: Mapping[str, object]


_DECLARED = {
    "op": "set",
    "path": "",
    "values": {
        "x-migrate": {"from": 1, "steps": [{"op": "unit", "path": "/households", "factor": 2}]}
    },
}


def prepared_draft(world: World, act: str) -> Prepared:
    """A draft of ``households`` that a second administrator wrote, ready for *act*."""
    services = world.services
    drafts, issues = services.definition_drafts, services.definition_issues
    new = NewAccount("soan.thao", "Người soạn", None, Role.ADMIN, "u-province")
    author = services.accounts.actor(services.accounts.create(SYSTEM, new))
    draft = drafts.revise(author, "form", "households")
    if act in ("undo", "redo", "publish", "give_back", "write_file"):
        draft = drafts.apply(author, draft.id, _EDIT, seen=draft.edit)
    if act in ("remove", "examples"):
        draft = drafts.apply(author, draft.id, _DECLARED, seen=draft.edit)
    if act == "redo":
        draft = drafts.undo(author, draft.id, seen=draft.edit)
    if act in ("publish", "give_back"):
        draft = issues.send(author, draft.id, seen=draft.edit, notes="Theo quyết định mới")
    if act == "rebase":
        document = {**(readable(draft.text) or {}), "description": "Từ tệp."}
        services.catalogue.publish(json.dumps(document, ensure_ascii=False), "form", SYSTEM)
    fields: dict[str, dict[str, object]] = {
        "send": {"notes": "Theo quyết định mới"},
        "give_back": {"note": "Thiếu đơn vị tính"},
        "add": {"step": "drop", "from": "/note"},
        "remove": {"place": "0"},
        "follow": {"follow": "yes"},
        "count": {"kind": "impact"},
        "text": {"text": draft.text + "\n"},
        "check": {"text": draft.text},
        "expression": {"expression": "1 + 1", "keyword": ""},
        "apply": {"op": "remove", "part": "/x-checks/0"},
    }
    return Prepared(draft.id, draft.edit, fields.get(act, {}))

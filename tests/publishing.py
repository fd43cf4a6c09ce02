"""Definitions published in the small province that another test needs to be in force."""

import json

from server.core.access import SYSTEM
from server.storage.definition_drafts import Issue
from tests.definitions.shipped import ROOT, json_of
from tests.world import World


def ask_for_decision(world: World) -> None:
    """From now on the district's approval asks for the decision as a file."""
    document = json_of(ROOT / "workflows/commune_district_province/v01.json")
    document["version"] = 2
    document["transitions"][6]["input"] = {
        "type": "object",
        "required": ["decision"],
        "properties": {
            "decision": {"title": "Quyết định", "type": "string", "format": "attachment"}
        },
    }
    world.services.catalogue.publish(json.dumps(document), "workflow", SYSTEM)


def say_first_period(world: World, period: str, version: int = 2) -> None:
    """That version of the small form is meant from *period* on, as its issue says."""
    services, admin = world.services, world.actor("admin")
    services.definition_drafts.store.add_issue(
        Issue(
            kind="form",
            code="households",
            version=version,
            draft=services.definition_drafts.revise(admin, "form", "households").id,
            notes="",
            valid_from=period,
            approved_by=admin.account,
            issued_at=services.clock.now(),
        )
    )

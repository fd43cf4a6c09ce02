"""The small survey of ``tests.core.make_survey`` in the small province: its return, its people."""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.core.access import SYSTEM
from server.core.obligation import Round
from server.services.review import SubmissionView
from tests.core.make_survey import visits_form
from tests.world import ROOT, World

ROUND = "round-visits"


@dataclass
class Survey:
    """The return of Cổ Linh, as its clerk works on it."""

    world: World
    id: str

    @property
    def records(self) -> Any:
        return self.world.services.records

    def view(self, username: str = "commune_reporter") -> SubmissionView:
        return self.world.services.submissions.get(self.world.actor(username), self.id)

    def add(self, answers: dict[str, Any], username: str = "commune_reporter") -> Any:
        return self.records.add(self.world.actor(username), self.id, answers)

    def fire(self, username: str, event: str, **given: Any) -> SubmissionView:
        actor = self.world.actor(username)
        seen = self.view(username).submission.edit
        return self.world.services.approvals.decide(actor, self.id, event, seen=seen, **given)

    def send(self) -> SubmissionView:
        """Through the commune's own two steps."""
        self.fire("commune_reporter", "submit")
        return self.fire("commune_signer", "sign")


def open_survey(world: World, form: dict[str, Any] | None = None, round_id: str = ROUND) -> Survey:
    """Publish the survey, open its round, start the return of Cổ Linh."""
    services, published = world.services, form or visits_form()
    services.catalogue.publish(json.dumps(published, ensure_ascii=False), "form", SYSTEM)
    code = str(published["x-form"]["code"])
    services.rounds.open(
        world.actor("admin"),
        Round(
            id=round_id,
            code=round_id,
            title="Thăm hộ năm 2024",
            period="2024",
            letter_number="9/BDT",
            letter_on=date(2024, 12, 1),
            contact="Phòng Tổng hợp",
            phone="0209 000 000",
            level="official",
            forms=(code,),
            opens_on=date(2024, 12, 1),
        ),
    )
    view = services.submissions.start(
        world.actor("commune_reporter"), form=code, org_unit="u-commune", period="2024"
    )
    return Survey(world, view.submission.id)


def open_households(world: World) -> Survey:
    """The shipped household sheet, with the code lists that it needs."""
    text = (ROOT / "form_definitions/household_sheet/v01.json").read_text("utf-8")
    known = {one.code for one in world.services.catalogue.codelists()}
    named = set(re.findall(r'"x-codelist": "([a-z0-9_]+)"', text)) | {"animal_kind", "tenure"}
    for code in sorted(named - known):
        lists = ROOT / "form_definitions" / "_codelists"
        world.services.catalogue.publish(
            (lists / f"{code}.json").read_text("utf-8"), "codelist", SYSTEM
        )
    form = json.loads(text)
    form["x-form"]["prefix"] = "HO09"  # the small province has a form with the other one
    return open_survey(world, form)


def household(number: int, village: str = "Thôn 3") -> dict[str, Any]:
    """The shipped example of a complete household under another number."""
    path = ROOT / "form_definitions/household_sheet/examples/valid-four-members.json"
    answers: dict[str, Any] = json.loads(path.read_text("utf-8"))["answers"]
    return {**answers, "household_no": number, "village": village}

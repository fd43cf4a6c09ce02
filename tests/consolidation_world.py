"""A form that the districts and the province sum up, on the small province with its people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.core.access import SYSTEM, Role
from server.core.obligation import Round
from server.services.accounts import NewAccount
from server.services.review import SubmissionView
from tests.world import PERIOD, ROOT, World, household_form

FORM = "summed"
ROUND = "round-summed"
PEOPLE = {
    "district_reporter": (Role.REPORTER, "u-district"),
    "district_signer": (Role.SIGNER, "u-district"),
    "other_district_approver": (Role.APPROVER, "u-other-district"),
    "province_reporter": (Role.REPORTER, "u-province"),
    "province_signer": (Role.SIGNER, "u-province"),
}
PAPER = {"signer_title": "Chủ tịch", "letter_number": "12/BC", "signed_on": "2025-01-20"}
REPORTERS = {
    "u-commune": ("commune_reporter", "district_approver"),
    "u-neighbour": ("neighbour_reporter", "district_approver"),
    "u-far": ("other_district_reporter", "other_district_approver"),
}


def summed_form() -> dict[str, object]:
    form = household_form(FORM)
    form["x-form"] |= {  # type: ignore[operator]
        "consolidates": True,
        "prefix": "TH01",
        "workflow": {"commune": "commune_district_province", "consolidated": "consolidated"},
        "due": {"commune": "P15D", "district": "P22D", "province": "P46D"},
    }
    return form


@dataclass
class Summing:
    """The world with a round of that form, and the acts that its tests repeat."""

    world: World

    @classmethod
    def on(cls, world: World) -> "Summing":
        services = world.services
        workflow = (ROOT / "workflows/consolidated/v01.json").read_text(encoding="utf-8")
        services.catalogue.publish(workflow, "workflow", SYSTEM)
        services.catalogue.publish(json.dumps(summed_form(), ensure_ascii=False), "form", SYSTEM)
        for username, (role, unit) in PEOPLE.items():
            account = services.accounts.create(
                SYSTEM, NewAccount(username, username.replace("_", " "), None, role, unit)
            )
            world.accounts[username] = account.id
            world.tokens[username] = services.accounts.create_token(SYSTEM, account.id, "tests")
        services.rounds.open(world.actor("admin"), summed_round())
        return cls(world)

    def sent(self, unit: str, male: int, female: int, households: int = 5) -> SubmissionView:
        """The commune's report, signed on paper and sent."""
        answers = {"people": {"male": male, "female": female}, "households": households}
        reporter = REPORTERS[unit][0]
        view = self.world.services.submissions.start(
            self.world.actor(reporter), form=FORM, org_unit=unit, period=PERIOD, answers=answers
        )
        return self.decide(view, reporter, "send", supplied=PAPER)

    def approved(self, unit: str, male: int, female: int, households: int = 5) -> SubmissionView:
        """The same, approved by its district."""
        return self.decide(self.sent(unit, male, female, households), REPORTERS[unit][1], "approve")

    def decide(
        self, view: SubmissionView, username: str, event: str, **given: object
    ) -> SubmissionView:
        """Fire an event on the report as it is now."""
        actor = self.world.actor(username)
        now = self.world.services.submissions.submissions.get(view.submission.id)
        return self.world.services.approvals.decide(
            actor,
            now.id,
            event,
            seen=now.edit,
            **given,  # type: ignore[arg-type]
        )

    def started(self, unit: str = "u-district", by: str = "district_reporter") -> SubmissionView:
        return self.world.services.consolidations.start(
            self.world.actor(by), form=FORM, org_unit=unit, period=PERIOD
        )

    def again(self, view: SubmissionView, by: str = "district_reporter") -> SubmissionView:
        """Make the sums once more, on the report as it is now."""
        now = self.world.services.submissions.submissions.get(view.submission.id)
        return self.world.services.consolidations.consolidate(
            self.world.actor(by), now.id, seen=now.edit
        )

    def resent(self, view: SubmissionView, answers: Mapping[str, object]) -> SubmissionView:
        """A commune's approved report: returned by the province, sent again, approved again."""
        reporter, approver = REPORTERS[view.submission.org_unit]
        note = {"note": "Đề nghị kiểm tra lại số liệu."}
        self.decide(view, "province_approver", "return", supplied=note)
        now = self.world.services.submissions.submissions.get(view.submission.id)
        self.world.services.submissions.save_answers(
            self.world.actor(reporter), now.id, seen=now.edit, answers=answers
        )
        self.decide(view, reporter, "send", supplied=PAPER)
        return self.decide(view, approver, "approve")


def summed_round() -> Round:
    return Round(
        id=ROUND,
        code="TH-2024",
        title="Báo cáo tổng hợp năm 2024",
        period=PERIOD,
        letter_number="02/BDT",
        letter_on=date(2024, 12, 1),
        contact="Phòng Tổng hợp",
        phone="0209 000 000",
        level="official",
        forms=(FORM,),
        opens_on=date(2024, 12, 1),
    )

"""Reports with one fault each, opened on the real page: the definitions' own tests give them.

What a rule rests on beside the answers (the unit, earlier reports, other forms) comes from the test
as well: it is put into what the page is told, so that no history has to be lived through.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import Babel
from playwright.sync_api import Page, Route

from server.core.access import SYSTEM
from server.core.definition_tests import context_of, judge
from server.core.form import Form
from server.core.obligation import Round
from server.core.org_unit import Level, OrgUnit
from server.services.definitions import definition_files
from server.web.submission_program import program_of
from tests.browser.verdict_documents import CODES, source_of
from tests.survey_world import open_households
from tests.world import ROOT, World

SURVEY = "household_sheet"
_OWNER = re.compile(r'"(?:x-)?owner": "(\w+)"')
_PROGRAM = re.compile(r'(<script type="application/json" id="program">)(.*?)(</script>)', re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """A rule of a form, and a test of the definition that breaks it."""

    form: str
    code: str
    test: Mapping[str, Any]


def faults(form: str) -> Iterator[Fault]:
    """Every rule that a test of the form breaks, built-in ones too: by the plainest such test."""
    tests = source_of(form)["x-tests"]
    for code in sorted({code for test in tests for code in test["findings"]}):
        breaking = [test for test in tests if code in test["findings"]]
        yield Fault(form, code, min(breaking, key=lambda test: len(test["findings"])))


def publish_all(world: World) -> None:
    """Every shipped form, opened for the communes."""
    services = world.services
    known = services.reference.codes()
    named = {code for form in CODES for code in _OWNER.findall(json.dumps(source_of(form)))}
    services.reference.add_units(
        [
            OrgUnit(f"u-{code}", code, code, Level.DEPARTMENT, "so", "u-province", None, None)
            for code in sorted(named - set(known))
        ],
        SYSTEM,
    )
    for kind, path in definition_files(ROOT):
        if path.parent.name != SURVEY:  # whose receipts begin like those of the world's own form
            text = path.read_text("utf-8")
            services.catalogue.publish(text, kind, SYSTEM, alongside=frozenset(CODES))
    services.rounds.open(
        world.actor("admin"),
        Round(
            id="round-all",
            code="TAT-CA-2024",
            title="Tất cả các biểu",
            period="2024",
            letter_number="9/BDT",
            letter_on=date(2024, 12, 1),
            contact="Phòng Chính sách",
            phone="0209 000 000",
            level="official",
            forms=tuple(code for code in CODES if code != SURVEY),
            opens_on=date(2024, 12, 1),
        ),
    )


class Faulty:
    """Opens the page of a form with the answers of a fault, without a network behind it."""

    def __init__(self, world: World, address: str, page: Page, code: str) -> None:
        self.world, self.address, self.page = world, address, page
        self.actor = world.actor("commune_reporter")
        self.id = open_households(world).id if code == SURVEY else self._start(code)
        self.form: Form = world.services.catalogue.form(code)
        self.told: dict[str, object] = {}
        page.route(re.compile(r"/(submissions|records)/[0-9a-f]+(/[0-9a-f]+)?$"), self._tell)
        page.route("**/api/**", lambda route: route.abort())

    def _start(self, code: str) -> str:
        view = self.world.services.submissions.start(
            self.actor, form=code, org_unit="u-commune", period="2024", round="round-all"
        )
        return view.submission.id

    def open(self, fault: Fault) -> None:
        """The page with what *fault* needs; the server cannot be asked about it."""
        answers, statuses = dict(fault.test["answers"]), dict(fault.test.get("statuses", {}))
        context = context_of(self.form, fault.test)
        app = Flask(__name__)
        Babel(app)
        with app.test_request_context():
            verdict = judge(self.form, fault.test)
            self.told = program_of(self.form, answers, statuses, context, verdict)
        services = self.world.services
        if fault.form == SURVEY:
            record = services.records.add(self.actor, self.id, answers).record
            where = f"records/{self.id}/{record.id}"
        else:
            seen = services.submissions.get(self.actor, self.id).submission.edit
            services.submissions.save_answers(
                self.actor, self.id, seen=seen, answers=answers, statuses=statuses
            )
            where = f"submissions/{self.id}"
        self.page.goto(f"{self.address}/{where}")
        self.page.wait_for_selector("html[data-ready=filling]")

    def _tell(self, route: Route) -> None:
        answer = route.fetch()
        found = _PROGRAM.search(answer.text())
        if found is None:
            route.fulfill(response=answer)
            return
        program = json.dumps({**json.loads(found[2]), **self.told}, ensure_ascii=False)
        text = answer.text()
        body = text[: found.start(2)] + program.replace("<", "\\u003c") + text[found.end(2) :]
        headers = {k: v for k, v in answer.headers.items() if k != "content-encoding"}
        route.fulfill(status=answer.status, headers=headers, body=body)

"""What is fetched for a judgement: only what the form's rules look at, and each in one query."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from server.core.answer_engine import engine_of
from server.core.answers import Context, check
from server.core.form import Form, compile_form
from server.core.org_unit import Level, OrgUnit
from server.core.period import Period
from server.core.submission import Edit, Revision, Submission
from server.services.contexts import context_of
from server.services.review import Reviewer
from server.storage.submissions import SubmissionStore
from tests.core.make_form import COMMUNE, LISTS, clean, make_source

UNIT = OrgUnit("u1", "01864", "Bộc Bố", Level.COMMUNE, "xa", None, None, None)
YEAR = Period.parse("2024")


@dataclass
class Sent(SubmissionStore):
    """A store that knows what was sent, and counts how often it is asked."""

    sent: dict[tuple[str, str], Revision] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)

    def latest_revision_of(self, form: str, org_unit: str, period: str) -> Revision | None:
        self.asked.append((form, org_unit, period))
        return self.sent.get((form, period))

    def sent_by(self, org_unit: str, forms: Any, periods: Any) -> dict[tuple[str, str], Revision]:
        self.asked.append((org_unit, tuple(forms), tuple(periods)))
        return {
            key: found for key, found in self.sent.items() if key[0] in forms and key[1] in periods
        }


def edition(answers: dict[str, object], *, computed: Any = None, statuses: Any = None) -> Revision:
    return Revision(
        submission="s",
        number=1,
        answers=answers,
        statuses=statuses or {},
        computed=computed or {},
        reasons=(),
        nil=False,
        digest="",
        receipt="",
        sealed_at=datetime(2024, 1, 1, tzinfo=UTC),
        sealed_by="x",
    )


def form_with(*rules: str, **settings: object) -> Form:
    source = make_source()
    source["x-form"] |= settings
    source["x-checks"] = [
        {"code": f"r{place}", "severity": "warning", "rule": rule, "message": "Xem lại."}
        for place, rule in enumerate(rules)
    ]
    return compile_form(source, LISTS)


def test_a_form_that_looks_at_itself_alone_costs_no_query() -> None:
    store = Sent()
    previous = edition({"confirmed": 5}, computed={"all": {"total": 5}})

    context = context_of(store, form_with('confirmed > prev("/confirmed")'), UNIT, YEAR, previous)

    assert store.asked == []
    assert context == Context(COMMUNE, YEAR, {"confirmed": 5, "all": {"total": 5}})


def test_last_year_of_a_yearly_report_is_what_is_there_already() -> None:
    store = Sent()
    form = form_with('confirmed > lastYear("/confirmed")')

    context = context_of(store, form, UNIT, YEAR, edition({"confirmed": 5}))

    assert store.asked == []
    assert (context.last_year, context.previous) == ({"confirmed": 5}, {"confirmed": 5})


def test_last_year_of_a_half_year_is_the_same_half_a_year_ago() -> None:
    year_ago = edition({"confirmed": 7}, statuses={"/note": "not_available"})
    store = Sent({("sample", "2023-S1"): year_ago})
    form = form_with('confirmed > lastYear("/confirmed")')

    context = context_of(store, form, UNIT, Period.parse("2024-S1"), edition({"confirmed": 5}))

    assert store.asked == [("sample", "u1", "2023-S1")]
    assert context.previous == {"confirmed": 5}
    assert (context.last_year, context.last_year_statuses) == (
        {"confirmed": 7},
        {"/note": "not_available"},
    )


def test_a_term_has_no_last_year() -> None:
    store = Sent()
    form = form_with('confirmed > lastYear("/confirmed")')

    context = context_of(store, form, UNIT, Period.parse("2021-T5"), edition({"confirmed": 5}))

    assert (store.asked, context.last_year) == ([], None)


def test_other_forms_come_with_their_results_in_one_query() -> None:
    sheet = edition(
        {"rows": {"02": {"male": 1}}},
        computed={"rows": {"02": {"total": 3}}, "all": {"total": 3}},
        statuses={"/rows/01": "none_arose"},
    )
    store = Sent({("sheet", "2024"): sheet, ("sheet", "2023"): edition({})})
    form = form_with('confirmed == other("sheet", "/all/total") + other("list", "/n")')

    context = context_of(store, form, UNIT, YEAR, None)

    assert store.asked == [("u1", ("list", "sheet"), ("2024",))]
    assert context.others == {
        "sheet": (
            {"rows": {"02": {"male": 1, "total": 3}}, "all": {"total": 3}},
            {"/rows/01": "none_arose"},
        )
    }


def test_history_reaches_twelve_periods_back_oldest_first_in_one_query() -> None:
    sent = {("sample", str(year)): edition({"confirmed": year}) for year in range(2005, 2024)}
    del sent["sample", "2020"]
    store = Sent(sent)
    form = form_with(outliers={"limit": 3.5, "least": 4})

    context = context_of(store, form, UNIT, YEAR, None)

    (asked,) = store.asked
    assert asked == ("u1", ("sample",), tuple(str(year) for year in range(2012, 2024)))
    expected = tuple(float(year) for year in range(2012, 2024) if year != 2020)
    assert context.history == {"/confirmed": expected}


def submission(reasons: tuple[dict[str, str], ...]) -> Submission:
    return Submission(
        *("s", "o", "sample", 3, "w1", 1, "u1", "2024", None, "draft", Edit(1), 0, False),
        answers=clean(),
        statuses={},
        reasons=reasons,
    )


def test_a_question_that_the_clerk_answered_is_not_asked_again() -> None:
    form = form_with("confirmed < 5", outliers={"limit": 3.5, "least": 4})
    context = Context(COMMUNE, YEAR, history={"/confirmed": (5.0, 6.0, 5.0, 6.0)})
    reviewer = Reviewer(**dict.fromkeys(_STORES))  # type: ignore[arg-type]
    answer = {"code": "outlier", "path": "/confirmed", "text": "Sáp nhập hai thôn"}

    asked = reviewer.verdict(form, submission(()), context)
    answered = reviewer.verdict(form, submission((answer,)), context)
    asked_again = reviewer.verdict(form, submission(()), context)

    assert [finding.code for finding in asked.findings] == ["r0", "outlier"]
    assert [finding.code for finding in answered.findings] == ["r0"]
    assert asked_again == asked == check(form, clean(), {}, context)
    assert engine_of(form).outliers is not None


_STORES = tuple(
    name for name, made in Reviewer.__dataclass_fields__.items() if name != "verdicts" and made.init
)

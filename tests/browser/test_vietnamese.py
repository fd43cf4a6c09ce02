"""The browser gives the server's verdict on numbers, dates and search keys, whatever its locale."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from server.core.vietnamese import (
    DateUnclear,
    NumberUnclear,
    fold,
    fold_unit_name,
    format_number,
    parse_date,
    parse_number,
    spelling_key,
)

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "tests" / "core"
LOCALES = ("vi-VN", "en-US", "fr-FR", "ja-JP", "de-DE")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A test has nothing to log."""


def table(name: str) -> dict[str, list[Any]]:
    return json.loads((TABLES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    handler = partial(Quiet, directory=str(ROOT / "static"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=LOCALES)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(locale=request.param) as context:
        page = context.new_page()
        page.goto(f"{address}/js/vietnamese.js")
        page.evaluate("async () => { window.vi = await import('/js/vietnamese.js'); }")
        yield page


def in_browser(page: Page, function: str, calls: list[list[Any]]) -> list[Any]:
    """What the module's function returns, or the name of what it throws, for each call."""
    return page.evaluate(
        """([name, calls]) => calls.map((call) => {
            try { return window.vi[name](...call); } catch (fault) { return fault.name; }
        })""",
        [function, calls],
    )


def test_numbers_are_read_as_on_the_server(page: Page):
    numbers = table("number_cases.json")
    clear = [[case["text"], case["decimals"]] for case in numbers["read"]]
    assert in_browser(page, "parseNumber", clear) == [
        {"value": case["value"]} for case in numbers["read"]
    ]
    unclear = [[case["text"], case["decimals"]] for case in numbers["refused"]]
    assert in_browser(page, "parseNumber", unclear) == [
        {"unclear": case["unclear"], "readings": case["readings"]} for case in numbers["refused"]
    ]
    told = [[case["text"], case["decimals"], case["convention"]] for case in numbers["told"]]
    assert in_browser(page, "parseNumber", told) == [
        {"value": case["value"]} for case in numbers["told"]
    ]


def test_numbers_are_written_as_on_the_server(page: Page):
    cases = table("number_cases.json")["written"]
    expected = [case["text"] for case in cases]
    as_text = [[case["value"], case["decimals"]] for case in cases]
    assert in_browser(page, "formatNumber", as_text) == expected
    as_number = [[float(case["value"]), case["decimals"]] for case in cases]
    assert in_browser(page, "formatNumber", as_number) == expected
    assert in_browser(page, "formatPercent", [[31], ["99.95", 2]]) == ["31,0 %", "99,95 %"]
    assert in_browser(page, "formatNumber", [["NaN"], ["1.234,5"]]) == ["RangeError"] * 2


def test_dates_are_read_and_written_as_on_the_server(page: Page):
    dates = table("date_cases.json")
    clear = in_browser(page, "parseDate", [[case["text"]] for case in dates["read"]])
    assert clear == [{"value": case["value"]} for case in dates["read"]]
    unclear = in_browser(page, "parseDate", [[case["text"]] for case in dates["refused"]])
    assert unclear == [{"unclear": case["unclear"]} for case in dates["refused"]]
    assert in_browser(page, "formatDate", [["2025-01-05"], ["5/1/2025"]]) == [
        "05/01/2025",
        "RangeError",
    ]


def test_search_keys_are_those_of_the_server(page: Page):
    search = table("search_cases.json")
    texts = [text for pair in search["same"] + search["found"] + search["folds"] for text in pair]
    assert in_browser(page, "fold", [[text] for text in texts]) == [fold(text) for text in texts]
    units = [name for pair in search["same_unit"] + search["other_unit"] for name in pair]
    assert in_browser(page, "foldUnitName", [[name] for name in units]) == [
        fold_unit_name(name) for name in units
    ]
    words = [w for pair in search["same_spelling"] + search["other_spelling"] for w in pair]
    assert in_browser(page, "spellingKey", [[word] for word in words]) == [
        spelling_key(word) for word in words
    ]
    assert in_browser(page, "nfc", [["Ba\u0306\u0301c"]]) == ["Bắc"]


@pytest.mark.parametrize("name", ["alphabet", "communes_in_order"])
def test_the_browser_sorts_names_into_the_order_of_the_keys(page: Page, name: str):
    ordered = table("search_cases.json")[name]
    compare = "names => names.sort(new Intl.Collator('vi').compare)"
    assert page.evaluate(compare, ordered[::-1]) == ordered


def server_number(text: str, decimals: int) -> dict[str, Any]:
    try:
        return {"value": format(parse_number(text, decimals=decimals), "f")}
    except NumberUnclear as unclear:
        return {"unclear": unclear.reason, "readings": list(unclear.readings)}


def server_date(text: str) -> dict[str, str]:
    try:
        return {"value": parse_date(text).isoformat()}
    except DateUnclear as unclear:
        return {"unclear": unclear.reason}


# The page is only read, so that examples may share it.
shared_page = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBER_LIKE = st.text(alphabet="0123459.,-−+ \u00a0\u202f\te％٣𝟏", max_size=24)
DATE_LIKE = st.text(alphabet="012349/-. ", max_size=11)
LETTERS = st.text(alphabet="aăâđeêioôơuưy bcĐÐHQ\u0300\u0301\u0303\u0309\u0323–²'", max_size=20)


@shared_page
@given(st.lists(st.tuples(NUMBER_LIKE, st.integers(0, 4)), min_size=40, max_size=200))
def test_any_number_gets_one_verdict(page: Page, cases: list[tuple[str, int]]):
    calls = [list(case) for case in cases]
    assert in_browser(page, "parseNumber", calls) == [server_number(*case) for case in cases]


@shared_page
@given(st.lists(DATE_LIKE, min_size=40, max_size=200))
def test_any_date_gets_one_verdict(page: Page, texts: list[str]):
    calls = [[text] for text in texts]
    assert in_browser(page, "parseDate", calls) == [server_date(text) for text in texts]


@shared_page
@given(st.lists(LETTERS, min_size=20, max_size=100))
def test_any_text_gets_one_search_key(page: Page, texts: list[str]):
    calls = [[text] for text in texts]
    assert in_browser(page, "fold", calls) == [fold(text) for text in texts]
    assert in_browser(page, "spellingKey", calls) == [spelling_key(text) for text in texts]
    assert in_browser(page, "foldUnitName", calls) == [fold_unit_name(text) for text in texts]


@shared_page
@given(
    st.lists(
        st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.none() | st.integers(0, 6)),
        min_size=20,
        max_size=100,
    )
)
def test_any_number_is_written_in_one_way(page: Page, cases: list[tuple[float, int | None]]):
    calls = [[repr(value), decimals] for value, decimals in cases]
    assert in_browser(page, "formatNumber", calls) == [format_number(*case) for case in cases]

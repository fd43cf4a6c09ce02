"""What the filling page costs a slow line: answers, bytes, and how soon one can type.

The figures are the bars of the project (U54, U55); ``-rP`` prints what was measured.
"""

import sys
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.filling_page import sign_in, start
from tests.filling_world import FORMS
from tests.world import World

KB = 1000
IDLE_MS = 1500
OTHER_PAGES = ("/work", "/sent", "/account", "/figures", "/progress", "/exports")


@dataclass
class Traffic:
    """What a page asked for, with the bytes that went over the line; bodies without headers."""

    addresses: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def of(self, *types: str) -> int:
        return sum(size for id_, size in self.sizes.items() if self.types[id_] in types)


def told(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def watch(page: Page) -> Traffic:
    traffic = Traffic()
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def asked(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            traffic.addresses[event["requestId"]] = event["request"]["url"]
            traffic.types[event["requestId"]] = event.get("type", "")

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in traffic.addresses:
            traffic.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def answered(event: dict[str, Any]) -> None:
        headers = {name.lower(): text for name, text in event["response"]["headers"].items()}
        traffic.bodies[event["requestId"]] = int(headers.get("content-length", 0))

    client.on("Network.requestWillBeSent", asked)
    client.on("Network.responseReceived", answered)
    client.on("Network.loadingFinished", came)
    return traffic


def signed_in(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    sign_in(page, address)
    page.wait_for_url("**/work")
    return page


@pytest.mark.parametrize("form", FORMS)
def test_a_filling_page_stays_within_its_budget(
    context: BrowserContext, world: World, address: str, form: str
) -> None:
    view = start(world, form)
    page = signed_in(context, address)
    traffic = watch(page)

    held: list[Any] = []
    page.route("**/filling_more.js*", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(f"{address}/submissions/{view.submission.id}")
    page.wait_for_selector("html[data-ready=grid]")
    typable = traffic.of("Document", "Script", "Stylesheet")
    for route in held:
        route.continue_()
    page.wait_for_selector("html[data-ready=filling]")
    page.wait_for_timeout(IDLE_MS)

    html = sum(size for id_, size in traffic.bodies.items() if traffic.types.get(id_) == "Document")
    everything = sum(traffic.sizes.values())
    told(
        f"{form}: {len(traffic.addresses)} requests, HTML {html:,} bytes, until the grid can be"
        f" typed into {typable:,}, after idle {everything:,}"
    )
    assert 10 * KB < html <= 30 * KB
    assert typable <= 80 * KB  # the fields of the HTML itself are typable at once, see below
    assert everything <= 300 * KB
    assert len(traffic.addresses) <= 12
    hosts = {urlsplit(one).netloc for one in traffic.addresses.values()}
    assert hosts == {urlsplit(address).netloc}


@pytest.mark.long
@pytest.mark.parametrize("path", OTHER_PAGES)
def test_other_pages_stay_within_theirs(
    context: BrowserContext, world: World, address: str, path: str
) -> None:
    page = signed_in(context, address)
    traffic = watch(page)

    page.goto(f"{address}{path}")
    page.wait_for_timeout(500)

    total = sum(traffic.sizes.values())
    told(f"{path}: {len(traffic.addresses)} requests, {total:,} bytes")
    assert total <= 150 * KB
    assert len(traffic.addresses) <= 12


def test_a_field_takes_a_text_before_any_script_has_come(
    context: BrowserContext, world: World, address: str
) -> None:
    view = start(world)
    page = signed_in(context, address)
    held: list[Any] = []
    page.route("**/static/joined/**", lambda route: held.append(route))  # noqa: PLW0108

    page.goto(f"{address}/submissions/{view.submission.id}", wait_until="commit")
    early = page.locator("input[data-cell][inputmode=decimal]").first
    early.fill("1234")
    name = early.get_attribute("id")
    for route in held:
        route.continue_()
    page.wait_for_selector("html[data-ready]")
    page.wait_for_function("() => !document.querySelector('.pending')")
    page.wait_for_timeout(800)

    answers = world.services.submissions.get(
        world.actor("commune_reporter"), view.submission.id
    ).submission.answers
    assert name is not None
    assert answers[name.strip("/")] == 1234


@pytest.mark.long
@pytest.mark.parametrize(
    ("line", "field_s", "grid_s"),
    [("slow 3G: 400 kbit/s, 2,000 ms", 3.0, 8.0), ("1.6 Mbit/s, 150 ms", 3.0, 3.0)],
)
def test_a_slow_line_can_type_soon(
    context: BrowserContext, world: World, address: str, line: str, field_s: float, grid_s: float
) -> None:
    slow = line.startswith("slow")
    view = start(world)
    page = signed_in(context, address)
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    client.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 2000 if slow else 150,
            "downloadThroughput": 400_000 / 8 if slow else 1_600_000 / 8,
            "uploadThroughput": 400_000 / 8 if slow else 750_000 / 8,
        },
    )

    began = perf_counter()
    page.goto(f"{address}/submissions/{view.submission.id}", wait_until="commit")
    page.locator("input[data-cell][inputmode=decimal]").first.fill("7")
    first_field = perf_counter() - began
    page.wait_for_selector("html[data-ready]")
    grid = perf_counter() - began

    told(f"{line}: a field after {first_field:.2f} s, the grid after {grid:.2f} s")
    assert first_field < field_s
    assert grid < grid_s

"""Whoever fills a part of a report reaches that report, by every route, and nothing beside it."""

import pytest

from server.core.access import Right
from tests.divided import divide, start
from tests.security.rights import RIGHTS
from tests.security.site import Site, Visitor
from tests.security.two_districts import mark_of

#: Pages of reports only; a survey has none of the parts.
_NOT_OF_REPORTS = ("record", "workbooks", "print", "comment_id", "token", "format")
#: What those who fill are asked for; pages of signers and approvers are closed to all of them.
_FOR_HANDS = frozenset({Right.SIGNED_IN, Right.READ, Right.FILL})


def report_urls(site: Site, submission_id: str) -> list[str]:
    """Every address that can be read about a report."""
    found = []
    for rule, _method in site.rules(safe=True):
        if "submission_id" not in rule.arguments or len(rule.arguments) > 1:
            continue
        if RIGHTS[rule.endpoint] not in _FOR_HANDS:
            continue
        if any(word in f"{rule.endpoint} {rule.rule}" for word in _NOT_OF_REPORTS):
            continue
        built = rule.build({"submission_id": submission_id}, append_unknown=False)
        assert built is not None
        found.append(str(built[1]))
    return found


def statuses(visitor: Visitor, urls: list[str]) -> dict[str, int]:
    return {url: visitor.get(url).status_code for url in urls}


@pytest.mark.parametrize(
    ("username", "reaches"),
    [
        ("commune_reporter", True),
        ("commune_second", True),
        ("roads_reporter", True),
        ("roads_reader", False),
        ("neighbour_reporter", False),
    ],
)
def test_a_divided_report_is_there_for_its_hands_alone(
    site: Site, username: str, reaches: bool
) -> None:
    with site.undone():
        world = divide(site.world)
        view = start(world)
        visitor = site.new_visitor(username)
        urls = report_urls(site, view.submission.id)
        found = statuses(visitor, urls)
        for name in ("roads_reporter", "commune_second"):
            del world.accounts[name]

    assert len(urls) > 8
    if reaches:
        assert set(found.values()) <= {200, 303, 400, 404}, found
        # What is 404 here is not the report: a page asked without its event, path or revisions.
        missing = [url for url, status in found.items() if status == 404]
        asking = ("/review", "/cell", "/diff", "/compare")
        assert all(url.endswith(asking) for url in missing), missing
    else:
        assert set(found.values()) <= {403, 404}, found


def test_a_department_sees_no_byte_of_the_reports_without_its_part(site: Site) -> None:
    with site.undone():
        divide(site.world)
        visitor = site.new_visitor("roads_reporter")
        pages = [
            visitor.get(url)
            for commune in site.communes.values()
            for url in (*report_urls(site, commune.report), *report_urls(site, commune.draft))
        ]
        lists = [
            visitor.get(url)
            for url in ("/work", "/sent", "/api/v1/submissions", "/api/v1/obligations")
        ]

    assert {page.status_code for page in pages} == {404}
    marks = [mark_of(name) for name in site.communes]
    assert not any(mark in page.text for page in (*pages, *lists) for mark in marks)

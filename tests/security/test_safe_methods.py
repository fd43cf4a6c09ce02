"""Reading changes nothing: GET, HEAD and OPTIONS of every route leave every table as it was."""

import pytest

from tests.security.site import ROLES, Site


@pytest.mark.parametrize("role", ROLES)
def test_reading_every_page_changes_nothing(site: Site, role: str) -> None:
    assert site.crawl(role)

    assert site.changes[role] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_asking_for_heads_and_options_changes_nothing(site: Site, role: str, method: str) -> None:
    visitor, before, files = site.visitor(role), site.snapshot(), site.files()
    wrong = []
    for rule in site.app.url_map.iter_rules():
        if "print" in rule.endpoint and role != "commune_reporter":
            continue  # a print takes a second; one person's has to do
        answer = visitor(method, site.url(rule))
        allowed = method in (rule.methods or ())
        if answer.data and method == "HEAD":
            wrong.append((rule.rule, "a body"))
        if answer.status_code >= 500 or (allowed and answer.status_code == 405):
            wrong.append((rule.rule, answer.status_code))

    assert wrong == []
    assert site.snapshot() == before
    assert site.files() == files


@pytest.mark.parametrize("role", ["anonymous", "commune_reporter", "admin"])
def test_what_only_writes_does_not_answer_to_get(site: Site, role: str) -> None:
    visitor, before = site.visitor(role), site.snapshot()
    readable = {rule.rule for rule, _method in site.rules(safe=True)}
    for rule, _method in site.rules(safe=False):
        if rule.rule not in readable:
            answer = visitor.get(site.url(rule))
            assert answer.status_code in {404, 405, 303, 403}, rule
            # A method in a field or a header does not turn a reading into a write.
            for more in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "DELETE"}):
                assert visitor.get(site.url(rule), headers=more).status_code == answer.status_code
    assert site.snapshot() == before

"""Nobody reads a byte of another unit: not in a page, a list, a file, a count, nor an error.

Every text of ``near``, ``beside`` and ``far`` holds the mark of its commune; what each role could
read is searched for the marks it must not see.
"""

import re
import subprocess
from pathlib import Path

import pytest

from server.core.access import SYSTEM
from tests.security.rights import RIGHTS
from tests.security.site import ANONYMOUS, ROLES, Page, Site
from tests.security.test_access_matrix import HOLDERS, SEES
from tests.security.two_districts import MISSING, Commune, mark_of
from tests.security.writes import WRITES, write_of
from tests.world import PERIOD

_NAMES = ("near", "beside", "far")
#: What the administrator's pages of people, mails and the log show is not bound to a unit.
_SCOPED_READERS = tuple(role for role in ROLES if role != "admin")


def foreign_bytes(page: Page, communes: dict[str, Commune], seen: frozenset[str]) -> list[str]:
    """The marks and ids of communes out of scope that stand in *page*, its headers included."""
    told = page.body.lower() + repr(page.headers).lower().encode()
    asked = page.url.lower()
    found = []
    for name, commune in communes.items():
        if name in seen:
            continue
        # An id that the address named may come back in it; it tells nobody anything.
        secrets = [commune.mark, *(one for one in commune.ids if one not in asked)]
        found += [secret for secret in secrets if secret.encode() in told]
    return found


@pytest.mark.parametrize("role", _SCOPED_READERS)
def test_no_answer_holds_a_byte_of_a_foreign_unit(site: Site, role: str) -> None:
    leaks = [
        (page.url, leaked)
        for page in site.crawl(role)
        if (leaked := foreign_bytes(page, site.communes, SEES[role]))
    ]

    assert leaks == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != ANONYMOUS])
def test_the_crawl_reaches_what_the_role_may_see(site: Site, role: str) -> None:
    pages = site.crawl(role)
    for name in SEES[role]:
        mark = mark_of(name)
        texts = [page for page in pages if mark.encode() in page.body.lower()]
        assert len(texts) > 5, (name, len(texts))
        for kind in ("second note", "returned", "name", "comment", "attachment", "file.txt"):
            told = f"{mark} {kind}"
            assert any(told.encode() in page.body for page in texts), told


@pytest.mark.parametrize("role", [role for role in ROLES if role != ANONYMOUS])
def test_figures_and_counts_hold_only_what_is_in_scope(site: Site, role: str) -> None:
    visitor, seen = site.visitor(role), len(SEES[role])
    query = f"form=households&period={PERIOD}"

    obligations = visitor.get(f"/api/v1/obligations?{query}").json["items"]
    submissions = visitor.get(f"/api/v1/submissions?{query}").json["items"]
    [rate] = visitor.get(f"/api/v1/reporting-rates?{query}").json["items"]
    figures = visitor.get(
        f"/api/v1/observations?indicator=0101&period={PERIOD}&status=provisional"
    ).json["items"]

    assert len(obligations) == len(submissions) == rate["expected"] == seen
    assert sum(figure["value"] for figure in figures) == seen * 250


@pytest.mark.parametrize("role", _SCOPED_READERS[1:])
def test_an_export_holds_the_reports_in_scope_and_no_others(site: Site, role: str) -> None:
    visitor, services = site.visitor(role), site.world.services
    with site.undone():
        asked = visitor.api(
            "POST", "/exports/csv", {"form": "households", "period": PERIOD}, Idempotency_Key="x"
        )
        assert services.jobs.run_one()
        path = asked.headers["Location"]
        result, page = visitor.get(f"{path}/result"), visitor.get("/exports")

    assert (asked.status_code, result.status_code, page.status_code) == (202, 200, 200)
    marks = {name for name in _NAMES if mark_of(name) in result.text}
    assert marks == SEES[role]


@pytest.mark.parametrize("name", ["near", "far"])
def test_a_print_holds_its_own_unit_alone(site: Site, name: str, tmp_path: Path) -> None:
    pages = {page.url: page for page in site.crawl("province_reader")}
    report = site.communes[name].report
    found = [page for url, page in pages.items() if url.endswith(f"{report}/print")]
    texts = [_text_of(page.body, tmp_path / "print.pdf") for page in found]

    assert texts and all(mark_of(name) in text for text in texts)
    others = [mark_of(other) for other in _NAMES if other != name]
    assert not any(other in text for text in texts for other in others)


def _text_of(pdf: bytes, path: Path) -> str:
    path.write_bytes(pdf)
    run = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return run.stdout.decode()


@pytest.mark.parametrize("role", ["neighbour_reporter", "commune_reporter", "district_approver"])
def test_a_foreign_id_reads_byte_for_byte_like_a_missing_one(site: Site, role: str) -> None:
    visitor, different = site.visitor(role), []
    for rule, _method in site.rules(safe=True):
        right = RIGHTS[rule.endpoint]
        if not {"submission_id", "record_id", "job_id"} & rule.arguments or right is None:
            continue
        missing = visitor.get(site.url(rule, "missing"))
        assert missing.status_code in ({404} if role in HOLDERS[right] else {403}), rule
        for of in frozenset(_NAMES) - SEES[role]:
            foreign = visitor.get(site.url(rule, of))
            if _plain(foreign.text, site) != _plain(missing.text, site):
                different.append((role, site.url(rule, of), foreign.status_code))
            if (foreign.status_code, _named(foreign)) != (missing.status_code, _named(missing)):
                different.append((role, site.url(rule, of), _named(foreign)))

    assert different == []


def _named(answer: object) -> list[str]:
    return [name for name, _value in answer.headers]  # type: ignore[attr-defined]


def _plain(text: str, site: Site) -> str:
    """*text* without the ids that its own address brought in, and the token of that second."""
    text = re.sub(r'(content|value)="[.\w-]{60,}"', "", text)
    ids = {MISSING}
    for commune in site.communes.values():
        ids |= set(commune.ids)
    return re.sub("|".join(sorted(ids)), "*", text)


@pytest.mark.parametrize("role", ["neighbour_reporter", "commune_reporter", "district_approver"])
def test_a_write_to_a_foreign_id_reads_like_one_to_a_missing_id(site: Site, role: str) -> None:
    visitor, different = site.new_visitor(role), []
    for rule, method in site.rules(safe=False):
        things = {"submission_id", "record_id"} & rule.arguments
        if not things or WRITES[rule.endpoint].by == {"admin"}:
            continue
        with site.undone():
            foreign = write_of(site, rule, method, "far")
            far = site.communes["far"]
            url = foreign.url
            for one in far.ids:
                url = url.replace(one, MISSING)
            answer = foreign.send(visitor)
            missing = visitor(
                method,
                url,
                json=foreign.json,
                data=None if foreign.is_api else {**foreign.fields, "csrf_token": visitor.token},
                headers={"X-CSRF-Token": visitor.token, "Idempotency-Key": "k", "If-Match": '"1"'},
            )
        if (answer.status_code, _plain(answer.text, site)) != (
            missing.status_code,
            _plain(missing.text, site),
        ) or answer.status_code not in {403, 404}:
            different.append((url, answer.status_code, missing.status_code))

    assert different == []


def test_signing_in_does_not_tell_who_exists(site: Site) -> None:
    """Signing in says the same of a name that exists and of one that does not."""
    visitor = site.new_visitor(ANONYMOUS)
    told = set()
    with site.undone():
        for username in ("far_clerk", "khong.co.ai"):
            fields = {"username": username, "password": "sai mật khẩu rồi"}
            answer = visitor.post("/sign-in", fields)
            told.add((answer.status_code, answer.text.replace(username, "*")))

    assert len(told) == 1
    assert SYSTEM.account not in next(iter(told))[1]

"""Fields that nobody asked for change nothing: every column's name, sent along with every write.

A page is told them beside its own fields and must do exactly what it does without; the API refuses
them by name.
"""

import re

import pytest

from server.storage.models import MODELS
from tests.security.prepared import Write
from tests.security.site import Site, Snapshot
from tests.security.writes import WRITES, write_of

#: Values that would give power, keyed by what the columns and their like are called.
TEMPTING: dict[str, str] = {
    **{column: "1" for model in MODELS for column in model._meta.columns},
    **{name: "1" for model in MODELS for name in model._meta.fields},
    "state": "approved",
    "role": "admin",
    "org_unit": "u-province",
    "unit_id": "u-province",
    "account": "system",
    "approved_by": "system",
    "is_admin": "true",
    "password_hash": "x",
    "active": "0",
    "must_change": "1",
    "valid_from": "2000-01-01",
    "created_at": "2000-01-01",
    "revision": "99",
    "id": "mine",
}
_INPUT = re.compile(r"<(?:input|select|textarea)[^>]*\bname=\"([^\"]+)\"")
Difference = set[tuple[str, int, int]]


def after(site: Site, prepared: Write, role: str, extra: dict[str, object]) -> Snapshot:
    visitor = site.visitor(role)
    with site.undone():
        prepared.send(visitor, extra=extra)
        return site.snapshot()
    raise AssertionError("not reached")


def difference(one: Snapshot, other: Snapshot) -> Difference:
    """Where two states differ: table, row and column, the row -1 where their number differs."""
    found: Difference = set()
    for table, rows in one.items():
        if len(rows) != len(other[table]):
            found.add((table, -1, len(other[table])))
            continue
        for place, (left, right) in enumerate(zip(rows, other[table], strict=True)):
            pairs = enumerate(zip(left, right, strict=True))
            found |= {(table, place, column) for column, (a, b) in pairs if a != b}
    return found


def own_fields(site: Site, prepared: Write, role: str) -> set[str]:
    """What the page itself asks for: those it may of course be told."""
    page = site.visitor(role).get(prepared.url)
    asked = set(_INPUT.findall(page.text)) if page.status_code == 200 else set()
    return asked | set(prepared.fields)


def test_extra_fields_of_a_page_change_nothing(site: Site) -> None:
    wrong, asked = [], 0
    for rule, method in site.rules(safe=False):
        case = WRITES[rule.endpoint]
        if rule.endpoint.startswith("api.") or not case.by:
            continue
        site.visitor(case.role)  # signed in before, or the undoing would sign out
        with site.undone():
            prepared = write_of(site, rule, method)
            own = own_fields(site, prepared, case.role) | _TAKEN.get(rule.endpoint, set())
            extra: dict[str, object] = {
                name: value for name, value in TEMPTING.items() if name not in own
            }
            before = site.snapshot()
            plain = after(site, prepared, case.role, {})
            # Ids, salts and tokens are new each time: what differs between two plain runs.
            chance = difference(plain, after(site, prepared, case.role, {}))
            told = difference(plain, after(site, prepared, case.role, extra)) - chance
            asked += plain != before
            if told or len(extra) < 50:
                wrong.append((rule.endpoint, sorted(told), len(extra)))

    assert asked > 20
    assert wrong == []


@pytest.mark.parametrize("nested", [False, True])
def test_extra_members_are_refused_by_the_api(site: Site, nested: bool) -> None:
    before, wrong, asked = site.snapshot(), [], 0
    for rule, method in site.rules(safe=False):
        case = WRITES[rule.endpoint]
        if not rule.endpoint.startswith("api."):
            continue
        visitor = site.visitor(case.role if case.by else "commune_reporter")
        with site.undone():
            prepared = write_of(site, rule, method)
        if not isinstance(prepared.json, dict):
            continue
        bodies = _nested(prepared.json) if nested else _beside(rule.endpoint, prepared.json)
        for body in bodies:
            asked += 1
            sent = Write(prepared.method, prepared.url, json=body, seen=prepared.seen)
            answer = sent.send(visitor)
            if answer.status_code not in {400, 422}:
                wrong.append((rule.endpoint, body, answer.status_code))

    assert asked > (1 if nested else 500)
    assert wrong == []
    assert site.snapshot() == before


#: Members that are taken there, though the prepared request does not send them.
_TAKEN = {
    "api.start_submission": {"round", "answers", "statuses"},
    "api.save_answers": {"statuses", "nil"},
    "api.add_comment": {"answers_to"},
    "api.add_record": {"statuses"},
    "api.validate_form": {"statuses", "org_unit", "period"},
    "api.start_export": {"org_unit"},
    "api.act_on_part": {"reason"},
    "definition_drafts.begin": {"source"},
    "definition_drafts.send": {"valid_from"},
    "definition_life.retire": {"version"},
    "rounds.widen": {"units"},
    "exports.start": {"org_unit"},
    "submissions.start": {"round"},
    "api.fire_event": {"input", "reasons"},
}


def _beside(endpoint: str, json: dict[str, object]) -> list[dict[str, object]]:
    taken = {*json, *_TAKEN.get(endpoint, ())}
    return [{**json, name: value} for name, value in TEMPTING.items() if name not in taken]


def _nested(json: dict[str, object]) -> list[dict[str, object]]:
    """The same inside the objects of a list: the changed cells, the reasons."""
    found: list[dict[str, object]] = []
    for name, value in json.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            taken = {"path", "from", "to", "status"}
            found += [
                {**json, name: [{**value[0], extra: "1"}]} for extra in TEMPTING.keys() - taken
            ]
    return found


def test_a_whole_submission_sent_back_does_not_move_it(site: Site) -> None:
    """What a GET answers, posted with another state, is refused: the state is no member."""
    visitor, draft = site.visitor("commune_reporter"), site.communes["near"].draft
    shown = visitor.get(f"/api/v1/submissions/{draft}").json
    before = site.snapshot()

    answer = visitor.api(
        "PUT", f"/submissions/{draft}/answers", {**shown, "state": "approved", "revision": 9}
    )

    assert answer.status_code == 400
    assert site.snapshot() == before


def test_nobody_gives_themselves_a_role_by_a_page_of_their_own(site: Site) -> None:
    """The pages of one's own account know passwords and tastes, and nothing of grants."""
    visitor, before = site.visitor("commune_reporter"), site.snapshot()
    for path in ("/account/password", "/preferences"):
        visitor.post(path, {**TEMPTING, "theme": "dark"})

    assert site.snapshot() == before

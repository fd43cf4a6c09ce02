"""JSON shapes: what each noun looks like on the wire, and nothing beyond it.

Each shape names its keys one by one, so that a field added to a class never leaves by accident.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from flask import Response

from server.core.answers import Conflict, Verdict
from server.core.event import Event
from server.core.form import Form
from server.core.indicator import CodeList, Indicator
from server.core.obligation import Obligation
from server.core.observation import Observation
from server.core.org_unit import OrgUnit
from server.core.submission import Change, Revision, Submission, SurveyRecord
from server.core.workflow import Move
from server.errors import RequestInvalid
from server.services.page import Page
from server.services.record_views import Progress, RecordView
from server.services.retirements import VersionLife
from server.services.review import SubmissionView
from server.web.api.requests import Window
from server.web.language import language_of_request

Json = Mapping[str, object]
Item = TypeVar("Item")


def text_of(value: object) -> bytes:
    """*value* as JSON in UTF-8, written once."""
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
    ).encode()


def respond(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text_of(value), status, headers, content_type="application/json")


def etag(edit: int) -> dict[str, str]:
    """The header that names the edit of a submission or of a record."""
    return {"ETag": f'"{edit}"'}


def page_of(page: Page[Item], shape: Callable[[Item], Json]) -> Response:
    return respond({"items": [shape(item) for item in page.items], "next": page.next})


def cut(items: Sequence[Item], key: Callable[[Item], str], window: Window) -> Page[Item]:
    """One page of a list that is held in memory, in its own order.

    The cursor is the key of the last item shown; one that is no longer there is refused.
    """
    start = 0
    if window.after is not None:
        places = {key(item): place for place, item in enumerate(items)}
        if window.after not in places:
            raise RequestInvalid(reason="cursor", path="/cursor")
        start = places[window.after] + 1
    shown = tuple(items[start : start + window.limit])
    more = start + window.limit < len(items)
    return Page(shown, key(shown[-1]) if more else None)


def form_item(form: Form, versions: Sequence[VersionLife]) -> Json:
    """The newest version, and the life of all of them."""
    return {
        "code": form.code,
        "version": form.version,
        "kind": form.kind,
        "title": form.title,
        "period_type": form.period_type,
        "digest": form.digest,
        "valid_to": _day(versions[0].last_on),
        "versions": [
            {
                "version": one.version,
                "digest": one.digest,
                "state": one.state.value,
                "first_period": one.first_period,
                "valid_to": _day(one.last_on),
            }
            for one in versions
        ],
    }


def indicator(found: Indicator) -> Json:
    return {
        "code": found.code,
        "title": found.title,
        "title_en": found.title_en,
        "group": found.group,
        "group_title": found.group_title,
        "measures": [
            {"unit": measure.unit, "aggregation": measure.aggregation} for measure in found.measures
        ],
        "dimensions": list(found.dimensions),
        "lowest_level": found.lowest_level,
        "frequency": found.frequency,
        "owners": list(found.owners),
        "owner_units": list(found.owner_units),
        "owners_from": found.owners_from or None,
        "former_owners": [
            {
                "owners": list(former.owners),
                "owner_units": list(former.owner_units),
                "valid_from": former.valid_from or None,
                "valid_to": former.valid_to,
            }
            for former in found.former_owners
        ],
        "source": found.source,
        "constructed": found.constructed,
        "ministry_code": found.ministry_code or None,
        "valid_from": found.valid_from or None,
        "valid_to": found.valid_to or None,
    }


def codelist_item(found: CodeList, last_on: date | None) -> Json:
    return {
        "code": found.code,
        "version": found.version,
        "title": found.title,
        "constructed": found.constructed,
        "source": found.source,
        "last_on": None if last_on is None else last_on.isoformat(),
    }


def codelist(found: CodeList, last_on: date | None) -> Json:
    return {
        **codelist_item(found, last_on),
        "items": [
            {
                "code": item.code,
                "title": item.title,
                "title_en": item.title_en,
                "aliases": list(item.aliases),
                "numbering2": item.numbering2,
                "minority": item.minority,
                "valid_from": item.valid_from or None,
                "valid_to": item.valid_to or None,
            }
            for item in found.items
        ],
    }


def org_unit(unit: OrgUnit) -> Json:
    return {
        "id": unit.id,
        "code": unit.code,
        "name": unit.name,
        "level": str(unit.level),
        "parent": unit.parent,
        "valid_from": _day(unit.valid_from),
        "valid_to": _day(unit.valid_to),
    }


def obligation(found: Obligation, today: date, days_late: int) -> Json:
    return {
        "id": found.id,
        "form": found.form,
        "org_unit": found.org_unit,
        "responsible_unit": found.responsible_unit,
        "period": found.period,
        "round": found.round,
        "opens_on": _day(found.opens_on),
        "due_on": _day(found.due_on),
        "grace_on": _day(found.grace_on),
        "closes_on": _day(found.closes_on),
        "state": str(found.state(today)),
        "days_late": days_late,
        "submission": found.submission,
    }


def submission_item(found: Submission) -> dict[str, object]:
    return {
        "id": found.id,
        "form": found.form,
        "version": found.version,
        "workflow": found.workflow,
        "workflow_version": found.workflow_version,
        "org_unit": found.org_unit,
        "period": found.period,
        "round": found.round,
        "state": found.state,
        "edit": found.edit,
        "revision": found.revision,
        "nil": found.nil,
    }


def findings_of(verdict: Verdict) -> list[Json]:
    """What the rules say, in the language of the request."""
    language = language_of_request()
    return [finding.as_json(language) for finding in verdict.findings]


def submission(view: SubmissionView) -> Json:
    body = submission_item(view.submission)
    body["answers"] = view.submission.answers
    body["statuses"] = view.submission.statuses
    body["reasons"] = list(view.submission.reasons)
    body["computed"] = view.verdict.computed
    body["findings"] = findings_of(view.verdict)
    body["events"] = _events(view.moves)
    return body


def revision(found: Revision) -> Json:
    return {
        "submission": found.submission,
        "revision": found.number,
        "nil": found.nil,
        "answers": found.answers,
        "statuses": found.statuses,
        "computed": found.computed,
        "reasons": list(found.reasons),
        "digest": found.digest,
        "receipt": found.receipt,
        "sealed_at": instant(found.sealed_at),
        "sealed_by": found.sealed_by,
    }


def change(found: Change) -> Json:
    body: dict[str, object] = {"path": found.path, "from": found.old, "to": found.new}
    if found.status is not None:
        body["status"] = found.status
    return body


def event(found: Event, name: str) -> Json:
    """One line of a history; *name* is who did it, in words."""
    return {
        "sequence": found.sequence,
        "event": found.name.partition(".")[2],
        "at": instant(found.happened_at),
        "by": found.actor,
        "by_name": name,
        "details": found.details,
        "hash": found.hash,
    }


def record_item(found: SurveyRecord) -> dict[str, object]:
    return {
        "id": found.id,
        "submission": found.submission,
        "number": found.number,
        "edit": found.edit,
        "state": found.state or "draft",
        "answers": found.answers,
        "statuses": found.statuses,
    }


def record_summary(progress: Progress, totals: Sequence[Observation]) -> Json:
    return {
        "expected": progress.expected,
        "count": progress.count,
        "done": progress.done,
        "states": {str(state): number for state, number in progress.states.items()},
        "tallies": [
            {"code": tally.code, "title": tally.title, "count": number}
            for tally, number in progress.tallies
        ],
        "same": [{"rule": rule, "numbers": list(numbers)} for rule, numbers in progress.same],
        "totals": [
            {
                "indicator": one.indicator,
                "measure_unit": one.measure_unit,
                "dimensions": dict(one.dimensions),
                "value": number(one.value),
            }
            for one in totals
        ],
    }


def record(view: RecordView) -> Json:
    body = record_item(view.record)
    body["same"] = [{"record": one.record, "number": one.number} for one in view.same]
    body["computed"] = view.verdict.computed
    body["findings"] = findings_of(view.verdict)
    return body


def conflict(found: Conflict) -> dict[str, object]:
    """A cell that two people changed: what the caller wants and what stands there."""
    return {"path": found.path, "mine": found.mine, "theirs": found.theirs}


def instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def number(value: Decimal | None) -> int | float | None:
    """A sum as JSON writes it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _events(moves: Sequence[Move]) -> list[dict[str, object]]:
    """The open transitions, each event once: two rules may open the same one."""
    found: dict[str, dict[str, object]] = {}
    for move in moves:
        if move.event not in found:
            found[move.event] = {"event": move.event}
            if move.input is not None:
                found[move.event]["input"] = move.input
    return list(found.values())


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | tuple | frozenset):
        return value.isoformat() if isinstance(value, date) else list(value)
    raise TypeError(value)

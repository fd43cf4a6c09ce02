"""Saving drafts: cells merge or conflict, whole drafts need the edit they replace."""

import json

import pytest
from werkzeug.test import TestResponse

from server.core.access import SYSTEM
from tests.web.api.conftest import As
from tests.world import GOOD, World, household_form


def _path(draft: TestResponse) -> str:
    return f"/submissions/{draft.json['id']}/answers"


def test_disjoint_cells_merge_although_the_edit_moved(as_: As, draft: TestResponse) -> None:
    reporter = as_("commune_reporter")
    male = {"changes": [{"path": "/people/male", "from": 12, "to": 14}]}
    female = {"changes": [{"path": "/people/female", "from": 13, "to": 15}]}

    reporter("PATCH", _path(draft), male, seen=draft.headers["ETag"])
    second = reporter("PATCH", _path(draft), female, seen=draft.headers["ETag"])

    assert second.status_code == 200
    assert second.json["answers"]["people"] == {"male": 14, "female": 15}


def test_a_cell_that_moved_is_shown_with_both_values_and_the_others_are_saved(
    as_: As, draft: TestResponse
) -> None:
    reporter = as_("commune_reporter")
    changes = [
        {"path": "/people/male", "from": 99, "to": 14},
        {"path": "/households", "from": 6, "to": 7},
    ]

    answer = reporter("PATCH", _path(draft), {"changes": changes})

    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert answer.json["errors"] == [{"path": "/people/male", "mine": 14, "theirs": 12}]
    after = reporter.get(f"/submissions/{draft.json['id']}")
    assert after.json["answers"] == {**GOOD, "households": 7}
    assert answer.headers["ETag"] == after.headers["ETag"]


def test_a_draft_takes_invalid_values_and_tells_what_is_wrong(as_: As, draft: TestResponse) -> None:
    wrong = {"people": {"male": "hai mươi", "female": -1}}

    saved = as_("commune_reporter")(
        "PUT", _path(draft), {"answers": wrong}, seen=draft.headers["ETag"]
    )

    assert saved.status_code == 200
    assert saved.json["answers"] == wrong
    assert {"schema.type", "schema.minimum", "schema.required"} <= {
        finding["code"] for finding in saved.json["findings"]
    }


def test_calculated_values_that_are_sent_are_ignored(as_: As, draft: TestResponse) -> None:
    saved = as_("commune_reporter")(
        "PUT",
        _path(draft),
        {"answers": {**GOOD, "all_people": 9999}},
        seen=draft.headers["ETag"],
    )

    assert saved.json["answers"] == GOOD
    assert saved.json["computed"] == {"all_people": 25}


@pytest.mark.parametrize(
    ("method", "body", "path"),
    [
        ("PUT", {"answers": {"strange": 1}}, "/strange"),
        ("PUT", {"answers": {"people": {"strange": 1}}}, "/people/strange"),
        ("PUT", {"answers": {}, "statuses": {"/strange": "none_arose"}}, "/strange"),
        ("PATCH", {"changes": [{"path": "/strange", "from": None, "to": 1}]}, "/strange"),
        ("PATCH", {"changes": [{"path": "strange", "from": None, "to": 1}]}, "strange"),
    ],
)
def test_an_unknown_path_is_refused_and_nothing_is_saved(
    as_: As, draft: TestResponse, method: str, body: object, path: str
) -> None:
    reporter = as_("commune_reporter")

    answer = reporter(method, _path(draft), body, seen=draft.headers["ETag"])

    assert (answer.status_code, answer.json["code"]) == (422, "path-unknown")
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert answer.json["title"] != "Hệ thống gặp lỗi"
    after = reporter.get(f"/submissions/{draft.json['id']}")
    assert after.json == draft.json


def test_a_status_stands_instead_of_a_value(as_: As, draft: TestResponse) -> None:
    change = {"path": "/people/male", "from": 12, "to": None, "status": "not_available"}

    saved = as_("commune_reporter")("PATCH", _path(draft), {"changes": [change]})

    assert saved.json["statuses"] == {"/people/male": "not_available"}
    assert "male" not in saved.json["answers"]["people"]


@pytest.mark.parametrize("seen", [None, "", "*"])
def test_replacing_a_draft_without_saying_what_was_seen_is_refused(
    as_: As, draft: TestResponse, seen: str | None
) -> None:
    answer = as_("commune_reporter")("PUT", _path(draft), {"answers": GOOD}, seen=seen)

    assert (answer.status_code, answer.json["code"]) == (428, "precondition-missing")


@pytest.mark.parametrize("tag", ['"{stale}"', "{stale}", 'W/"{now}"', '"x"', "'{now}'", "{now}x"])
def test_a_stale_or_strange_tag_is_told_who_won(as_: As, draft: TestResponse, tag: str) -> None:
    reporter, now = as_("commune_reporter"), draft.json["edit"]

    answer = reporter("PUT", _path(draft), {"answers": {}}, seen=tag.format(now=now, stale=now + 1))

    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert set(answer.json["current"]) == {"state", "edit", "revision", "by", "at"}
    assert answer.json["current"]["edit"] == now
    assert reporter.get(f"/submissions/{draft.json['id']}").json == draft.json


def test_a_bare_number_is_taken_for_the_tag(as_: As, draft: TestResponse) -> None:
    saved = as_("commune_reporter")(
        "PUT", _path(draft), {"answers": {}}, seen=str(draft.json["edit"])
    )

    assert saved.status_code == 200
    assert saved.json["answers"] == {}


def test_only_the_units_reporter_fills_its_report(as_: As, draft: TestResponse) -> None:
    change = {"changes": [{"path": "/households", "from": 6, "to": 7}]}

    answers = [as_(name)("PATCH", _path(draft), change) for name in ("commune_signer", "admin")]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_reasons_are_kept_with_the_draft_and_an_empty_one_is_taken_back(
    as_: As, draft: TestResponse, world: World
) -> None:
    reporter = as_("commune_reporter")
    first = {"code": "few_men", "path": "/people/male", "text": "Nhiều người đi làm xa."}
    second = {"code": "outlier", "path": "/households", "text": "Đã rà soát."}

    saved = reporter("PATCH", _path(draft), {"changes": [], "reasons": [first, second]})
    taken = {"changes": [], "reasons": [{**second, "text": " "}]}
    after = reporter("PATCH", _path(draft), taken)

    assert (saved.status_code, after.status_code) == (200, 200)
    assert after.json["edit"] == saved.json["edit"] + 1 == draft.json["edit"] + 2
    assert after.json["answers"] == draft.json["answers"]
    kept = world.services.submissions.get(world.actor("commune_reporter"), draft.json["id"])
    assert kept.submission.reasons == (first,)


@pytest.mark.parametrize(
    "reasons",
    [
        [{"code": "a", "path": "/people"}],
        [{"code": "a", "path": "/people", "text": "x" * 2001}],
        [{"code": "a", "path": "/people", "text": "đúng", "by": "me"}],
        ["đúng"],
    ],
)
def test_a_reason_that_cannot_be_read_is_refused_and_nothing_is_saved(
    as_: As, draft: TestResponse, world: World, reasons: list[object]
) -> None:
    change = {"path": "/people/male", "from": 12, "to": 14}

    answer = as_("commune_reporter")(
        "PATCH", _path(draft), {"changes": [change], "reasons": reasons}
    )

    assert answer.status_code == 400
    kept = world.services.submissions.get(world.actor("commune_reporter"), draft.json["id"])
    assert (kept.submission.answers, kept.submission.reasons) == (draft.json["answers"], ())


def test_a_page_of_another_version_hears_what_has_no_place_and_the_rest_is_saved(
    as_: As, draft: TestResponse, world: World
) -> None:
    form = household_form()
    form["x-form"]["version"] = 2  # type: ignore[index]
    del form["properties"]["note"]  # type: ignore[attr-defined]
    form["x-layout"]["sections"][0]["fields"].remove("note")  # type: ignore[index]
    form["x-migrate"] = {"from": 1, "steps": [{"op": "drop", "path": "/note"}]}
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    world.services.definition_migrations.carry_out(world.actor("admin"), "households", 2)
    reporter, note = as_("commune_reporter"), {"path": "/note", "from": None, "to": "Một chữ"}
    homes = {"path": "/households", "from": 6, "to": 7}

    refused = reporter("PATCH", _path(draft), {"changes": [note, homes], "version": 1})
    without = reporter("PATCH", _path(draft), {"changes": [note]})
    given_up = {"path": "/note", "to": "Một chữ"}
    body = {"changes": [], "version": 1, "given_up": [given_up]}
    done = reporter("PATCH", _path(draft), body)

    assert (refused.status_code, refused.json["code"]) == (409, "form-changed")
    assert refused.json["version"] == 2
    assert refused.json["errors"] == [
        {"path": "/note", "code": "no-place", "message": "Ghi chú", "mine": "Một chữ", "into": []}
    ]
    assert (without.status_code, without.json["code"]) == (422, "path-unknown")
    assert (done.status_code, done.json["version"]) == (200, 2)
    assert done.json["answers"] == {**GOOD, "households": 7}


def test_two_values_of_a_moved_cell_are_told_at_the_cell_of_the_page(
    as_: As, draft: TestResponse, world: World
) -> None:
    text = json.dumps(household_form(), ensure_ascii=False).replace("note", "remark")
    form = json.loads(text)
    form["x-form"]["version"] = 2
    form["x-migrate"] = {"from": 1, "steps": [{"op": "rename", "from": "/note", "to": "/remark"}]}
    world.services.catalogue.publish(json.dumps(form, ensure_ascii=False), "form", SYSTEM)
    world.services.definition_migrations.carry_out(world.actor("admin"), "households", 2)
    reporter = as_("commune_reporter")
    theirs = {"path": "/remark", "from": None, "to": "Của người khác"}
    reporter("PATCH", _path(draft), {"changes": [theirs]})

    mine = {"path": "/note", "from": None, "to": "Của tôi"}
    met = reporter("PATCH", _path(draft), {"changes": [mine], "version": 1})

    assert (met.status_code, met.json["code"], met.json["version"]) == (409, "conflict", 2)
    [told] = met.json["errors"]
    assert (told["path"], told["now"]) == ("/note", "/remark")
    assert (told["mine"], told["theirs"]) == ("Của tôi", "Của người khác")

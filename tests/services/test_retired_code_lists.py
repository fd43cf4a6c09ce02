"""The end of a code list as a whole: no form in force is left without it, nothing is deleted."""

import json
from datetime import date

import pytest

from server.core.access import SYSTEM
from server.core.definition_life import LifeState
from server.errors import DefinitionInvalid, InputInvalid, NotFound
from tests.dated_codes import FORM, LIST, goods, goods_form, open_goods, publish_goods, start_goods
from tests.storage.test_concurrency import at_once
from tests.world import make_world

ENDED = date(2024, 12, 31)


def retired(world, last_on=ENDED, **more):
    given = {"kind": "codelist", "code": LIST, "reason": "QĐ 12/QĐ-UBND", **more}
    world.services.retirements.retire(world.actor("admin"), last_on=last_on, **given)


def form_text(version):
    return json.dumps(goods_form(version), ensure_ascii=False)


def test_a_list_that_a_form_in_force_uses_is_not_ended_and_the_form_is_named(world):
    publish_goods(world, goods())

    with pytest.raises(InputInvalid) as refused:
        retired(world)

    assert refused.value.facts["errors"][0] == {"path": "/code", "code": "used", "message": FORM}
    assert world.count("definition_retirement") == 0


def test_a_list_may_end_on_the_day_its_last_form_ends_but_not_before(world):
    publish_goods(world, goods())
    retired(world, kind="form", code=FORM)

    with pytest.raises(InputInvalid):
        retired(world, last_on=date(2024, 12, 30))
    retired(world)

    life = world.services.retirements.versions("codelist", LIST)[0]
    assert (life.state, life.last_on) == (LifeState.RETIRED, ENDED)
    assert world.services.catalogue.codelist(LIST).title == "Mặt hàng"
    assert world.count("event WHERE name = 'codelist.retired'") == 1


def test_no_new_version_takes_an_ended_list_and_what_was_published_with_it_stays(world):
    publish_goods(world, goods())
    open_goods(world)
    running = start_goods(world, {"rows": {"03": {"amount": 7}}})
    retired(world, kind="form", code=FORM)
    retired(world)
    catalogue = world.services.catalogue

    with pytest.raises(DefinitionInvalid) as refused:
        catalogue.publish(form_text(2), "form", SYSTEM)
    same = catalogue.publish(form_text(1), "form", SYSTEM)

    found = {(one.code, one.path) for one in refused.value.facts["refusals"]}
    assert found == {
        ("retired-codelist", "/properties/rows/x-rows/codelist"),
        ("retired-codelist", "/properties/main/x-codelist"),
    }
    assert same == catalogue.form(FORM).digest
    assert LIST not in {one.code for one in catalogue.usable_codelists()}
    assert running.verdict.findings == ()
    retired(world, None, reason="Dùng tiếp")
    assert catalogue.publish(form_text(2), "form", SYSTEM)


def test_a_published_form_is_published_again_without_harm_when_its_list_has_a_newer_version(world):
    publish_goods(world, goods())
    digest = world.services.catalogue.form(FORM).digest
    world.services.catalogue.publish(goods(version=2), "codelist", SYSTEM)

    assert world.services.catalogue.publish(form_text(1), "form", SYSTEM) == digest


def test_a_code_list_ends_only_as_a_whole(world):
    world.services.catalogue.publish(goods(), "codelist", SYSTEM)

    with pytest.raises(NotFound):
        retired(world, version=1)
    with pytest.raises(NotFound):
        retired(world, code="nothing")


def test_of_who_ends_a_list_and_who_publishes_a_form_over_it_at_once_one_is_refused(
    fresh_database, tmp_path
):
    world = make_world(fresh_database, tmp_path)
    world.services.catalogue.publish(goods(), "codelist", SYSTEM)
    publish = world.services.catalogue.publish

    results = at_once(
        fresh_database, [lambda: retired(world), lambda: publish(form_text(1), "form", SYSTEM)]
    )

    refused = [one for one in results if isinstance(one, DefinitionInvalid | InputInvalid)]
    assert len(refused) == 1, results

"""What a newer version would do to the reports that there are, told before anybody publishes it."""

import json

from server.core.access import SYSTEM
from tests.newer_households import ANSWERS, RENAME, newer_form, renamed_note, without_note


def test_the_impact_names_fields_stages_and_units(world, start, advance):
    advance(start(answers=ANSWERS), 2)
    text = json.dumps(newer_form(change=without_note), ensure_ascii=False)
    told = []

    found = world.services.impact.of_text(
        world.actor("admin"), text, progress=lambda *at: told.append(at)
    )

    assert found.orphaned == ()
    assert [(one.path, one.title, one.orphaned) for one in found.left_behind] == [
        ("/note", "Ghi chú", 1)
    ]
    assert [(one.code, one.reports, one.touched, one.units) for one in found.stages] == [
        ("draft", 0, 0, ()),
        ("approval", 1, 1, ("Cổ Linh",)),
        ("final", 0, 0, ()),
    ]
    assert (found.reports, found.taken, found.sealed, told[-1]) == (1, 0, 1, (1, 1))
    assert [one.path for one in found.undecided({})] == ["/note"]
    assert found.undecided({"/note": "drop"}) == ()
    assert found.reach.columns == ("Ghi chú",)


def test_only_what_goes_along_is_counted_as_moving_and_asked_about_once(world, start, advance):
    services, admin = world.services, world.actor("admin")
    advance(start(answers=ANSWERS), 2)
    draft = services.submissions.start(
        world.actor("neighbour_reporter"),
        form="households", org_unit="u-neighbour", period="2024", answers=ANSWERS,
    ).submission  # fmt: skip
    form = newer_form(RENAME, change=renamed_note)
    text = json.dumps(form, ensure_ascii=False)

    late = services.impact.of_text(admin, text, first="2026")
    assert (late.taken, late.fields, late.undecided({})) == (0, (), ())
    assert {one.path: one.converted for one in late.staying if not one.quiet} == {"/note": 2}

    predicted = services.impact.of_text(admin, text)
    assert predicted.taken == 1
    assert {one.path: one.converted for one in predicted.fields if not one.quiet} == {"/note": 1}
    services.catalogue.publish(text, "form", SYSTEM)
    assert services.definition_migrations.carry_out(admin, "households", 2).moved == 1
    details = services.ledger.events.of(f"submission/{draft.id}")[-1].details
    assert details["counts"]["converted"] == sum(one.converted for one in predicted.fields)

    third = newer_form({"op": "drop", "path": "/remark"}, version=3, change=without_note)
    third["x-migrate"]["from"] = 2
    found = services.impact.of_text(admin, json.dumps(third, ensure_ascii=False))

    # What the version before the last had, and was sent, is nobody's question any more.
    assert (found.left_behind, found.undecided({})) == ((), ())
    assert [one.path for one in found.staying if one.orphaned] == ["/note"]
    assert {one.path: one.dropped for one in found.fields if not one.quiet} == {"/remark": 1}

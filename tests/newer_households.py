"""The next version of the small province's form, and what it may do to values."""

from tests.world import GOOD, household_form

ANSWERS = {**GOOD, "note": "đã đối chiếu"}


def newer_form(*steps, version=2, change=None):
    form = household_form()
    form["x-form"]["version"] = version
    if change is not None:
        change(form)
    if steps:
        form["x-migrate"] = {"from": 1, "steps": list(steps)}
    return form


def renamed_note(form):
    properties = form["properties"]
    properties["remark"] = properties.pop("note")
    form["x-layout"]["sections"][0]["fields"][-1] = "remark"


def without_note(form):
    del form["properties"]["note"]
    form["x-layout"]["sections"][0]["fields"].remove("note")


RENAME = {"op": "rename", "from": "/note", "to": "/remark"}


def split_note(form):
    without_note(form)
    for key in ("cause", "remedy"):
        form["properties"][key] = {"title": key.title(), "type": "string", "maxLength": 200}
        form["x-layout"]["sections"][0]["fields"].append(key)

"""The traps of Flask-Admin, each with the attempt that used to work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import peewee
import pytest
from flask import Flask
from flask_admin import Admin, expose
from werkzeug.datastructures import MultiDict

from server.core.access import Right
from server.storage.models import AccountRow, ApiTokenRow, OrgUnitStretchRow
from server.web.admin.converter import AdminForm, SafeConverter
from server.web.admin.safe_view import SafeBaseView, SafeModelView
from server.web.policy import policy_of
from tests.web.admin.conftest import As
from tests.web.admin.pages import PAGES
from tests.world import World

HOLIDAY = "/admin/holidays/delete/?id=1"
KEPT = "off:Tết Nguyên đán"


def rules(app: Flask) -> Iterator[Any]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin"):
            yield rule


def test_a_bare_post_to_delete_changes_nothing(app: Flask, world: World) -> None:
    response = app.test_client().post("/admin/holidays/delete/", data={"id": "1"})

    assert response.status_code in {303, 401, 403}
    assert world.count("holiday") == 1


@pytest.mark.parametrize("username", ["admin", "commune_reporter"])
def test_a_signed_in_post_without_the_token_changes_nothing(
    as_: As, world: World, username: str
) -> None:
    response = as_(username).client.post(HOLIDAY, data={"edit": KEPT})

    assert response.status_code == 403
    assert world.count("holiday") == 1


def test_every_route_asks_for_a_right_and_refuses_strangers_and_clerks(app: Flask, as_: As) -> None:
    clerk, checked = as_("commune_reporter"), 0
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        assert policy_of(view, rule.endpoint) is not None
        path = rule.rule.replace("<submission_id>", "s1").replace("<int:version>", "1")
        for method in rule.methods & {"GET", "POST"}:
            stranger = app.test_client().open(path, method=method)
            assert stranger.status_code in {303, 401}, path
            refused = clerk.post(path) if method == "POST" else clerk.get(path)
            assert refused.status_code == 403, path
            checked += 1
    assert checked > 40


def test_every_page_of_the_back_office_stands_on_our_bases(app: Flask) -> None:
    owners = {app.view_functions[rule.endpoint].__self__ for rule in rules(app)}  # type: ignore[attr-defined]

    assert len(owners) > 10
    assert [
        type(view) for view in owners if not isinstance(view, SafeModelView | SafeBaseView)
    ] == []


@pytest.mark.parametrize("switched_off", ["export", "action_view", "ajax_update", "ajax_lookup"])
def test_routes_nobody_uses_do_not_exist(app: Flask, switched_off: str) -> None:
    found = [rule for rule in rules(app) if rule.endpoint.endswith(f".{switched_off}")]

    # A draft is exported by a route of our own, with a policy.
    assert [rule for rule in found if rule.endpoint != "definition_drafts.export"] == []


def test_only_holidays_can_be_deleted(app: Flask) -> None:
    found = [rule.endpoint for rule in rules(app) if rule.endpoint.endswith(".delete_view")]

    assert found == ["holidays.delete_view"]


def test_the_files_of_flask_admin_are_not_served(app: Flask) -> None:
    assert [rule.rule for rule in rules(app) if "static" in rule.endpoint] == []


def test_deleting_asks_on_a_page_of_its_own_first(as_: As, world: World) -> None:
    page = as_("admin").get(HOLIDAY)

    assert "Xóa 28/01/2025 Tết Nguyên đán?" in page.text
    assert world.count("holiday") == 1


def test_a_confirmed_deletion_leaves_an_event(as_: As, world: World) -> None:
    response = as_("admin").post(HOLIDAY, edit=KEPT)

    assert response.status_code == 303
    assert world.count("holiday") == 0
    events = world.services.ledger.recent(world.actor("admin"), subject="holiday/2025-01-28")
    assert "holiday.removed" in {event.name for event in events.items}


def test_a_deletion_of_what_changed_meanwhile_is_refused(as_: As, world: World) -> None:
    as_("admin").post(HOLIDAY, edit="off:Tên cũ")

    assert world.count("holiday") == 1


class Bare:
    """What a view of the back office must say."""

    right = Right.ADMINISTER
    title = "Thử"
    column_list = ("name",)
    form_columns = ()


@pytest.mark.parametrize("missing", ["right", "title", "column_list", "form_columns"])
def test_a_list_that_does_not_say_everything_cannot_be_written(missing: str) -> None:
    said = {name: getattr(Bare, name) for name in vars(Bare) if not name.startswith("_")}
    del said[missing]

    with pytest.raises(TypeError, match=missing):
        type("Forgetful", (SafeModelView,), said)


@pytest.mark.parametrize(
    "switch",
    [{"can_export": True}, {"column_editable_list": ("name",)}, {"inline_models": (ApiTokenRow,)}],
)
def test_export_inline_edit_and_inline_rows_cannot_be_switched_on(switch: dict[str, Any]) -> None:
    said = {name: getattr(Bare, name) for name in vars(Bare) if not name.startswith("_")}

    with pytest.raises(TypeError, match="stays off"):
        type("Eager", (SafeModelView,), said | switch)


def test_a_row_that_others_hang_on_is_not_deleted_with_them(world: World) -> None:
    class Careless(SafeModelView):
        right, title, column_list, form_columns = Right.ADMINISTER, "Thử", ("name",), ()
        can_delete = True

        def remove(self, row: Any) -> None:
            with world.application.database.transaction():
                row.delete_instance()

    app = world.application.web()
    admin = Admin(app, index_view=_Start(name="", endpoint="start-x", url="/x"), url="/x")
    admin.add_view(Careless(AccountRow, "", endpoint="careless"))
    account, tokens = world.accounts["province_reader"], world.count("api_token")
    with _person(app, world) as person:
        person.post(f"/x/careless/delete/?id={account}", edit="1")
        page = person.get("/account")

    assert "đang có dữ liệu khác dùng mục này" in page.text
    assert AccountRow.get_or_none(AccountRow.id == account) is not None
    assert world.count("api_token") == tokens


def test_a_view_that_fails_by_type_is_not_run_twice(world: World) -> None:
    runs: list[int] = []

    class Broken(SafeBaseView):
        right, title = Right.ADMINISTER, "Thử"

        @expose("/")
        def index(self) -> str:
            runs.append(1)
            raise TypeError("once")

    app = world.application.web()
    app.logger.disabled = True
    Admin(app, index_view=Broken(name="", endpoint="broken", url="/x"), url="/x")
    with _person(app, world) as person:
        assert person.get("/x/").status_code == 500

    assert runs == [1]


def test_a_change_on_an_old_edit_is_refused_and_keeps_what_was_typed(as_: As, world: World) -> None:
    admin = as_("admin")
    unit = {"code": "01858", "name": "Cổ Linh", "level": "commune", "kind": "xa"}
    row = OrgUnitStretchRow.get(OrgUnitStretchRow.code == "01858")
    path = f"/admin/org-units/edit/?id={row.id}"
    admin.post(
        path, **{**unit, "name": "Xã Cổ Linh", "parent": "u-district", "edit": str(row.edit)}
    )

    late = admin.post(
        path, **{**unit, "name": "Cổ Linh mới", "parent": "u-district", "edit": str(row.edit)}
    )

    assert late.status_code == 422
    assert "vừa được người khác thay đổi" in late.text
    assert 'value="Cổ Linh mới"' in late.text
    assert world.services.reference.unit("u-commune").name == "Xã Cổ Linh"


def test_a_form_without_an_edit_is_refused(as_: As, world: World) -> None:
    as_("admin").post(
        "/admin/villages/edit/?id=v1", number="1", name="Khác", kind="thon", road="built"
    )

    today = world.services.clock.today()
    villages = world.services.reference.villages("u-commune", today)
    assert villages[0].name == "Thôn Nà Mạ"


def test_an_instant_keeps_its_microseconds_and_its_zone(app: Flask) -> None:
    at = datetime(2025, 1, 24, 3, 4, 5, 678901, tzinfo=UTC)
    view = SimpleNamespace(column_labels={}, form_overrides=None)
    _name, field = SafeConverter(view).convert(AccountRow, AccountRow.created_at, {})
    form_class = type("One", (AdminForm,), {"at": field})
    with app.test_request_context():
        text = form_class(obj=SimpleNamespace(at=at)).at._value()
        read = form_class(MultiDict({"at": text}))
        assert read.validate()

    assert read.at.data == at


def test_a_number_is_drawn_as_text_and_an_automatic_key_is_hidden(app: Flask) -> None:
    view = SimpleNamespace(column_labels={}, form_overrides=None)
    converter = SafeConverter(view)
    _name, key = converter.convert(ApiTokenRow, ApiTokenRow.id, {})
    _name, number = converter.convert(OrgUnitStretchRow, OrgUnitStretchRow.edit, {})
    form_class = type("Two", (AdminForm,), {"key": key, "number": number})
    with app.test_request_context():
        form = form_class()
        assert 'type="hidden"' in str(form.key())
        assert 'type="text"' in str(form.number())


def test_a_column_nobody_thought_of_gets_no_field() -> None:
    class Odd(peewee.Model):
        scan = peewee.BlobField()

    view = SimpleNamespace(column_labels={}, form_overrides=None)

    with pytest.raises(TypeError, match="no form field"):
        SafeConverter(view).convert(Odd, Odd.scan, {})


@pytest.mark.parametrize("page", PAGES)
def test_no_page_carries_inline_handlers_or_script_links(as_: As, page: str) -> None:
    response = as_("admin").get(page)

    assert response.status_code == 200
    assert re.search(r"<[^>]+\son\w+\s*=", response.text) is None
    assert "javascript:" not in response.text
    assert re.search(r"<[^>]+\sstyle\s*=", response.text) is None
    assert re.search(r"<script(?![^>]*\bsrc=)", response.text) is None


@pytest.mark.parametrize(
    "path",
    [
        "/admin/org-units/edit/?id=nonsense",
        "/admin/org-units/edit/?id=99999999999999999999999",
        "/admin/org-units/edit/",
        "/admin/holidays/delete/?id=31/02/2025",
        "/admin/forms/details/?id=nothing/1",
        "/admin/accounts/details/?id=nobody",
    ],
)
def test_an_unknown_row_is_not_found(as_: As, path: str) -> None:
    assert as_("admin").get(path).status_code == 404


class _Start(SafeBaseView):
    right, title = Right.ADMINISTER, "Thử"

    @expose("/")
    def index(self) -> str:
        return self.render("admin/layout.html")


@contextmanager
def _person(app: Flask, world: World) -> Iterator[Any]:
    from tests.web.admin.conftest import Person, open_session  # noqa: PLC0415

    client = app.test_client()
    client.set_cookie("session", open_session(world, "admin"))
    yield Person(client)

"""The two bases of every back-office page: who may see it, and how a row is saved.

Flask-Admin serves delete, export, inline edit and bulk actions to anybody, deletes children with
their parent and saves behind the services. Here only what a class offers has a route, and every
save goes through ``save``, which calls a service.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import peewee
from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_babel import gettext as _
from wtforms import Form, HiddenField

from server.core.access import Right
from server.errors import AccessDenied, BieumauError, InputInvalid, NotFound, Stale
from server.web.admin.converter import AdminForm, SafeConverter
from server.web.admin.filters import ListFilter
from server.web.admin.listing import LAST_PAGE, Listing
from server.web.problems import problem_of
from server.web.session import optional_actor

PAGE_SIZE = 50
#: Flask-Admin's routes, and the switch that opens each; none has no switch here.
_SWITCHED: Mapping[str, str | None] = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "details_view": "can_view_details",
    "delete_view": "can_delete",
    "action_view": None,
    "export": None,
    "ajax_lookup": None,
    "ajax_update": None,
}


class _Guarded:
    """What both bases share: the right, a title, and views that run once."""

    right: ClassVar[Right]
    title: ClassVar[str]
    lead: ClassVar[str] = ""

    def is_accessible(self) -> bool:
        """Asked by Flask-Admin before each view, besides the gate."""
        actor = optional_actor()
        return actor is not None and actor.may(self.right)

    def inaccessible_callback(self, name: str, **_kwargs: object) -> ResponseReturnValue:
        raise AccessDenied(action=name)

    def _run_view(self, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin runs a view a second time when it raised TypeError: a save would happen twice.
        return view(self, *args, **kwargs)


class SafeBaseView(_Guarded, BaseView):
    """A page that is no list of rows: the desk, imports, plugin health."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _require(cls, ("right", "title"))

    def render(self, template: str, **kwargs: Any) -> str:
        kwargs.setdefault("title", self.title)
        return str(super().render(template, **kwargs))


class SafeModelView(_Guarded, Listing):
    """A list of rows with its pages to add, change and remove one.

    A subclass names ``right``, ``title``, ``column_list`` and ``form_columns``, and where it
    offers a change, ``save`` or ``remove``.
    """

    can_create = can_edit = can_delete = can_view_details = can_export = False
    column_editable_list = ()
    column_sortable_list: Sequence[Any] = ()
    column_filters: Sequence[ListFilter] = ()
    inline_models = None
    page_size = PAGE_SIZE
    model_form_converter = SafeConverter
    form_base_class = AdminForm
    list_template = "admin/list.html"
    create_template = edit_template = "admin/form.html"
    delete_template = "admin/delete.html"
    details_template = "admin/details.html"
    #: Fields of ``form_columns`` that stay as they were once the row exists.
    form_fixed: ClassVar[tuple[str, ...]] = ()
    #: What the page to add is called; what an empty list says.
    new_title: ClassVar[str] = ""
    empty_text: ClassVar[str] = ""
    search_hint: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _require(cls, ("right", "title", "column_list", "form_columns"))
        for switch in ("can_export", "column_editable_list", "inline_models"):
            if getattr(cls, switch):
                raise TypeError(f"{cls.__name__}: {switch} stays off in the back office")

    # What a subclass says

    def save(self, row: Any, form: Form) -> None:
        """Write *form* through a service; *row* is the one that is changed, ``None`` for new."""
        raise NotImplementedError

    def remove(self, row: Any) -> None:
        """Delete *row* through a service; what hangs below it refuses."""
        raise NotImplementedError

    def name_of(self, row: Any) -> str:
        """What the row is called in headings and questions."""
        return str(getattr(row, "name", None) or getattr(row, "title", None) or row)

    def edit_of(self, row: Any) -> str:
        """What changes with every change of the row; carried by the form and compared."""
        return str(getattr(row, "edit", ""))

    def details(self, row: Any) -> dict[str, Any]:
        """What the details page shows besides the row."""
        return {"row": row}

    def tools(self) -> Sequence[tuple[str, str]]:
        """More buttons above the list: address and title."""
        return ()

    # Routes

    def create_blueprint(self, admin: Any) -> Any:
        """Register only the routes that this list offers."""
        self._urls: list[Any] = [
            (url, name, methods)
            for url, name, methods in self._urls
            if name not in _SWITCHED or getattr(self, _SWITCHED[name] or "", False)
        ]
        return super().create_blueprint(admin)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The page to add a row."""
        form = self.create_form()
        if request.method == "POST" and form.validate() and self._kept(None, form):
            flash(_("Đã lưu."), "success")
            return redirect(self.get_url(".index_view"), 303)
        return self._form_page(self.create_template, form, self.new_title or self.title)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """The page to change a row; refused when somebody else has changed it meanwhile."""
        row = self.asked()
        form = self.edit_form(obj=row)
        stale = request.method == "POST" and form.edit.data != self.edit_of(row)
        if stale:
            form.validate()
            form.form_errors = [*form.form_errors, _stale_text()]
        elif request.method == "POST" and form.validate() and self._kept(row, form):
            flash(_("Đã lưu."), "success")
            return redirect(self.get_url(".index_view"), 303)
        if request.method != "POST":  # HEAD reads as well
            form.edit.data = self.edit_of(row)
        return self._form_page(self.edit_template, form, self.name_of(row), row=row, stale=stale)

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """All of one row."""
        row = self.asked()
        return self.render(self.details_template, heading=self.name_of(row), **self.details(row))

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Ask on a page of its own, so that the question does not hang on a script; then delete."""
        row = self.asked()
        if request.method != "POST":  # HEAD reads as well
            return self.render(
                self.delete_template,
                heading=self.name_of(row),
                edit=self.edit_of(row),
                key=self.get_pk_value(row),
            )
        if request.form.get("edit") != self.edit_of(row):
            flash(_stale_text(), "error")
            return redirect(self.get_url(".delete_view", id=self.get_pk_value(row)), 303)
        try:
            self.remove(row)
        except peewee.IntegrityError:
            flash(
                _(
                    "Không xóa được: đang có dữ liệu khác dùng mục này. "
                    "Hãy cho hết hiệu lực thay vì xóa."
                ),
                "error",
            )
        except BieumauError as error:
            flash(problem_of(error).detail, "error")
        else:
            flash(_("Đã xóa."), "success")
        return redirect(self.get_url(".index_view"), 303)

    # Reading

    def asked(self) -> Any:
        """The row that ``?id=`` names; ``NotFound`` for anything else."""
        found = self.get_one(request.args.get("id", ""))
        if found is None:
            raise NotFound(kind=self.endpoint)
        return found

    # Writing

    def scaffold_form(self) -> Any:
        if not self.form_columns:  # Flask-Admin would take all columns
            return type(f"{type(self).__name__}Form", (self.form_base_class,), {})
        return super().scaffold_form()

    def get_edit_form(self) -> Any:
        fixed: dict[str, Any] = dict.fromkeys(self.form_fixed)
        return type("EditForm", (super().get_edit_form(),), fixed | {"edit": HiddenField()})

    def create_model(self, form: Form) -> bool:
        return self._kept(None, form)

    def update_model(self, form: Form, model: Any) -> bool:
        return self._kept(model, form)

    def delete_model(self, model: Any) -> bool:
        self.remove(model)
        return True

    def is_action_allowed(self, name: str) -> bool:
        return False

    def _kept(self, row: Any, form: Form) -> bool:
        """Save; put into words, beside the fields, what the service refuses."""
        try:
            self.save(row, form)
        except InputInvalid as error:
            mark(form, error)
        except Stale:
            form.form_errors = [*form.form_errors, _stale_text()]
        except BieumauError as error:
            form.form_errors = [*form.form_errors, problem_of(error).detail]
        except peewee.IntegrityError:
            text = _("Không lưu được: mã này đã có hoặc mục được chọn không còn.")
            form.form_errors = [*form.form_errors, text]
        else:
            return True
        return False

    def label_of(self, form: Form, name: str) -> str:
        """What the summary of mistakes calls a field."""
        return str(form[name].label.text)

    def _form_page(self, template: str, form: Form, heading: str, **shown: Any) -> Response:
        errors = [
            {"field": name or "", "message": f"{self.label_of(form, name)}: {message}"}
            if name
            else {"field": "", "message": str(message)}
            for name, messages in form.errors.items()
            for message in messages
        ]
        page = self.render(template, form=form, errors=errors, heading=heading, **shown)
        return make_response(page, 422 if errors else 200)

    def render(self, template: str, **kwargs: Any) -> str:
        kwargs.setdefault("title", self.title)
        if "page" in kwargs:  # Flask-Admin's page number; base.html calls its own things "page"
            kwargs["page_number"] = min(max(kwargs.pop("page") or 0, 0), LAST_PAGE)
        return str(super().render(template, **kwargs))


def refused(field: str, message: str) -> InputInvalid:
    """What ``save`` raises to have *message* stand at *field*."""
    return InputInvalid(errors=[{"path": f"/{field}", "code": "refused", "message": message}])


def _stale_text() -> str:
    return _("Mục này vừa được người khác thay đổi. Mở lại để xem bản hiện tại rồi sửa lại.")


def mark(form: Form, error: InputInvalid) -> None:
    """Put what a service refused beside the fields that it names."""
    listed = error.facts.get("errors", [])
    assert isinstance(listed, list)
    for item in listed:
        name, message = str(item["path"]).removeprefix("/"), str(item["message"])
        if name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors = [*form.form_errors, message]


def _require(cls: type, names: Sequence[str]) -> None:
    own = [base for base in cls.__mro__ if not base.__module__.startswith("flask_admin")]
    missing = [name for name in names if not any(name in vars(base) for base in own)]
    if missing:
        raise TypeError(f"{cls.__name__} does not say {', '.join(missing)}")

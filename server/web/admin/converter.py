"""From columns to form fields: plain text inputs that give back exactly what the column held.

Flask-Admin's own fields drop the microseconds and the zone of instants and draw ``type=number``;
on peewee 4 it takes ``AutoField`` for a column that people fill.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import peewee
from flask_admin.contrib.peewee.form import CustomModelConverter
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, validators
from wtforms.widgets import TextInput

from server.core.vietnamese import DateUnclear, format_date, nfc, parse_date
from server.web.session import services

_LONGEST_TEXT = 2000
_LONGEST_NUMBER = 18


class _Texts:
    """WTForms' own sentences; it has none in Vietnamese."""

    def gettext(self, text: str) -> str:
        known = {
            "This field is required.": _("Nhập mục này."),
            "Not a valid choice.": _("Chọn một mục trong danh sách."),
            "Invalid Choice: could not coerce.": _("Chọn một mục trong danh sách."),
        }
        return known.get(text, text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)


class AdminForm(BaseForm):
    """Base of all forms of the back office; forgery is refused by the gate, before any form."""

    class Meta(BaseForm.Meta):
        def get_translations(self, form: object) -> _Texts:
            return _Texts()


class PlainField(StringField):
    """One line of text, in the one form in which text is stored; empty is ``None``."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = nfc(valuelist[0]).strip() if valuelist else ""
        self.data = text or None
        if not text.isprintable():
            raise ValueError(_("Bỏ các ký tự không in được."))


class WholeNumberField(Field):
    """A whole number, typed as text: scrolling over it changes nothing."""

    widget = TextInput()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
            raise ValueError(_("Nhập số nguyên, ví dụ 12."))
        self.data = int(text)


class DayField(Field):
    """A day as 24/01/2025."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_date(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data: date | None = None
        if not text:
            return
        try:
            self.data = parse_date(text)
        except DateUnclear:
            raise ValueError(_("Nhập ngày theo dạng 24/01/2025.")) from None


class InstantField(Field):
    """An instant to the microsecond with its zone: saving a form unchanged changes nothing."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.data.isoformat(timespec="microseconds")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data: datetime | None = None
        if not text:
            return
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(_("Nhập thời điểm theo dạng 2025-01-24T10:00:00+07:00.")) from None
        if given.tzinfo is None:
            raise ValueError(_("Nhập thời điểm kèm múi giờ, ví dụ +07:00."))
        self.data = given.astimezone(UTC)


class UnitField(SelectField):
    """A choice among the units of today; one that has ended stays where it was chosen."""

    def __init__(self, label: str, levels: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(label, choices=[], coerce=_unit_id, **kwargs)
        self._levels = levels

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        reference = services().reference
        units = reference.units(services().clock.today())
        shown = [
            (unit.id, f"{unit.name} ({unit.code})")
            for unit in units
            if not self._levels or str(unit.level) in self._levels
        ]
        kept = _unit_id(self.object_data)
        if kept and all(kept != key for key, _title in shown):
            shown.append((kept, reference.unit(kept).name))
        self.choices = [("", _("(không chọn)")), *shown]

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            return
        super().pre_validate(form)


def _unit_id(value: object) -> str | None:
    """Of a related row, or of what was chosen."""
    if value is None or value in {"", "None"}:
        return None
    return str(getattr(value, "id", value))


class SafeConverter(CustomModelConverter):
    """A field for each kind of column the back office edits; any other kind is a mistake."""

    def convert(self, model: Any, field: peewee.Field, field_args: Mapping[str, Any] | None) -> Any:
        given = dict(field_args or {})
        labels = getattr(self.view, "column_labels", None) or {}
        given.setdefault("label", labels.get(field.name, field.name))
        if isinstance(field, peewee.AutoField | peewee.BigAutoField):
            return field.name, HiddenField(label=given["label"])
        checks = [*given.pop("validators", ())]
        if isinstance(field, peewee.BooleanField):
            return field.name, BooleanField(validators=checks, **given)
        needed = not (field.null or field.default is not None or given.pop("optional", False))
        required = validators.InputRequired(lazy_gettext("Nhập mục này."))
        checks.insert(0, required if needed else validators.Optional())
        return field.name, _field(field, given, checks)


def _field(field: peewee.Field, given: dict[str, Any], checks: list[Any]) -> Any:
    if isinstance(field, peewee.ForeignKeyField):
        return UnitField(validators=checks, **given)
    if "choices" in given:
        return SelectField(validators=checks, **given)
    if field.field_type == "INSTANT":
        return InstantField(validators=checks, **given)
    if field.field_type == "DATE":
        return DayField(validators=checks, **given)
    if isinstance(field, peewee.IntegerField):
        return WholeNumberField(validators=checks, **given)
    if isinstance(field, peewee.TextField) and type(field).__name__ != "JsonField":
        return PlainField(validators=[*checks, validators.Length(max=_LONGEST_TEXT)], **given)
    raise TypeError(f"no form field for {type(field).__name__} {field.name}")

"""The steps of ``x-migrate`` in the back office: in words, and out of a posted form."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from server.core.divided import share_said
from server.core.form import Form
from server.core.migration_plan import titled

_PERCENT = 100
_MOST = 200


class StepUnreadable(Exception):
    """What was posted is no step; the text says what is missing."""


def step_words(older: Form, newer: Form, step: Mapping[str, Any]) -> str:
    """What a step does, by the titles of its fields."""
    op = str(step.get("op"))
    if "path" in step:
        # What is dropped stands in the older version, the others in the newer.
        what = _quoted(titled(older if op == "drop" else newer, step["path"]))
        return {
            "recode": lambda: _(
                "%(what)s đổi mã: %(codes)s", what=what, codes=_pairs(step.get("values", {}))
            ),
            "unit": lambda: _(
                "%(what)s nhân với %(factor)s", what=what, factor=_number(step.get("factor"))
            ),
            "default": lambda: _(
                "%(what)s nhận giá trị %(value)s ở báo cáo chưa nhập",
                what=what,
                value=_quoted(_number(step.get("value"))),
            ),
        }.get(op, lambda: _("Bỏ số liệu của %(what)s", what=what))()
    sources = [_quoted(titled(older, one)) for one in _listed(step.get("from"))]
    targets = [_quoted(titled(newer, one)) for one in _listed(step.get("to"))]
    if op == "split":
        shares = [share_said(Decimal(str(one))) for one in _listed(step.get("shares"))]
        if len(shares) == len(targets):
            targets = [f"{one} {share}" for one, share in zip(targets, shares, strict=True)]
        words = _("%(one)s tách thành %(more)s", one=sources[0], more=", ".join(targets))
        if shares:
            return words
        if step.get("separator"):
            return _("%(words)s, cắt ở %(mark)s", words=words, mark=_quoted(step["separator"]))
        return _("%(words)s; số đã nhập nằm cả ở %(first)s", words=words, first=targets[0])
    if op == "merge":
        return _("%(more)s gộp vào %(one)s", more=", ".join(sources), one=targets[0])
    if sources == targets:  # the same title under another key
        old, new = (str(step.get(end, "")).rpartition("/")[2] for end in ("from", "to"))
        return _("%(what)s đổi mã từ %(old)s sang %(new)s", what=sources[0], old=old, new=new)
    return _("%(one)s chuyển sang %(other)s", one=sources[0], other=targets[0])


def posted_step(form: MultiDict[str, str]) -> dict[str, Any]:
    """The step of a posted form."""
    op = form.get("step", "")
    sources, targets = form.getlist("from"), [one for one in form.getlist("to") if one]
    if not sources or any(not one.startswith("/") for one in (*sources, *targets)):
        raise StepUnreadable(_("Chọn ô, cột của phiên bản trước."))
    if op == "drop":
        return {"op": op, "path": sources[0]}
    if op == "unit":
        return {"op": op, "path": sources[0], "factor": _factor(form.get("factor", ""))}
    if op == "recode":
        return {"op": op, "path": sources[0], "values": _codes(form.get("values", ""))}
    if not targets:
        raise StepUnreadable(_("Chọn ô, cột nhận số liệu."))
    if op == "split":
        return _split(sources[0], targets, form)
    if op == "merge":
        return {"op": op, "from": [sources[0], *sources[1:]], "to": targets[0]}
    return {"op": "rename", "from": sources[0], "to": targets[0]}


def _split(source: str, targets: list[str], form: MultiDict[str, str]) -> dict[str, Any]:
    if len(targets) < 2:  # noqa: PLR2004 - one part is none
        raise StepUnreadable(_("Chọn từ hai ô, cột nhận trở lên để tách."))
    step: dict[str, Any] = {"op": "split", "from": source, "to": targets}
    shares = form.get("shares", "").replace("%", " ").replace(";", " ").split()
    if shares:
        numbers = [_decimal(one) for one in shares]
        if len(numbers) != len(targets) or sum(numbers) != _PERCENT:
            raise StepUnreadable(
                _("Ghi %(count)s tỷ lệ, cộng lại đúng 100 %%.", count=len(targets))
            )
        step["shares"] = [_plain(one / _PERCENT) for one in numbers]
    elif form.get("separator"):
        step["separator"] = form["separator"][:10]
    return step


def _factor(text: str) -> float | int:
    number = _decimal(text)
    if number <= 0:
        raise StepUnreadable(_("Hệ số phải là số lớn hơn 0, ví dụ 0,001."))
    return _plain(number)


def _codes(text: str) -> dict[str, str]:
    """Lines of ``old = new``."""
    found = {}
    for line in text.splitlines()[:_MOST]:
        old, mark, new = line.partition("=")
        if line.strip() and (not mark or not old.strip() or not new.strip()):
            raise StepUnreadable(_("Mỗi dòng ghi mã cũ = mã mới."))
        if line.strip():
            found[old.strip()] = new.strip()
    if not found:
        raise StepUnreadable(_("Mỗi dòng ghi mã cũ = mã mới."))
    return found


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise StepUnreadable(_("“%(text)s” không phải là số.", text=text[:30])) from None
    if not number.is_finite():
        raise StepUnreadable(_("“%(text)s” không phải là số.", text=text[:30]))
    return number


def _plain(number: Decimal) -> float | int:
    return int(number) if number == number.to_integral_value() else float(number)


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{old} → {new}" for old, new in values.items())


def _number(value: object) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _quoted(text: object) -> str:
    return f"“{text}”"

"""What a proposed table changes in one field, as a sentence: for indicators and for codes."""

from flask_babel import gettext as _


def field_change(title: str, before: str, after: str) -> str:
    """The sentence of the field called *title*; an empty text stands for nothing there."""
    if not before:
        return _("%(field)s: ghi “%(after)s”.", field=title, after=after)
    if not after:
        return _("%(field)s: bỏ “%(before)s”.", field=title, before=before)
    return _(
        "%(field)s: “%(before)s” đổi thành “%(after)s”.", field=title, before=before, after=after
    )


def title_change(before: str, after: str) -> str:
    """The sentence of another name."""
    return _("Đổi tên “%(before)s” thành “%(after)s”.", before=before, after=after)

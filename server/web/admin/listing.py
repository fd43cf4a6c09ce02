"""Reading a list of the back office: searching, filtering, sorting and paging, all by the address.

Flask-Admin's own search knows accents and case, its sorting leaves rows of equal rank in no order,
and its addresses number the filters; here a list is a link that stays true.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import peewee
from flask import request
from flask_admin.contrib.peewee import ModelView

from server.core.vietnamese import fold, nfc
from server.web.admin.filters import ListFilter

LAST_PAGE = 100_000
_LONGEST_SEARCH = 200
_LONGEST_NUMBER = 18


class Listing(ModelView):
    """The reading half of ``safe_view.SafeModelView``; no page derives from it alone."""

    def searching(self, text: str) -> peewee.Expression:
        """The condition of a search; *text* is folded, as the ``folded`` columns are."""
        conditions = [column.contains(text) for column in self.column_searchable_list or ()]
        whole = conditions[0]
        for condition in conditions[1:]:
            whole |= condition
        return whole

    def get_one(self, id: str) -> Any:
        key = _key(self.model._meta.primary_key, id)
        return None if key is None else self.model.get_or_none(self._key_field() == key)

    def _key_field(self) -> peewee.Field:
        return self.model._meta.primary_key

    def get_list(  # noqa: PLR0917 - Flask-Admin's call
        self,
        page: int | None,
        sort_column: str | None,
        sort_desc: bool | None,
        search: str | None,
        filters: Sequence[Any] | None,
        execute: bool = True,
        page_size: int | None = None,
    ) -> tuple[int, list[Any]]:
        """One page of the list and how many rows there are in all."""
        query = self.get_query()
        wanted = searched_text(search)
        if wanted and self._search_supported:
            query = query.where(self.searching(wanted))
        for index, _name, value in filters or ():
            chosen = self._filters[index]
            query = chosen.apply(query, chosen.clean(value))
        count = query.count()
        size = page_size or self.page_size
        rows = query.order_by(*self._order(sort_column, bool(sort_desc)))
        first = min(max(page or 0, 0), LAST_PAGE) * size
        return count, list(rows.limit(size).offset(first))

    def _order(self, sort_column: str | None, descending: bool) -> list[Any]:
        chosen = self._sortable_columns.get(sort_column)
        default = self._get_default_order() or []
        wanted = default if chosen is None else [(chosen, descending)]
        # The key last: without it rows of equal rank may show on two pages, or on none.
        wanted = [*wanted, (self._key_field(), wanted[-1][1] if wanted else False)]
        fields = [
            (getattr(self.model, field) if isinstance(field, str) else field, down)
            for field, down in wanted
        ]
        return [field.desc() if down else field.asc() for field, down in fields]

    def init_search(self) -> bool:
        return bool(self.column_searchable_list)

    def is_valid_filter(self, filter: object) -> bool:
        return isinstance(filter, ListFilter)

    def get_filter_arg(self, index: int, flt: Any) -> str:
        return str(flt.key)

    def _get_list_filter_args(self) -> list[Any]:
        """Filters by their names in the address; empty and unknown choices do not count."""
        found = []
        for index, flt in enumerate(self._filters or ()):
            value = request.args.get(flt.key, "").strip()
            if value and flt.validate(value):
                found.append((index, flt.name, value))
        return found

    def _get_list_url(self, view_args: Any) -> str:
        kept = {
            "search": view_args.search or None,
            "sort": view_args.sort,
            "desc": 1 if view_args.sort_desc else None,
            "page": view_args.page or None,
        }
        kept |= {self._filters[index].key: value for index, _n, value in view_args.filters or ()}
        return self.get_url(".index_view", **kept)


def searched_text(text: str | None) -> str:
    """What people typed into a search field, as the folded columns hold it."""
    plain = "".join(letter for letter in (text or "")[:_LONGEST_SEARCH] if letter.isprintable())
    return fold(nfc(plain))


def _key(field: peewee.Field, text: str) -> object | None:
    """*text* as a key of that kind, or ``None`` when it cannot be one."""
    if isinstance(field, peewee.AutoField | peewee.BigAutoField):
        return (
            int(text)
            if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
            else None
        )
    if field.field_type == "DATE":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return text if text and text.isprintable() else None

"""What all pages of a draft of a definition have in common: who may, how a write is answered."""

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.errors import BieumauError, Conflict, RequestInvalid, Stale
from server.web.admin.definition_words import refused_words
from server.web.admin.safe_view import SafeBaseView
from server.web.problems import problem_of


class DraftView(SafeBaseView):
    """Pages below an address with a draft's id."""

    right = Right.ADMINISTER
    title = _l("Soạn biểu mẫu, quy trình")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a draft: the list of drafts."""
        return redirect(self.get_url("definition_drafts.index"), 303)


def write_draft(write: Callable[[int], object], done: str) -> None:
    """Write on the edit that the page showed; the page that follows says what became of it."""
    try:
        write(seen_edit())
    except Stale:
        flash(stale_words(), "warning")
    except Conflict:
        flash(_("Bản nháp không còn ở bước soạn nên không sửa được."), "warning")
    except RequestInvalid as error:
        flash(refused_words(str(error.facts.get("reason"))), "error")
    except BieumauError as error:
        flash(problem_of(error).detail, "error")
    else:
        if done:
            flash(done, "success")


def seen_edit() -> int:
    """The edit that the posted page showed."""
    text = request.form.get("edit", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - 64 bits
        raise RequestInvalid(reason="edit", path="/edit")
    return int(text)


def stale_words() -> str:
    return _("Bản nháp vừa được người khác sửa. Đây là bản hiện tại; việc vừa làm chưa ghi.")

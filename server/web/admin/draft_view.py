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


def write_draft(write: Callable[[int], object], done: str) -> str:
    """Write on the edit that the page showed; the page that follows says what became of it.

    Gives why nothing was written: ``stale``, ``state``, the reason of the refusal, or nothing.
    """
    try:
        write(seen_edit())
    except Stale:
        flash(stale_words(), "warning")
        return "stale"
    except Conflict:
        flash(_("Bản nháp không còn ở bước soạn nên không sửa được."), "warning")
        return "state"
    except RequestInvalid as error:
        reason = str(error.facts.get("reason"))
        flash(refused_words(reason), "error")
        return reason
    except BieumauError as error:
        flash(problem_of(error).detail, "error")
        return error.code
    if done:
        flash(done, "success")
    return ""


def seen_edit() -> int:
    """The edit that the posted page showed."""
    text = request.form.get("edit", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - 64 bits
        raise RequestInvalid(reason="edit", path="/edit")
    return int(text)


def stale_words() -> str:
    return _("Bản nháp vừa được người khác sửa. Đây là bản hiện tại; việc vừa làm chưa ghi.")

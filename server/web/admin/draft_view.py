"""What all pages of a draft of a definition have in common: who may, their name, the way out."""

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.web.admin.safe_view import SafeBaseView


class DraftView(SafeBaseView):
    """Pages below an address with a draft's id."""

    right = Right.ADMINISTER
    title = _l("Soạn biểu mẫu, quy trình")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a draft: the list of drafts."""
        return redirect(self.get_url("definition_drafts.index"), 303)

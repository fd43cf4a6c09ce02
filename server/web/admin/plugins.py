"""Tiện ích mở rộng: which run, what they offer, and what went wrong last."""

import json
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.web.admin.safe_view import SafeBaseView
from server.web.session import services


class PluginPage(SafeBaseView):
    """The health of the plugins that ``config.toml`` enables."""

    right = Right.ADMINISTER
    title = _l("Tiện ích mở rộng")

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        plugins = services().plugins
        schemas = {
            health.name: json.dumps(dict(plugins.schema(health.name)), ensure_ascii=False, indent=2)
            for health in plugins.health()
        }
        return self.render(
            "admin/plugins.html", healths=plugins.health(), schemas=schemas, offer=_offer
        )


def _offer(offer: str) -> Any:
    """``exporter csv`` in words."""
    kind, _space, code = offer.rpartition(" ")
    titles = {
        "exporter": _("Xuất dữ liệu"),
        "printer": _("In"),
        "channel": _("Gửi thư"),
        "reminder rule": _("Lịch đôn đốc"),
    }
    return f"{titles.get(kind, kind)}: {code}"

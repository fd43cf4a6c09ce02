"""What a draft would do before it is published; what two versions have differently, in words."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from server.core.access import Right
from server.core.definition_diff import diff
from server.core.definition_draft import KINDS, DefinitionDraft, DraftState, readable
from server.core.definition_words import sentences
from server.errors import NotFound
from server.services.impact import Impact
from server.web.admin.definition_words import draft_head, kind_titles
from server.web.admin.safe_view import SafeBaseView
from server.web.session import current_actor, services

#: So many units of a stage are named; the count says how many there are.
_MOST_UNITS = 30


class DraftImpact(SafeBaseView):
    """Pages beside the editor: nothing here changes a definition."""

    right = Right.ADMINISTER
    title = _l("Soạn biểu mẫu, quy trình")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a draft: the list of drafts."""
        return redirect(self.get_url("definition_drafts.index"), 303)

    @expose("/<draft_id>/")
    def draft(self, draft_id: str) -> ResponseReturnValue:
        """The impact of a draft; with ``try=1`` its new checks on all that was sent."""
        draft = self._draft(draft_id)
        before = readable(services().definition_drafts.base_text(draft))
        after = readable(draft.text)
        told = [] if before is None or after is None else _told(before, after)
        refusals = services().definition_drafts.check(draft) if draft.open else []
        impact, tried = None, None
        if draft.kind == "form" and draft.base is not None and draft.open and not refusals:
            actor = current_actor()
            impact = services().impact.of_text(actor, draft.text, first=draft.valid_from)
            if request.args.get("try") == "1":
                tried = services().backtests.of(actor, impact.newer)
        return self.render(
            "admin/definition_impact.html",
            view="impact",
            **draft_head(draft),
            sentences=told,
            broken=len(refusals),
            impact=impact,
            stages=[] if impact is None else _stages(impact),
            facts=[] if impact is None else _facts(impact),
            loud=[] if impact is None else [one for one in impact.fields if not one.quiet],
            quiet=0 if impact is None else sum(one.quiet for one in impact.fields),
            may_publish=(
                draft.state is DraftState.IN_REVIEW and draft.judged_by(current_actor().account)
            ),
            new_checks=[]
            if impact is None
            else list(services().backtests.new_checks(impact.newer)),
            tried=tried,
            carried=services().definition_migrations.waiting(draft.code, draft.version)
            if draft.state is DraftState.PUBLISHED and draft.kind == "form"
            else 0,
        )

    @expose("/<draft_id>/revert/", methods=("POST",))
    def revert(self, draft_id: str) -> ResponseReturnValue:
        """Give reports that went along the document back that they had."""
        draft = self._draft(draft_id)
        if draft.state is not DraftState.PUBLISHED or draft.kind != "form":
            raise NotFound(kind="definition_draft")
        done = services().definition_migrations.revert(current_actor(), draft.code, draft.version)
        flash(
            _(
                "Đã trả %(restored)s báo cáo về phiên bản trước; %(changed)s báo cáo đã có người"
                " nhập tiếp nên giữ nguyên.",
                restored=done.restored,
                changed=done.changed,
            ),
            "success",
        )
        return redirect(self.get_url(".draft", draft_id=draft_id), 303)

    @expose("/versions/<kind>/<code>/")
    def versions(self, kind: str, code: str) -> ResponseReturnValue:
        """Two published versions of a form or workflow."""
        if kind not in KINDS:
            raise NotFound(kind="definition")
        texts = _texts(kind, code)
        if not texts:
            raise NotFound(kind="definition")
        numbers = sorted(texts)
        after = _number("after", numbers, numbers[-1])
        before = _number("before", numbers, max([one for one in numbers if one < after] or numbers))
        old, new = readable(texts[before]) or {}, readable(texts[after]) or {}
        return self.render(
            "admin/definition_versions.html",
            heading=str(new.get("title", code)),
            kind_title=kind_titles()[kind],
            kind=kind,
            code=code,
            numbers=numbers,
            before=before,
            after=after,
            sentences=_told(old, new),
        )

    def _draft(self, draft_id: str) -> DefinitionDraft:
        return services().definition_drafts.get(current_actor(), draft_id)


def _told(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, Any]]:
    """The sentences by what they are about, in the language of the page."""
    english = str(get_locale()) == "en"
    found: dict[str, list[Any]] = {}
    for one in sentences(before, after, diff(before, after)):
        words = one.english if english else one.text
        found.setdefault(one.subject, []).append((words, one.path))
    return [(title, found[code]) for code, title in _subjects().items() if code in found]


def _subjects() -> dict[str, str]:
    return {
        "added": _("Thêm"),
        "removed": _("Bỏ"),
        "renamed": _("Đổi mã"),
        "moved": _("Đổi chỗ"),
        "retyped": _("Đổi kiểu"),
        "retitled": _("Đổi tên hiển thị"),
        "limits": _("Giới hạn"),
        "rules": _("Quy tắc"),
        "codes": _("Bảng mã"),
        "dates": _("Hạn gửi"),
        "migration": _("Chuyển số liệu"),
        "other": _("Khác"),
    }


def _stages(impact: Impact) -> list[dict[str, Any]]:
    titles = {
        "draft": _("Đang nhập"),
        "approval": _("Đang duyệt"),
        "final": _("Đã duyệt"),
    }
    return [
        {
            "title": titles[stage.code],
            "reports": stage.reports,
            "touched": stage.touched,
            "units": stage.units[:_MOST_UNITS],
            "more": max(0, len(stage.units) - _MOST_UNITS),
        }
        for stage in impact.stages
    ]


def _facts(impact: Impact) -> list[tuple[str, str]]:
    """What else is touched, in the words of whoever decides."""
    reach = impact.reach
    dates = {
        "due": _("hạn gửi theo cấp"),
        "closes": _("ngày khóa nhận báo cáo"),
        "grace": _("số ngày cho chậm"),
    }
    found = [
        (
            _("Bản đang nhập chuyển sang phiên bản mới"),
            _("%(count)s báo cáo", count=impact.taken),
        ),
        (
            _("Lần gửi đã ký, giữ nguyên theo phiên bản cũ"),
            _("%(count)s lần gửi", count=impact.sealed),
        ),
        (_("Phép tính thay đổi"), ", ".join(reach.calculations)),
        (_("Quy tắc kiểm tra thay đổi"), ", ".join(reach.checks)),
        (_("Cột thay đổi trong bản in và tệp xuất"), ", ".join(reach.columns)),
        (_("Chỉ tiêu thống kê bắt đầu hoặc thôi có số"), ", ".join(reach.indicators)),
        (_("Tên mới chưa có tiếng Anh"), ", ".join(reach.untranslated)),
    ]
    if reach.dates:
        words = ", ".join(dates[one] for one in reach.dates)
        owed = _("%(what)s: %(count)s báo cáo còn phải gửi", what=words, count=impact.owed)
        found.append((_("Thư nhắc theo ngày mới"), owed))
    return [(title, text) for title, text in found if text]


def _texts(kind: str, code: str) -> dict[int, str]:
    store = services().catalogue.store
    if kind == "form":
        versions = [one.version for one in store.forms() if one.code == code]
        return {one: store.form(code, one).source or "" for one in versions}
    versions = [one.version for one in store.workflows(code) if one.code == code]
    return {one: store.workflow(code, one).source for one in versions}


def _number(name: str, numbers: list[int], default: int) -> int:
    text = request.args.get(name, "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else default  # noqa: PLR2004
    return wanted if wanted in numbers else default

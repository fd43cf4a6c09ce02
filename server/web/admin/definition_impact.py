"""What a draft would do before it is published; what two versions have differently, in words."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from server.core.definition_draft import KINDS, DefinitionDraft, DraftState, readable
from server.core.definition_reach import check_title
from server.core.job import Job
from server.errors import DefinitionInvalid, NotFound
from server.services.backtests import Backtest
from server.services.impact import Impact
from server.services.impact_jobs import BACKTEST, IMPACT, ImpactJobs
from server.web.admin.carrying_words import step_words
from server.web.admin.definition_told import told
from server.web.admin.definition_words import draft_head, kind_titles
from server.web.admin.draft_view import DraftView
from server.web.session import current_actor, services

#: So many units of a stage are named at once; the rest is one press away.
_MOST_UNITS = 30


class DraftImpact(DraftView):
    """Pages beside the editor: nothing here changes a definition."""

    @expose("/<draft_id>/")
    def draft(self, draft_id: str) -> ResponseReturnValue:
        """The impact of a draft; with ``try=1`` its new checks on all that was sent."""
        draft = self._draft(draft_id)
        before = readable(services().definition_drafts.base_text(draft))
        after = readable(draft.text)
        said = [] if before is None or after is None else told(before, after)
        refusals = services().definition_drafts.check(draft) if draft.open else []
        # A sample that needs mending stops publishing, but nothing from being counted.
        unread = [one for one in refusals if not one.path.startswith("/x-tests")]
        impact, tried, new_checks = None, None, []
        job, trying = None, None
        if draft.kind == "form" and draft.base is not None and draft.open and not unread:
            impact, job = _impact_of(draft)
            checks = services().backtests.new_checks(_looking().compiled(draft))
            new_checks = [check_title(one) for one in checks.values()]
            tried, trying = _tried_of(draft)
        migrations = services().definition_migrations
        published = draft.state is DraftState.PUBLISHED and draft.kind == "form"
        rest = None
        if published:
            rest = migrations.outstanding(current_actor(), draft.code, draft.version)
        return self.render(
            "admin/definition_impact.html",
            view="impact",
            **draft_head(draft),
            sentences=said,
            broken=len(unread),
            samples=len(refusals) - len(unread),
            impact=impact,
            stages=[] if impact is None else _stages(impact),
            facts=[] if impact is None else _facts(impact),
            loud=[] if impact is None else [one for one in impact.fields if not one.quiet],
            quiet=0 if impact is None else sum(one.quiet for one in impact.fields),
            left=[] if impact is None else [one for one in impact.staying if not one.quiet],
            to_confirm=() if impact is None else _to_confirm(impact),
            may_publish=(
                draft.state is DraftState.IN_REVIEW
                and draft.judged_by(current_actor().account)
                and not refusals
            ),
            new_checks=new_checks,
            tried=tried,
            job=job,
            trying=trying,
            long=draft.open and draft.kind == "form" and _looking().is_long(IMPACT, draft),
            long_try=draft.kind == "form" and _looking().is_long(BACKTEST, draft),
            ways=_ways(draft),
            carried=migrations.waiting(draft.code, draft.version) if published else 0,
            rest=rest,
        )

    @expose("/<draft_id>/count/", methods=("POST",))
    def count(self, draft_id: str) -> ResponseReturnValue:
        """Have the worker count once more, or try the new checks on everything that was sent."""
        kind = request.form.get("kind", "")
        services().impact_jobs.start(current_actor(), kind, draft_id)
        place = "#tried-title" if kind == BACKTEST else ""
        return redirect(self.get_url(".draft", draft_id=draft_id) + place, 303)

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
            sentences=told(old, new),
        )

    def _draft(self, draft_id: str) -> DefinitionDraft:
        return services().definition_drafts.get(current_actor(), draft_id)


def _looking() -> ImpactJobs:
    return services().impact_jobs


def _impact_of(draft: DefinitionDraft) -> tuple[Impact | None, Job | None]:
    """The impact, counted at once where the history is short, else by a job."""
    actor = current_actor()
    if not _looking().is_long(IMPACT, draft):
        return services().impact.of_text(actor, draft.text, first=draft.valid_from), None
    job = _looking().last(IMPACT, draft)
    return (None, None) if job is None else (_looking().impact(job, draft), job)


def _tried_of(draft: DefinitionDraft) -> tuple[tuple[Backtest, ...] | None, Job | None]:
    """What the new checks flag; None while nobody asked."""
    if not _looking().is_long(BACKTEST, draft):
        if request.args.get("try") != "1":
            return None, None
        return services().backtests.of(current_actor(), _looking().compiled(draft)), None
    job = _looking().last(BACKTEST, draft)
    return (None, None) if job is None else (_looking().tried(job), job)


def _ways(draft: DefinitionDraft) -> list[str]:
    """What the draft declares of values that were typed."""
    declared = (readable(draft.text) or {}).get("x-migrate")
    if draft.kind != "form" or draft.base is None or not isinstance(declared, dict):
        return []
    older = services().catalogue.form(draft.code, draft.base)
    try:
        newer = _looking().compiled(draft)
    except DefinitionInvalid:
        return []
    return [step_words(older, newer, one) for one in declared.get("steps", [])]


def _to_confirm(impact: Impact) -> set[str]:
    """Fields that nothing of is taken along, so that all there is to decide is to know it."""
    decided = {one.path for one in impact.orphaned}
    return {one.path for one in impact.left_behind} - decided


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
            "more": stage.units[_MOST_UNITS:],
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
            _("%(count)s phiếu", count=impact.taken)
            if impact.newer.kind == "survey"
            else _("%(count)s báo cáo", count=impact.taken),
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

"""Attached files as pages: adding, taking off, downloading.

Files leave as downloads only, in a sandbox and without a guess at their type; the filling page
uploads through the API to show how far it is.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from server.core.access import Right
from server.core.answer_paths import cell_title
from server.core.attachment import TYPES, Attachment, AttachmentKind
from server.core.json_text import dumps
from server.core.signed_copy import SignedCopyRule
from server.core.vietnamese import format_number, nfc
from server.errors import AttachmentRefused, InputInvalid, PartClosed, TransitionRefused
from server.services.review import SubmissionView
from server.web.headers import sandboxed
from server.web.parts import back_to
from server.web.policy import policy
from server.web.problems import problem_of
from server.web.session import current_actor, services
from server.web.submission_texts import anchor_of
from server.web.submission_words import gettext as _
from server.web.workflow_words import days_word

blueprint = Blueprint("attachments", __name__)
_KILO = 1000


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One attached file in the list; *cell* and *anchor* say where it belongs."""

    id: str
    name: str
    size: str
    path: str
    cell: str
    anchor: str
    signed: bool
    by: str
    at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the partial ``_attachments.html`` draws."""

    files: tuple[ShownFile, ...]
    may_change: bool
    most: str
    accept: str
    told: str
    rule: SignedCopyRule
    copy_until: date | None  # the signed copy is still to follow, in time until this day
    may_add_copy: bool
    late: bool

    def __bool__(self) -> bool:
        return bool(self.files) or self.may_change or self.copy_until is not None

    @property
    def signed(self) -> tuple[ShownFile, ...]:
        return tuple(one for one in self.files if one.signed)


@blueprint.app_context_processor
def _around() -> dict[str, object]:
    """``attachments_of(view)`` and ``copy_days(duration)`` for the partials."""
    return {"attachments_of": shelf_of, "copy_days": days_word}


@blueprint.post("/submissions/<submission_id>/attachments")
@policy(Right.FILL)
def add(submission_id: str) -> ResponseReturnValue:
    """Attach the chosen files; back to the page they were chosen on."""
    form, actor = request.form, current_actor()
    kind = form.get("kind", AttachmentKind.DOCUMENT)
    files = [one for one in request.files.getlist("file") if one.filename]
    if not files:
        # Also somebody who may not attach anything must be told so, and not asked for a file.
        services().submissions.get(actor, submission_id)
        flash(_("Chọn tệp trước, rồi bấm Đính kèm."), "error")
    for file in files:
        try:
            services().attachments.add(
                actor,
                submission_id,
                file.read(),
                name=file.filename or "",
                path=nfc(form.get("path", "")),
                kind=kind,
            )
            flash(_("Đã đính kèm tệp “%(name)s”.", name=file.filename), "success")
        except (AttachmentRefused, PartClosed, TransitionRefused) as error:
            flash(f"{file.filename}: {refusal(error)}", "error")
    return redirect(back_to(submission_id), 303)


@blueprint.post("/submissions/<submission_id>/attachments/<attachment_id>/remove")
@policy(Right.FILL)
def remove(submission_id: str, attachment_id: str) -> ResponseReturnValue:
    """Take a file off the report, with the reason."""
    try:
        services().attachments.remove(
            current_actor(), submission_id, attachment_id, request.form.get("reason", "")
        )
        flash(_("Đã bỏ tệp đính kèm."), "success")
    except InputInvalid:
        flash(_("Ghi lý do bỏ tệp (từ 5 đến 500 ký tự) rồi thực hiện lại."), "error")
    except (PartClosed, TransitionRefused) as error:
        flash(refusal(error), "error")
    return redirect(back_to(submission_id), 303)


@blueprint.get("/submissions/<submission_id>/attachments/<attachment_id>")
@policy(Right.READ)
def download(submission_id: str, attachment_id: str) -> ResponseReturnValue:
    """The file, to be saved."""
    return sent(services().attachments.get(current_actor(), submission_id, attachment_id))


def sent(found: Attachment) -> Response:
    """An attached file as the answer: a download, whatever it is."""
    path = services().attachments.file(found)
    response = send_file(path, as_attachment=True, download_name=found.name, conditional=False)
    response.content_type = found.media_type
    return sandboxed(response)


def shelf_of(view: SubmissionView) -> Shelf:
    """The attached files of a report, and whether the reader may change them."""
    service = services().attachments
    found = service.list_(current_actor(), view.submission.id)
    until = service.copy_awaited_until(view)
    return Shelf(
        files=tuple(_shown(one, view) for one in found),
        may_change=service.may_change(view),
        most=size_text(service.limits.most_bytes),
        accept=",".join(f".{ending}" for known in TYPES for ending in known.endings),
        told=dumps(_told(view)) if service.may_change(view) else "",
        rule=SignedCopyRule.of(view.form.settings.get("signedCopy")),
        copy_until=until,
        may_add_copy=until is not None and view.fills,
        late=until is not None and services().clock.today() > until,
    )


def refusal(error: AttachmentRefused | PartClosed | TransitionRefused) -> str:
    """Why a file cannot be attached, and what to do about it."""
    texts = refusal_texts()
    reason = str(error.facts.get("reason"))
    if not isinstance(error, AttachmentRefused) or reason not in texts:
        return problem_of(error).detail
    return texts[reason]


def refusal_texts() -> dict[str, str]:
    """The sentence for each reason of a refusal; the page's script says the same."""
    limits = services().attachments.limits
    return {
        "empty": _("Tệp không có nội dung. Kiểm tra lại tệp rồi đính kèm lại."),
        "too-large": _(
            "Tệp lớn hơn %(most)s. Quét ở độ phân giải thấp hơn hoặc chia nhỏ rồi đính kèm lại.",
            most=size_text(limits.most_bytes),
        ),
        "too-many": _(
            "Báo cáo đã có %(count)s tệp, không thêm được nữa. Bỏ bớt tệp không cần.",
            count=limits.most_per_report,
        ),
        "type": _(
            "Loại tệp này không nhận. Dùng PDF, ảnh PNG, JPEG, WebP, tệp Word (docx), Excel (xlsx) "
            "không có macro, hoặc tệp văn bản UTF-8."
        ),
        "ending": _("Đuôi tên tệp không đúng với nội dung. Đổi lại tên tệp rồi đính kèm lại."),
    }


def size_text(size: int) -> str:
    """How large a file is, as people say it: 840 kB, 1,2 MB."""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO))} kB"
    return f"{format_number(round(size / _KILO / _KILO, 1))} MB"


def _shown(one: Attachment, view: SubmissionView) -> ShownFile:
    cell, anchor = "", ""
    if one.path:
        cell = cell_title(view.form, one.path, view.submission.answers)
        anchor = anchor_of(view.form, (one.path,))
    return ShownFile(
        id=one.id,
        name=one.name,
        size=size_text(one.size),
        path=one.path,
        cell=cell,
        anchor=anchor,
        signed=one.kind is AttachmentKind.SIGNED_COPY,
        by=services().accounts.name_of(one.added_by),
        at=one.added_at,
        address=url_for("attachments.download", submission_id=one.submission, attachment_id=one.id),
    )


def _told(view: SubmissionView) -> dict[str, object]:
    """What the script needs: where to send files, the limits, every sentence it may say."""
    return {
        "address": f"/api/v1/submissions/{view.submission.id}/attachments",
        "mostBytes": services().attachments.limits.most_bytes,
        "texts": {
            **refusal_texts(),
            "sending": _("Đang gửi “{name}”: {percent} %"),
            "done": _("Đã đính kèm tệp “{name}”."),
            "offline": _(
                "Chưa gửi được “{name}” vì mất kết nối. Giữ tệp trên máy, đính kèm lại khi có mạng."
            ),
            "refused": _("Chưa đính kèm được “{name}”. Tải lại trang rồi thực hiện lại."),
            "forCell": _("Đính kèm cho ô: {cell}"),
            "forReport": _("Đính kèm cho cả báo cáo"),
        },
    }

"""Working without a network: the service worker, its page, and the key of an account's drafts.

The key is derived here and given to the account's own session only. The browser
deletes it at sign-out; what was kept on purpose opens again when the same account signs in.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_wtf.csrf import generate_csrf

from server.core.access import Right
from server.core.form import Form
from server.core.shape import Line
from server.core.submission import SurveyRecord
from server.web import headers
from server.web.policy import policy, public
from server.web.session import current_account
from server.web.submission_words import gettext as _
from server.web.submissions import ReportHead

blueprint = Blueprint("offline", __name__)
_WORKER: Final = "js/offline_worker.js"


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """The service worker of the whole site; the headers of its answers are ours."""
    told = {
        "headers": {**headers.ALWAYS, "Cache-Control": "no-store"},
        "offline": {lang: url_for(".page", lang=lang) for lang in ("vi", "en")},
    }
    path = Path(str(current_app.static_folder)) / _WORKER
    body = f"const TOLD = {json.dumps(told)};\n{path.read_text(encoding='utf-8')}"
    response = Response(body, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:12])
    return response


@blueprint.get("/offline")
@public
def page() -> str:
    """What the worker shows where there is no network and no kept page; nobody's name is on it."""
    return render_template("offline/page.html")


@blueprint.get("/account/browser")
@policy(Right.SIGNED_IN)
def browser() -> dict[str, str]:
    """Who is signed in here, the token of its writes, and the key of its drafts."""
    account = current_account()
    return {
        "account": account.id,
        "name": account.name,
        "csrf": generate_csrf(),
        "key": b64encode(draft_key(account.id)).decode(),
    }


@blueprint.app_context_processor
def told_to_pages() -> dict[str, object]:
    """``keeping_program`` for the pages that are filled."""
    return {"keeping_program": keeping_program}


def draft_key(account: str) -> bytes:
    """The key that the drafts of *account* are encrypted with, always the same one."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"drafts:{account}".encode(), hashlib.sha256).digest()


def keeping_program(head: ReportHead, record: SurveyRecord | None = None) -> dict[str, object]:
    """What ``static/js/keeping.js`` is told."""
    view = head.view
    return {
        "browser": url_for("offline.browser"),
        "worker": url_for("offline.worker"),
        "edit": view.submission.edit if record is None else 0,
        "personal": holds_personal(view.form),
        "title": f"{view.form.title}, {view.period.title}, {head.unit}",
        "texts": _texts(),
    }


def holds_personal(form: Form) -> bool:
    """Whether the form asks for persons' data anywhere."""
    shape = form.shape
    lines: list[Line] = [line for block in shape.blocks.values() for line in block.samples]
    cells = [*shape.cells.values(), *(cell for line in lines for cell in line.cells.values())]
    return any(cell.schema.get("x-personal") for cell in cells)


def _texts() -> dict[str, str]:
    return {
        "offlineSaved": _(
            "Mất kết nối. Số liệu đã nhập đều đã lưu trên máy chủ. Anh/chị cứ nhập tiếp, "
            "sẽ tự gửi khi có mạng."
        ),
        "fault": _(
            "Máy chủ đang gặp lỗi. {count} ô đang giữ trên máy này, sẽ tự gửi lại. "
            "Anh/chị cứ nhập tiếp."
        ),
        "faultNotKept": _(
            "Máy chủ đang gặp lỗi. {count} ô chưa gửi và máy này không giữ lại được. "
            "Anh/chị không đóng trang này cho đến khi lưu xong."
        ),
        "foreign": _(
            "Người đang đăng nhập là {name}. {count} ô nhập trước đó vẫn giữ trên máy này và "
            "không gửi dưới tên người khác."
        ),
        "otherAccount": _(
            "Tài khoản vừa đăng nhập ({name}) không phải là tài khoản đã nhập số liệu này. "
            "Các ô chưa gửi vẫn còn nguyên. Đăng nhập bằng tài khoản đã nhập để gửi."
        ),
        "signInFailed": _("Chưa đăng nhập được: mất kết nối. Thử lại khi có mạng."),
        "conflictBy": _("Ô này vừa được công chức khác của xã ({name}) sửa lúc {time}: {theirs}."),
        "conflictOwn": _("Ô này vừa được anh/chị sửa ở cửa sổ khác lúc {time}: {theirs}."),
        "conflictDraft": _("Ô này còn một số chưa gửi, nhập ở cửa sổ khác đã đóng: {theirs}."),
        "formMoved": _(
            "Báo cáo đã chuyển sang phiên bản {version} của biểu mẫu. Số nhập ở trang này vẫn được "
            "ghi vào chỗ mới của từng ô."
        ),
        "openVersion": _("Mở phiên bản {version}"),
        "unplaced": _("{count} số đã nhập chưa có chỗ: xem ở phía trên."),
        "lostCell": _(
            "Ô “{title}” của phiên bản {version} không có trong phiên bản {now} của biểu mẫu. "
            "Anh/chị đã nhập: {value}."
        ),
        "lostRefused": _("Ô “{title}” không lưu được: {reason} Anh/chị đã nhập: {value}."),
        "lostInto": _("Nay ghi ở: {titles}."),
        "lostChoose": _("Chọn ô để ghi số này, hoặc bỏ. Số bị bỏ vẫn ghi trong lịch sử báo cáo."),
        "lostElsewhere": _(
            "Mở phiên bản {now} để ghi số này vào ô khác, hoặc bỏ. Số bị bỏ vẫn ghi trong lịch sử "
            "báo cáo."
        ),
        "lostPut": _("Ghi vào ô {title}"),
        "lostReplace": _("Thay số {there} ở ô {title}"),
        "lostDrop": _("Bỏ số này"),
        "restored": _(
            "Đã khôi phục nội dung đang nhập dở ở {title}: {text}. Kiểm tra rồi bấm Enter để ghi."
        ),
        "goOn": _("Nhập tiếp"),
        "drop": _("Bỏ"),
        "locked": _(
            "Ô này có thông tin cá nhân nên không giữ trên máy này; tạm khóa cho đến khi có mạng."
        ),
        "lockedShort": _("Các ô có thông tin cá nhân tạm khóa cho đến khi có mạng."),
    }

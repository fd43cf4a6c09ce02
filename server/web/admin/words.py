"""The words of the desk and the audit log: events, steps of mails, kinds of subjects."""

from flask_babel import gettext as _

from server.core.workflow import EVENTS


def event_title(event: str) -> str:
    """An event of a workflow as its button reads."""
    titles = {
        "submit": _("Trình ký"),
        "sign": _("Ký duyệt và gửi"),
        "send": _("Gửi báo cáo"),
        "approve": _("Duyệt"),
        "return": _("Trả lại để sửa"),
        "recall": _("Rút lại"),
        "close": _("Chốt số liệu"),
        "reopen": _("Mở lại"),
    }
    return titles.get(event, event)


def happened(name: str) -> str:
    """An event of the log, such as ``submission.approve`` or ``account.granted``."""
    kind, _dot, what = name.partition(".")
    if kind == "submission" and what in EVENTS:
        return event_title(what)
    titles = {
        "submission.started": _("Bắt đầu nhập"),
        "account.created": _("Tạo người dùng"),
        "account.changed": _("Sửa người dùng"),
        "account.code_issued": _("Cấp mã đăng nhập một lần"),
        "account.password_set": _("Đặt mật khẩu"),
        "account.granted": _("Cấp quyền"),
        "account.grant_ended": _("Kết thúc quyền"),
        "account.handed_over": _("Bàn giao công việc"),
        "account.took_over": _("Nhận bàn giao công việc"),
        "delegation.granted": _("Ủy quyền"),
        "delegation.revoked": _("Thu hồi ủy quyền"),
        "account.token_created": _("Tạo mã truy cập API"),
        "account.token_ended": _("Thu hồi mã truy cập API"),
        "account.opened": _("Mở lại tài khoản"),
        "account.closed": _("Khóa tài khoản"),
        "org_unit.added": _("Thêm đơn vị báo cáo"),
        "org_unit.changed": _("Sửa đơn vị báo cáo"),
        "org_unit.villages_added": _("Thêm thôn, bản, tổ dân phố"),
        "org_unit.village_changed": _("Sửa thôn, bản, tổ dân phố"),
        "holiday.put": _("Khai báo ngày nghỉ, ngày làm bù"),
        "holiday.removed": _("Xóa ngày nghỉ, ngày làm bù"),
        "round.opened": _("Mở đợt báo cáo"),
        "round.widened": _("Bổ sung đợt báo cáo"),
        "round.letter_attached": _("Đính kèm công văn"),
        "assignment.put": _("Phân công báo cáo"),
        "contact.put": _("Sửa danh bạ liên hệ"),
        "owner.put": _("Khai báo cơ quan chủ trì"),
        "obligation.extension_asked": _("Đề nghị gia hạn"),
        "obligation.extension_refused": _("Không cho gia hạn"),
        "obligation.extension_withdrawn": _("Rút đề nghị gia hạn"),
        "obligation.excused": _("Cho gia hạn"),
        "obligation.reminded": _("Đôn đốc"),
        "submission.commented": _("Ghi ý kiến"),
        "submission.comment_resolved": _("Đánh dấu xong ý kiến"),
        "submission.reopen_asked": _("Đề nghị mở lại"),
        "submission.reopen_refused": _("Không mở lại"),
        "submission.record_added": _("Thêm phiếu"),
        "submission.record_deleted": _("Xóa phiếu"),
        "submission.workflow_changed": _("Chuyển sang phiên bản quy trình mới"),
        "submission.form_changed": _("Chuyển sang phiên bản biểu mẫu mới"),
        "submission.form_restored": _("Trở lại phiên bản biểu mẫu cũ"),
        "export.started": _("Xuất dữ liệu"),
        "impact.started": _("Tính ảnh hưởng của bản nháp"),
        "backtest.started": _("Chạy thử quy tắc của bản nháp"),
        "definition_draft.begun": _("Bắt đầu soạn định nghĩa"),
        "definition_draft.changed": _("Sửa bản nháp định nghĩa"),
        "definition_draft.undone": _("Hoàn tác bước soạn"),
        "definition_draft.redone": _("Làm lại bước soạn"),
        "definition_draft.sent": _("Chuyển duyệt bản nháp định nghĩa"),
        "definition_draft.returned": _("Trả lại bản nháp định nghĩa"),
        "definition_draft.published": _("Duyệt và ban hành bản nháp định nghĩa"),
        "definition_draft.discarded": _("Bỏ bản nháp định nghĩa"),
        "form.published": _("Ban hành biểu mẫu"),
        "form.retired": _("Ngừng áp dụng biểu mẫu"),
        "form.reinstated": _("Áp dụng lại biểu mẫu"),
        "workflow.published": _("Ban hành quy trình duyệt"),
        "workflow.retired": _("Ngừng áp dụng quy trình duyệt"),
        "workflow.reinstated": _("Áp dụng lại quy trình duyệt"),
        "codelist.published": _("Ban hành bảng mã"),
        "indicators.published": _("Nạp chỉ tiêu thống kê"),
    }
    return titles.get(name, name)


def subject_kinds() -> dict[str, str]:
    return {
        "submission": _("Báo cáo"),
        "obligation": _("Báo cáo phải gửi"),
        "round": _("Đợt báo cáo"),
        "assignment": _("Phân công báo cáo"),
        "contact": _("Danh bạ liên hệ"),
        "owner": _("Cơ quan chủ trì"),
        "account": _("Người dùng"),
        "org_unit": _("Đơn vị báo cáo"),
        "holiday": _("Ngày nghỉ, ngày làm bù"),
        "form": _("Biểu mẫu"),
        "workflow": _("Quy trình duyệt"),
        "codelist": _("Bảng mã"),
        "definition_draft": _("Bản nháp định nghĩa"),
        "indicators": _("Chỉ tiêu thống kê"),
    }

"""Every error a caller may meet: its HTTP status and what to say, as one list.

The texts are message ids (Vietnamese first); each says what happened and what to do next.
Placeholders are facts of the error. ``docs/errors.md`` is compared with this list.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One error code: the status, the headline and the sentence with the next step."""

    status: int
    title: str
    detail: str


CATALOGUE: Mapping[str, Entry] = {
    # Where we stand with the caller
    "sign-in-required": Entry(
        401,
        "Chưa đăng nhập",
        "Phiên làm việc đã hết. Đăng nhập lại tại đây, số liệu vừa nhập vẫn còn nguyên.",
    ),
    "sign-in-refused": Entry(
        401,
        "Không đăng nhập được",
        "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra lại, hoặc đề nghị quản trị viên cấp mã "
        "đăng nhập một lần.",
    ),
    "too-many-tries": Entry(
        429,
        "Đã thử quá nhiều lần",
        "Chờ ít phút rồi đăng nhập lại. Nếu quên mật khẩu, đề nghị quản trị viên cấp mã đăng nhập "
        "một lần.",
    ),
    "access-denied": Entry(
        403,
        "Không có quyền thực hiện",
        "Tài khoản của anh/chị không có quyền thực hiện việc này. Nếu cần, đề nghị quản trị viên "
        "cấp quyền.",
    ),
    "part-closed": Entry(
        403,
        "Ô thuộc phần khác",
        "Có ô thuộc phần của người khác hoặc phần đã báo xong. Xem các phần ở đầu trang: mở lại "
        "phần, hoặc đề nghị người phụ trách phần đó.",
    ),
    "cells-summed": Entry(
        403,
        "Ô tổng hợp từ cấp dưới",
        "Ô này cộng từ báo cáo của cấp dưới nên không nhập trực tiếp. Mở trang Tổng hợp của báo "
        "cáo, sửa ô và ghi lý do.",
    ),
    "password-change-due": Entry(
        403,
        "Cần đổi mật khẩu",
        "Mật khẩu này do người khác đặt. Đổi mật khẩu của anh/chị rồi tiếp tục.",
    ),
    "csrf-invalid": Entry(
        403,
        "Trang đã hết hiệu lực",
        "Trang này mở quá lâu hoặc không được gửi từ hệ thống. Tải lại trang rồi thực hiện lại.",
    ),
    "not-found": Entry(
        404,
        "Không tìm thấy",
        "Không tìm thấy nội dung này trong phạm vi của anh/chị. Kiểm tra lại địa chỉ, hoặc mở từ "
        "Việc của tôi.",
    ),
    # The request itself
    "request-invalid": Entry(
        400,
        "Yêu cầu không hợp lệ",
        "Hệ thống không đọc được yêu cầu này. Tải lại trang rồi thực hiện lại.",
    ),
    "method-not-allowed": Entry(
        405,
        "Cách gọi không hợp lệ",
        "Địa chỉ này không nhận cách gọi vừa dùng. Mở lại từ danh sách trang.",
    ),
    "body-too-large": Entry(
        413,
        "Dữ liệu gửi lên quá lớn",
        "Tệp hoặc dữ liệu vượt quá dung lượng cho phép. Chia nhỏ rồi gửi lại.",
    ),
    "address-too-long": Entry(
        414, "Địa chỉ quá dài", "Địa chỉ của trang quá dài. Bớt điều kiện lọc rồi thực hiện lại."
    ),
    "media-type-unsupported": Entry(
        415,
        "Loại dữ liệu không được hỗ trợ",
        "Hệ thống không nhận loại dữ liệu này. Chọn đúng định dạng rồi gửi lại.",
    ),
    "precondition-missing": Entry(
        428,
        "Thiếu lần lưu đang xem",
        "Yêu cầu không nói rõ đang dựa trên lần lưu nào. Mở lại báo cáo rồi thực hiện lại.",
    ),
    "idempotency-key-reused": Entry(
        422,
        "Mã yêu cầu đã dùng cho nội dung khác",
        "Mã yêu cầu này đã gửi với nội dung khác. Dùng mã mới cho yêu cầu mới.",
    ),
    "still-running": Entry(
        409,
        "Yêu cầu trước đang chạy",
        "Yêu cầu cùng mã đang được xử lý. Chờ vài giây rồi gửi lại.",
    ),
    "too-many-requests": Entry(429, "Quá nhiều yêu cầu", "Chờ ít phút rồi thực hiện lại."),
    # The state of the work
    "conflict": Entry(
        409,
        "Nội dung vừa được người khác thay đổi",
        "Có người khác vừa sửa hoặc đã tạo nội dung này. Xem bản hiện tại rồi chọn giữ số nào.",
    ),
    "form-changed": Entry(
        409,
        "Báo cáo đã chuyển sang phiên bản khác của biểu mẫu",
        "Các ô nêu trong danh sách không có chỗ trong phiên bản đó. Các ô khác đã lưu.",
    ),
    "stale": Entry(
        412,
        "Báo cáo đã thay đổi",
        "Báo cáo đã được lưu hoặc gửi lại sau khi anh/chị mở. Xem phần thay đổi rồi thực hiện lại.",
    ),
    "nothing-owed": Entry(
        422,
        "Không có báo cáo phải gửi",
        "Đơn vị không có báo cáo phải gửi theo biểu và kỳ này. Kiểm tra lại biểu, đơn vị và kỳ "
        "báo cáo.",
    ),
    "answers-invalid": Entry(
        422,
        "Số liệu còn lỗi",
        "Báo cáo còn lỗi nên chưa gửi được. Sửa các ô nêu trong danh sách rồi gửi lại.",
    ),
    "reason-missing": Entry(
        422,
        "Chưa ghi lý do",
        "Có cảnh báo chưa được giải trình. Sửa số liệu, hoặc ghi lý do cho từng cảnh báo.",
    ),
    "input-invalid": Entry(
        422,
        "Nội dung chưa đúng",
        "Có mục chưa nhập hoặc nhập chưa đúng. Sửa các mục nêu trong danh sách rồi gửi lại.",
    ),
    "transition-refused": Entry(
        409,
        "Không thực hiện được bước này",
        "Báo cáo không còn ở bước cho phép thực hiện việc này. Mở lại báo cáo để xem bước hiện "
        "tại.",
    ),
    "guard-failed": Entry(
        409,
        "Chưa đủ điều kiện",
        "Báo cáo chưa đủ điều kiện để chuyển bước. Mở lại báo cáo để xem việc còn phải làm.",
    ),
    "own-work": Entry(
        403,
        "Không tự duyệt báo cáo của mình",
        "Người lập biểu không được ký hoặc duyệt chính báo cáo đó. Đề nghị người khác thực hiện.",
    ),
    "period-closed": Entry(
        409,
        "Kỳ báo cáo đã khóa",
        "Kỳ này đã chốt. Muốn sửa, bấm Đề nghị mở lại và ghi lý do.",
    ),
    "reopen-asked": Entry(
        409,
        "Đã có đề nghị mở lại",
        "Báo cáo này đã có đề nghị mở lại đang chờ trả lời. Xem người đề nghị, thời điểm và lý do "
        "ở đầu trang báo cáo.",
    ),
    # Definitions, files, plugins
    "definition-invalid": Entry(
        422,
        "Chưa ban hành được",
        "Biểu mẫu hoặc quy trình còn lỗi. Sửa theo từng dòng trong danh sách rồi ban hành lại.",
    ),
    "definition-changed": Entry(
        409,
        "Phiên bản này đã ban hành",
        "Phiên bản đã ban hành không được thay đổi. Tăng số phiên bản rồi ban hành bản mới.",
    ),
    "import-refused": Entry(
        422,
        "Không nhập được tệp",
        "Hệ thống không nhận được tệp này. Kiểm tra lại tệp theo biểu Excel đã tải, rồi nhập lại.",
    ),
    "attachment-refused": Entry(
        422,
        "Không đính kèm được tệp",
        "Tệp quá lớn, quá nhiều tệp, hoặc loại tệp không nhận. Xem giới hạn bên danh sách tệp, "
        "sửa tệp rồi đính kèm lại.",
    ),
    "plugin-fault": Entry(
        502,
        "Tiện ích mở rộng gặp lỗi",
        "Một tiện ích mở rộng không hoạt động. Số liệu đã lưu vẫn còn nguyên. Báo quản trị viên "
        "rồi thử lại sau.",
    ),
    # Ourselves
    "settings-invalid": Entry(
        500, "Cấu hình chưa đúng", "Cấu hình của hệ thống chưa đúng. Báo quản trị viên."
    ),
    "database-unsafe": Entry(
        500,
        "Cơ sở dữ liệu chưa an toàn",
        "Cơ sở dữ liệu chưa được thiết lập an toàn nên hệ thống không nhận số liệu. Báo quản trị "
        "viên.",
    ),
    "database-unavailable": Entry(
        503,
        "Cơ sở dữ liệu tạm thời không phục vụ",
        "Hệ thống chưa đọc hoặc ghi được số liệu lúc này. Số liệu đã lưu vẫn còn nguyên. Thử lại "
        "sau ít phút.",
    ),
    "server-error": Entry(
        500,
        "Hệ thống gặp lỗi",
        "Lỗi đã được ghi lại. Số liệu đã lưu vẫn còn nguyên. Thử lại sau ít phút; nếu vẫn lỗi, báo "
        "quản trị viên kèm mã bên dưới.",
    ),
    "unavailable": Entry(
        503,
        "Hệ thống đang bận",
        "Hệ thống chưa phục vụ được lúc này. Thử lại sau ít phút.",
    ),
}

#: What Werkzeug raises on its own.
BY_STATUS: Mapping[int, str] = {
    400: "request-invalid",
    401: "sign-in-required",
    403: "access-denied",
    404: "not-found",
    405: "method-not-allowed",
    408: "request-invalid",
    409: "conflict",
    412: "stale",
    413: "body-too-large",
    414: "address-too-long",
    415: "media-type-unsupported",
    422: "input-invalid",
    428: "precondition-missing",
    429: "too-many-requests",
    431: "request-invalid",
    503: "unavailable",
}

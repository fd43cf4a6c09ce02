"""The warnings of the linter in words, by the code of ``core/definition_lint``."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext as _

from server.core.refusal import Refusal

Facts = Mapping[str, object]

TEXTS: Mapping[str, Callable[[Facts], str]] = {
    "lint-unused": lambda facts: _(
        "Không chỗ nào dùng “%(name)s”. Bỏ đi, hoặc dùng ở một bảng.", name=facts["name"]
    ),
    "lint-never-shown": lambda facts: _(
        "Điều kiện này luôn sai nên không bao giờ hỏi đến. Sửa điều kiện hoặc bỏ mục."
    ),
    "lint-repeated-title": lambda facts: _(
        "Tên “%(title)s” có hai lần trong cùng một phần; người nhập khó phân biệt.",
        title=facts["title"],
    ),
    "lint-unit-differs": lambda facts: _(
        "Đơn vị tính “%(unit)s” không phải của chỉ tiêu %(indicator)s (%(known)s).",
        unit=facts["unit"],
        indicator=facts["indicator"],
        known=facts["known"],
    ),
    "lint-retired": lambda facts: _(
        "Chỉ tiêu %(indicator)s hết áp dụng sau ngày %(day)s.",
        indicator=facts["indicator"],
        day=f"{date.fromisoformat(str(facts['day'])):%d/%m/%Y}",
    ),
    "lint-no-unit": lambda facts: _(
        "%(count)s ô số chưa có đơn vị tính: %(cells)s",
        count=facts["count"],
        cells=facts["cells"],
    ),
    "lint-idle": lambda facts: _(
        "%(count)s ô số nhập tay không gắn chỉ tiêu, không vào phép tính hay quy tắc nào: "
        "%(cells)s",
        count=facts["count"],
        cells=facts["cells"],
    ),
    "lint-no-english": lambda facts: _(
        "%(count)s tên chưa có tiếng Anh: %(cells)s", count=facts["count"], cells=facts["cells"]
    ),
    "lint-long-title": lambda facts: _(
        "Tên dài %(length)s ký tự; bản in chỉ đủ chỗ khoảng %(most)s.",
        length=facts["length"],
        most=facts["most"],
    ),
}


def warning_text(warning: Refusal) -> str:
    """What the warning says to the author."""
    return TEXTS[warning.code](warning.facts)

"""What the filling page is told besides its HTML: the shape, the formulas, the figures, the texts.

It stands in the page as JSON that no browser executes; ``static/js/filling.js`` reads it. The
formulas are the compiled trees of the definition, in the order in which the server runs them.
"""

from collections.abc import Mapping

from server.core.answer_engine import engine_of
from server.core.answers import Context, Verdict
from server.core.calculation import Rule, Step
from server.core.form import Form
from server.core.layout import choices_of
from server.core.shape import Block, BlockKind, Cell, Line
from server.web.submission_words import gettext as _


def program_of(
    form: Form,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    context: Context,
    verdict: Verdict,
) -> dict[str, object]:
    """All that ``static/js/calculation.js`` needs to follow the figures of one document."""
    return {
        "cells": {key: _cell(cell) for key, cell in form.shape.cells.items()},
        "blocks": {key: _block(block) for key, block in form.shape.blocks.items()},
        "steps": [_step(step) for step in engine_of(form).steps],
        "answers": answers,
        "statuses": statuses,
        "findings": [finding.as_json() for finding in verdict.findings],
        "previous": context.previous,
        "previousStatuses": context.previous_statuses,
        "unit": {
            "code": context.unit.code,
            "level": context.unit.level,
            "kind": context.unit.kind,
        },
        "period": {
            "id": context.period.id,
            "type": str(context.period.type),
            "year": context.period.year,
        },
    }


def _block(block: Block) -> dict[str, object]:
    told: dict[str, object] = {"kind": str(block.kind)}
    if block.kind is BlockKind.FIXED:
        told["lines"] = {key: _line(line) for key, line in block.lines.items()}
        return told
    if block.kind is BlockKind.CODELIST:
        told["rows"] = list(block.lines)
    return told | {"cells": _line(next(iter(block.samples)))}


def _line(line: Line) -> dict[str, object]:
    return {key: _cell(cell) for key, cell in line.cells.items()}


def _cell(cell: Cell) -> dict[str, object]:
    """Only what differs from a plain typed text is said, to keep the page small."""
    schema = cell.schema
    told: dict[str, object] = {"type": cell.type}
    if cell.decimals:
        told["decimals"] = cell.decimals
    for key, value in (
        ("format", schema.get("format")),
        ("maxLength", schema.get("maxLength")),
        ("least", schema.get("minimum") == 0),
        ("choices", _choices(cell)),
        ("personal", bool(schema.get("x-personal", False))),
        ("calculated", cell.calculate is not None),
    ):
        if value:
            told[key] = value
    return told


def _choices(cell: Cell) -> object:
    if cell.type == "boolean" and choices_of(cell) is None:
        return [[True, _("Có")], [False, _("Không")]]
    return choices_of(cell)


def _step(step: Step) -> dict[str, object]:
    told: dict[str, object] = {}
    if step.block is not None:
        told["block"] = step.block.key
    if step.row is not None:
        told["row"] = step.row
    if step.cell is not None:
        told["cell"] = step.cell.key
    if step.relevant is not None:
        told["relevant"] = _rule(step.relevant)
    if step.calculate is not None:
        told["calculate"] = _rule(step.calculate)
    return told


def _rule(rule: Rule) -> dict[str, object]:
    told: dict[str, object] = {"tree": rule.expression.to_json()}
    if rule.per_row:
        told["perRow"] = True
    return told


def texts() -> dict[str, str]:
    """Every sentence the script may say; ``{…}`` are filled by it."""
    return {
        "saved": _("Đã lưu trên máy chủ lúc {time}."),
        "sending": _("Đang gửi…"),
        "waiting": _("Đang chờ gửi {count} ô."),
        "offline": _(
            "Mất kết nối. {count} ô đang giữ trên máy này, sẽ tự gửi khi có mạng. "
            "Anh/chị cứ nhập tiếp."
        ),
        "notKept": _(
            "Mất kết nối. {count} ô chưa gửi và máy này không giữ lại được. "
            "Anh/chị không đóng trang này cho đến khi có mạng."
        ),
        "refused": _("Chưa lưu được {count} ô: {reason}"),
        "sessionOver": _("Phiên làm việc đã hết."),
        "signIn": _("Đăng nhập lại tại đây"),
        "sessionKept": _(", số liệu vừa nhập vẫn còn nguyên."),
        "conflictAt": _("Ô này vừa được công chức khác của xã sửa lúc {time}: {theirs}."),
        "conflict": _("Ô này vừa được công chức khác của xã sửa: {theirs}."),
        "conflictMine": _("Của anh/chị: {mine}. Giữ số nào?"),
        "keep": _("Giữ {value}"),
        "undecided": _("{count} ô chưa lưu: chọn giữ số nào ở phía trên."),
        "empty": _("(trống)"),
        "ambiguous": _("{text} là {readings}? Chọn một cách đọc."),
        "or": _("hay"),
        "notANumber": _("{text} không phải là số. Nhập số như 1.234 hoặc 1.234,5."),
        "tooPrecise": _("{text} có quá nhiều chữ số thập phân. Ô này nhận {decimals} chữ số."),
        "tooLong": _("{text} có quá nhiều chữ số. Kiểm tra lại."),
        "notADate": _("{text} không phải là ngày. Nhập ngày/tháng/năm, như 05/01/2025."),
        "notAChoice": _("{text} không có trong danh sách được chọn."),
        "calculated": _("Ô này tự tính, không nhập được."),
        "notAsked": _("Đơn vị không phải ghi ô này."),
        "before": _("Kỳ trước: {value}."),
        "formula": _("Công thức: {formula}."),
        "none_arose": _("Không phát sinh (–)."),
        "not_available": _("Có nhưng chưa thu thập được (…)."),
        "not_applicable": _("Không áp dụng (x)."),
        "confidential": _("Không công bố (bảo mật)."),
        "estimated": _("Số ước tính."),
        "error": _("Lỗi"),
        "warning": _("Cảnh báo"),
        "info": _("Lưu ý"),
        "summaryErrors": _("Lỗi: có {count} nội dung cần sửa"),
        "summaryWarnings": _("Có {count} cảnh báo cần xem lại"),
        "summaryNone": _("Không có lỗi."),
        "unfilled": _("Lưu ý: {count} dân tộc không nhập được tính là không phát sinh."),
        "pasted": _("Đã dán {count} ô."),
        "clipped": _("{count} ô nằm ngoài bảng nên không dán."),
        "skipped": _("{count} ô tự tính hoặc không phải ghi nên giữ nguyên."),
        "row": _("Dòng {number}"),
        "rowRemoved": _("Đã xóa dòng. Bấm Ctrl+Z để lấy lại."),
    }

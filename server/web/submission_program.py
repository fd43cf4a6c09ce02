"""What the filling page is told besides its HTML: shape, limits, formulas, rules, figures, texts.

It stands in the page as JSON that no browser executes; ``static/js/filling.js`` reads it. The
formulas are the compiled trees of the definition, in the order in which the server runs them; with
the limits and rules the page reaches the verdict of ``core.answers.check`` by itself.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from server.core.answer_engine import Engine, engine_of
from server.core.answer_messages import texts_of
from server.core.answers import Context, Verdict
from server.core.calculation import Rule, Step
from server.core.expressions import Expression
from server.core.finding import Words
from server.core.form import Form
from server.core.form_checks import CompiledCheck
from server.core.layout import choices_of
from server.core.past import reader_of_others
from server.core.rule_words import ENGLISH, VIETNAMESE, line_title
from server.core.shape import Block, BlockKind, Cell, Line
from server.core.unusual_cells import QUESTION
from server.core.validity import KEYWORD as VALIDITY
from server.core.validity import lapses
from server.web.language import language_of_request
from server.web.submission_words import gettext as _

#: What is said of a cell under a short name, so that hundreds of cells stay small.
_LIMITS = (
    ("min", "minimum"),
    ("max", "maximum"),
    ("minLength", "minLength"),
    ("maxLength", "maxLength"),
    ("pattern", "pattern"),
    ("format", "format"),
    ("step", "multipleOf"),
)


def program_of(
    form: Form,
    answers: Mapping[str, object],
    statuses: Mapping[str, str],
    context: Context,
    verdict: Verdict,
    *,
    language: str | None = None,
) -> dict[str, object]:
    """All that ``static/js/verdict.js`` needs to judge one document while it is typed."""
    language = language or language_of_request()
    engine, day = engine_of(form), context.period.end
    titled = {
        check.block.key for check in engine.checks if check.block is not None and _names_row(check)
    }
    return {
        "cells": {key: _cell(cell, day) for key, cell in form.shape.cells.items()},
        "blocks": {
            key: _block(block, language if key in titled else None, day)
            for key, block in form.shape.blocks.items()
        },
        "order": list(form.shape.order),
        "steps": [_step(step) for step in engine.steps],
        "checks": [_check(check, language) for check in engine.checks],
        "words": _built_in_words(form, language),
        "answers": answers,
        "statuses": statuses,
        "findings": [finding.as_json(language) for finding in verdict.findings],
        **_earlier(form, engine, context),
        **_history(engine, context, language),
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


def _built_in_words(form: Form, language: str) -> dict[str, tuple[str, str, str]]:
    """The texts of those built-in findings that this form can have."""
    lines = [line for block in form.shape.blocks.values() for line in block.samples]
    cells = [*form.shape.cells.values(), *(cell for line in lines for cell in line.cells.values())]
    schemas = [cell.schema for cell in cells]
    schemas += [block.schema for block in form.shape.blocks.values()]
    used = {keyword for schema in schemas for keyword in schema}
    types = {f"type.{cell.type}" for cell in cells}
    types |= {f"type.{block.schema['type']}" for block in form.shape.blocks.values()}
    rosters = any(block.item is not None for block in form.shape.blocks.values())
    always = {"required", "additionalProperties", "x-relevant", "x-status", "x-calculate", "other"}
    always |= {"type.object", "type.integer"}
    if rosters:
        always |= {"pattern", "uniqueItems", "type.string"}  # of the names of lines
    return {
        keyword: text
        for keyword, text in texts_of(language).items()
        if keyword in used | types | always or (VALIDITY in used and keyword.startswith(VALIDITY))
    }


def _earlier(form: Form, engine: Engine, context: Context) -> dict[str, object]:
    """The previous report; last year's and other forms' only as far as rules read them."""
    told: dict[str, object] = {
        "previous": context.previous,
        "previousStatuses": context.previous_statuses,
    }
    if engine.uses_last_year and context.last_year is not None:
        before = (context.previous, context.previous_statuses)
        if (context.last_year, context.last_year_statuses) == before:
            told["lastYear"] = "previous"  # periods of a year: one report is both
        else:
            told["lastYear"] = context.last_year
            told["lastYearStatuses"] = context.last_year_statuses
    if engine.other_forms and context.others:
        read = reader_of_others(context.others)
        others: dict[str, dict[str, object]] = {}
        for expression in _expressions(form, engine):
            for code, path in expression.others:
                others.setdefault(code, {})[path] = read(code, path)
        told["others"] = others
    return told


def _history(engine: Engine, context: Context, language: str) -> dict[str, object]:
    if engine.outliers is None or not context.history:
        return {}
    return {
        "outliers": {"limit": engine.outliers.limit, "least": engine.outliers.least},
        "history": {path: list(values) for path, values in context.history.items()},
        "question": _words(QUESTION[language if language in QUESTION else "vi"]),
    }


def _expressions(form: Form, engine: Engine) -> Iterable[Expression]:
    for step in engine.steps:
        yield from (rule.expression for rule in (step.relevant, step.calculate) if rule)
    yield from (check.rule.expression for check in engine.checks)
    for demand in (engine.document, *engine.lines.values()):
        yield from (rule.expression for _asked, rule in demand.when)


def _block(block: Block, titles: str | None, day: date) -> dict[str, object]:
    """*titles* is the language in which rules name the lines, None when none does."""
    told: dict[str, object] = {"kind": str(block.kind)}
    if block.required:
        told["required"] = True
    if block.required_lines:
        told["requiredLines"] = sorted(block.required_lines)
    if block.kind is BlockKind.ROSTER:
        for key in ("minItems", "maxItems", "uniqueItems"):
            if block.schema.get(key):
                told[key] = block.schema[key]
    if titles is not None:
        words = ENGLISH if titles == "en" else VIETNAMESE
        if block.kind is BlockKind.ROSTER:
            told["title"] = block.title
        else:
            told["titles"] = {key: line_title(line, words) for key, line in block.lines.items()}
    if block.kind is BlockKind.FIXED:
        told["lines"] = {key: _line(line, day) for key, line in block.lines.items()}
        return told
    if block.kind is BlockKind.CODELIST:
        told["rows"] = list(block.lines)
        ended = _ended(block.schema, day)
        if ended:
            told["ended"] = {key: said for key, said in ended.items() if key in block.lines}
    return told | {"cells": _line(next(iter(block.samples)), day)}


def _line(line: Line, day: date) -> dict[str, object]:
    return {key: _cell(cell, day) for key, cell in line.cells.items()}


def _ended(schema: Mapping[str, object], day: date) -> dict[str, tuple[str, str, str]]:
    """The codes that do not count in the period: in which way, from when, and their mark."""
    found = lapses(schema, day)
    return {code: (one.kind, one.shown_day, one.mark) for code, one in found.items()}


def _cell(cell: Cell, day: date) -> dict[str, object]:
    """Only what differs from a plain typed text is said, to keep the page small."""
    schema = cell.schema
    told: dict[str, object] = {"type": cell.type}
    if cell.decimals:
        told["decimals"] = cell.decimals
    for name, keyword in _LIMITS:
        if keyword in schema:
            told[name] = schema[keyword]
    for name, value in (
        ("choices", _choices(cell)),
        ("ended", _ended(schema, day)),
        ("personal", bool(schema.get("x-personal", False))),
        ("calculated", cell.calculate is not None),
        ("required", cell.required),
    ):
        if value:
            told[name] = value
    if cell.required_when is not None:
        told["when"] = cell.required_when.to_json()
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


def _check(check: CompiledCheck, language: str) -> dict[str, object]:
    """One rule; its two sides are the first two parts of its tree."""
    expression = check.rule.expression
    told: dict[str, object] = {
        "code": check.code,
        "severity": str(check.severity),
        "words": _words(check.english if language == "en" else check.words),
        "tree": expression.to_json(),
        "paths": list(check.paths),
    }
    for name, value in (
        ("block", check.block.key if check.block is not None else None),
        ("sides", check.sides is not None),
        ("named", "row" in expression.names),
        ("past", bool(expression.previous or expression.last_year)),
    ):
        if value:
            told[name] = value
    return told


def _names_row(check: CompiledCheck) -> bool:
    texts = (*_words(check.words), *_words(check.english))
    return any("{row}" in text for text in texts)


def _words(words: Words) -> list[str]:
    return [words.message, words.rule or "", words.fix or ""]


def usual_reasons() -> tuple[str, ...]:
    """Reasons that clerks give again and again, offered wherever one is asked for."""
    return (
        _("Số liệu thực tế biến động."),
        _("Do làm tròn số."),
        _("Do sáp nhập, chia tách thôn hoặc xã."),
        _("Số kỳ trước ghi chưa đúng."),
        _("Do di cư, chuyển đi, chuyển đến."),
    )


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
        "lapsed": _(
            "Dòng này có {mark}: chỉ xóa được số liệu, không ghi thêm. Số cũ vẫn giữ nguyên."
        ),
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
        "summaryExplained": _("Không có lỗi. {count} cảnh báo đã ghi lý do."),
        "checkedHere": _("Đã kiểm tra trên máy này. Khi có mạng, máy chủ kiểm tra lại."),
        "fix": _("Cách sửa"),
        "why": _("Quy tắc, số so sánh, các ô liên quan"),
        "rule": _("Quy tắc"),
        "sides": _("Hai bên"),
        "sidesText": _("{left} và {right}, lệch {difference}"),
        "cells": _("Các ô"),
        "reason": _("Lý do"),
        "reasonSkip": _("Bỏ qua cảnh báo và ghi lý do"),
        "reasonAnswer": _("Số này đúng, ghi lý do"),
        "reasonEdit": _("Sửa lý do"),
        "reasonLabel": _("Lý do (gửi kèm báo cáo)"),
        "reasonHint": _("Ghi ít nhất 5 ký tự, hoặc chọn một lý do thường gặp."),
        "reasonShort": _("Ghi lý do, ít nhất 5 ký tự."),
        "reasonSave": _("Ghi lý do"),
        "reasonCancel": _("Bỏ"),
        "reasonWaiting": _("(chờ gửi)"),
        "usualReasons": "|".join(usual_reasons()),
        "unfilled": _("Lưu ý: {count} dân tộc không nhập được tính là không phát sinh."),
        "row": _("Dòng {number}"),
        "rowRemoved": _("Đã xóa dòng. Bấm Ctrl+Z để lấy lại."),
    }

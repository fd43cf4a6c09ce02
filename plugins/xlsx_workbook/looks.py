"""How each kind of cell looks: one format for all cells that look alike."""

from typing import Any, Final

from server.hooks import WorkbookCell

_FONT: Final = "Times New Roman"
_STYLES: Final[dict[str, dict[str, object]]] = {
    "title": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "line": {"valign": "vcenter"},
    # Above the table: runs over the columns to its right, the first of which is narrow.
    "guide": {"italic": True, "font_color": "#44546A", "valign": "vcenter"},
    "note": {"italic": True, "font_color": "#44546A", "text_wrap": True, "valign": "top"},
    "heading": {
        "bold": True, "bg_color": "#DCE6F1", "align": "center", "valign": "vcenter",
        "text_wrap": True, "border": 1,
    },
    "mark": {
        "italic": True, "font_size": 9, "bg_color": "#DCE6F1", "align": "center", "border": 1,
    },
    "label": {"text_wrap": True, "valign": "vcenter", "bg_color": "#F5F7FA", "border": 1},
    "input": {"locked": False, "valign": "vcenter", "border": 1},
    "locked": {
        "valign": "vcenter", "bg_color": "#E7E6E6", "font_color": "#333333", "border": 1,
        "text_wrap": True,
    },
}  # fmt: skip
_FILLED: Final = frozenset({"input", "locked"})


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[object, ...], Any] = {}

    def of(self, cell: WorkbookCell) -> Any:
        key = (cell.style, cell.data, cell.decimals, cell.bold)
        if key not in self._made:
            self._made[key] = self._book.add_format(_properties(cell))
        return self._made[key]


def _properties(cell: WorkbookCell) -> dict[str, object]:
    found: dict[str, object] = {"font_name": _FONT, "font_size": 12, **_STYLES[cell.style]}
    if cell.bold:
        found["bold"] = True
    if cell.style in _FILLED:
        # Excel shows the dot and the comma as the reader's own regional settings have them.
        if cell.data == "number":
            found["num_format"] = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "")
            found["align"] = "right"
        elif cell.data == "date":
            found["num_format"] = "dd/mm/yyyy"
            found["align"] = "right"
        else:
            found["num_format"] = "@"
            found["text_wrap"] = True
    return found

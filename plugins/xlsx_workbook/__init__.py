"""Forms as Excel workbooks: written to be filled away from the server, read back cell by cell."""

from pathlib import Path

from plugins.xlsx_workbook.reading import read
from plugins.xlsx_workbook.safety import Limits
from plugins.xlsx_workbook.writing import write
from server.hooks import FoundWorkbook, Options, Workbook, hookimpl

__version__ = "1.0.0"


class XlsxFormat:
    """Writes with XlsxWriter, reads with openpyxl; what a file may cost is checked before."""

    code = "xlsx"
    label = "Excel (.xlsx)"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = "xlsx"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def write(self, workbook: Workbook, out: Path) -> None:
        write(workbook, out)

    def read(self, path: Path) -> FoundWorkbook:
        return read(path, self._limits)


@hookimpl
def register_workbooks(options: Options) -> list[XlsxFormat]:
    given = {name: int(str(options[name])) for name in Limits.__dataclass_fields__}
    return [XlsxFormat(Limits(**given))]

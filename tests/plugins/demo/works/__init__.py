"""Does everything a plugin can do, properly; keeps what it was told for the test to look at."""

from datetime import timedelta
from pathlib import Path

from server.hooks import (
    DueReport,
    Mail,
    Message,
    Options,
    Recipient,
    Sheet,
    Step,
    Table,
    hookimpl,
)

__version__ = "2.1"


class LineExporter:
    code = "works_lines"
    label = "Từng dòng"
    media_type = "text/plain; charset=utf-8"
    extension = "txt"

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def write(self, table: Table, out: Path) -> None:
        with out.open("w", encoding="utf-8") as text:
            text.writelines(f"{self._separator.join(map(str, row))}\n" for row in table.rows)


class TitlePrinter:
    code = "works_title"
    label = "Chỉ tiêu đề"
    media_type = "text/plain"
    extension = "txt"

    def print(self, sheet: Sheet, out: Path) -> None:
        out.write_text(sheet.title, encoding="utf-8")


class Notebook:
    code = "works_notebook"

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone

    def send(self, mail: Mail) -> str:
        self.mails.append(mail)
        return "noted"


class TwoSteps:
    code = "works_two_steps"

    def steps(self, due: DueReport) -> list[Step]:
        # The later one first: the caller gets them by day all the same.
        return [Step("D+1", due.due_on + timedelta(days=1)), Step("D+0", due.due_on)]

    def compose(self, step: Step, due: DueReport) -> Message:
        return Message(f"{step.code} {due.form_code}", due.org_unit_name)


@hookimpl
def register_exporters(options: Options) -> list[LineExporter]:
    return [LineExporter(str(options["separator"]))]


@hookimpl
def register_printers() -> list[TitlePrinter]:
    return [TitlePrinter()]


@hookimpl
def register_channels() -> list[Notebook]:
    return [Notebook()]


@hookimpl
def register_reminder_rules() -> list[TwoSteps]:
    return [TwoSteps()]

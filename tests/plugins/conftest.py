"""What the tests of plugins share: the loaders, a report that is due and an empty sheet."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from server.hooks import DueReport, Sheet, SheetSignature
from server.hooks.manager import Plugins

ROOT = Path(__file__).parents[2]
Load = Callable[..., Plugins]


@pytest.fixture(scope="session")
def load() -> Load:
    """Loads plugins that ship with the server: ``load("csv_export", notes=True)``."""

    def load(name: str, **options: object) -> Plugins:
        return Plugins.load([name], {name: options}, ROOT / "plugins")

    return load


@pytest.fixture
def load_demo() -> Load:
    """Loads the three demo characters: ``load_demo("works", "explodes", explodes={...})``."""

    def load(*names: str, **options: Mapping[str, object]) -> Plugins:
        folder = ROOT / "tests" / "plugins" / "demo"
        return Plugins.load(names, options, folder, package="tests.plugins.demo")

    return load


@pytest.fixture
def due() -> DueReport:
    return DueReport(
        form_title="Dân số theo dân tộc",
        form_code="population_ethnic",
        period_title="Năm 2024",
        period_id="2024",
        org_unit_name="UBND xã Cổ Linh",
        due_on=date(2025, 1, 15),
        state_title="Đang nhập",
        issuer="Ban Dân tộc tỉnh",
        missing_cells=12,
        letter_number="512/BDT-KHTH",
        letter_on=date(2024, 10, 15),
        contact="Nguyễn Thị Hoa",
        phone="0209 3870 000",
        superior_name="Phòng Dân tộc huyện",
    )


@pytest.fixture
def blank_sheet() -> Sheet:
    return Sheet(
        official_code="DS-01",
        issued_by="Mẫu minh họa",
        received_on="…",
        title="Dân số chia theo dân tộc",
        period_line="Có đến 31/12/2024",
        org_unit="UBND xã Cổ Linh",
        receiver="Phòng Dân tộc huyện Pác Nặm",
        unit_of_measure="Người",
        sections=(),
        signatures=(SheetSignature(("Người lập biểu", "(Ký, họ tên)")),),
        place_and_date="Cổ Linh, ngày 14 tháng 01 năm 2025",
    )

"""Loading what ships: the three territorial epochs, the catalogue, villages; twice does no harm."""

from datetime import date
from pathlib import Path

import pytest

from server.app import ROOT, Application, build
from server.core.access import SYSTEM
from server.core.org_unit import Level
from server.core.prefill import prefilled
from server.errors import DefinitionChanged
from server.settings import FileSettings, Settings
from server.storage.database import Database
from tests.world import FRIDAY


@pytest.fixture
def installed(database: Database, tmp_path: Path) -> Application:
    settings = Settings(
        files=FileSettings(var=str(tmp_path), definitions=str(tmp_path)), secret_key="x" * 40
    )
    application = build(settings, FRIDAY, database)
    application.installation.install(ROOT)
    return application


def test_the_shipped_data_hold_three_territorial_epochs_and_install_twice(installed):
    reference, catalogue = installed.services.reference, installed.services.catalogue

    def communes(day: date, province: str) -> int:
        tree = reference.tree(day)
        below = tree.below(tree.by_code[province].id)
        return sum(tree.by_id[unit].level is Level.COMMUNE for unit in below)

    assert communes(date(2020, 1, 31), "06") == 122
    assert communes(date(2020, 2, 1), "06") == 108
    assert communes(date(2025, 6, 30), "06") == 108
    assert communes(date(2025, 7, 1), "19") == 92
    districts = [unit for unit in reference.units(date(2025, 1, 1)) if unit.level == "district"]
    assert len(districts) == 8
    days = [date(2019, 1, 1), date(2025, 1, 1), date(2025, 7, 1)]
    assert len({reference.unit_by_code("02155", day).id for day in days}) == 3
    assert reference.unit_by_code("d_bdt", date(2025, 1, 24)).name == "Ban Dân tộc tỉnh"
    villages = [
        village
        for unit in reference.units(date(2025, 1, 24))
        for village in reference.villages(unit.id, date(2025, 1, 24))
    ]
    assert len(villages) == 1292
    indicators = catalogue.indicators()
    assert len(indicators) == 132
    assert len({indicator.group for indicator in indicators}) == 16
    assert sum(indicator.constructed for indicator in indicators) >= 20
    assert len(catalogue.forms()) == 8
    assert len(catalogue.codelist("ethnic_group").items) == 56

    events = installed.database.row("SELECT COUNT(*) FROM event")
    installed.installation.install(ROOT)

    assert installed.database.row("SELECT COUNT(*) FROM event") == events
    text = (ROOT / "form_definitions/population_ethnic/v01.json").read_text(encoding="utf-8")
    with pytest.raises(DefinitionChanged):
        catalogue.publish(text.replace('"Có đến', '"Tính đến'), "form", SYSTEM)
    assert catalogue.form("population_ethnic").version == 1

    form = catalogue.form("near_poor")
    closing = {"commune": {"close_count": 58, "close_rate": 6.1, "close_dtts": 50}}
    assert prefilled(form, closing) == {
        "commune": {"open_count": 58, "open_rate": 6.1, "open_dtts": 50}
    }
    assert prefilled(form, None) == {}

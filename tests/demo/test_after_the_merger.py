"""The time without districts, played on from a copy of the finished story."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from server.app import build
from server.demo.place import Place
from server.demo.running import play
from server.demo.sink import start_sink
from server.machine import ShiftedClock
from tests.demo.conftest import Played

pytestmark = pytest.mark.long

DAY = date(2026, 1, 20)


def test_new_communes_report_to_the_province_alone(played: Played, tmp_path: Path) -> None:
    shutil.copytree(played.place.folder, tmp_path / "demo")
    place, clock = Place(tmp_path / "demo"), ShiftedClock()
    sink_port = place.sink_port()
    settings = place.configure(0, sink_port, DAY)
    sink = start_sink(place.mails, clock, sink_port)
    try:
        play(place, settings, clock, DAY, going_on=True)
    finally:
        sink.stop()

    application = build(settings, clock)
    found = application.services.submissions.submissions.list_(
        form="population_ethnic", period="2025", limit=100
    )
    owed = application.services.obligations.obligations.list_(
        form="population_ethnic", period="2025", limit=100
    )
    application.database.close()
    assert {item.workflow for item in found} == {"commune_province"}
    assert Counter(str(item.state(DAY)) for item in owed)["late"] == 13
    assert len(owed) == 37
    names = [holder.username for holder in place.holders()]
    assert names[:3] == ["admin", "bangthanh.nhap.moi", "bangthanh.lanhdao.moi"]
    assert "colinh.nhap" in names

"""Starting an export, seeing how far it is, fetching the file; the demonstration's mails."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from server.settings import DemoSettings
from tests.filling_world import PASSWORD, Seeded, copied, seed
from tests.web.conftest import Browser
from tests.web.test_submissions import as_, text
from tests.world import GOOD, World


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    return seed(tmp_path_factory.mktemp("exports"))


@pytest.fixture
def world(seeded: Seeded, tmp_path: Path) -> Iterator[World]:
    with copied(seeded, tmp_path) as found:
        yield found


def in_demo(world: World, username: str) -> Browser:
    settings = replace(world.application.settings, demo=DemoSettings(enabled=True))
    world.application = replace(world.application, settings=settings)
    return Browser(world.application.web().test_client()).sign_in(username, PASSWORD)


def keep_mail(world: World, name: str, subject: str, to: str) -> None:
    folder = Path(world.application.settings.files.var) / "mails"
    folder.mkdir(exist_ok=True)
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = subject, to, "bieumau@localhost"
    mail["Date"] = "Fri, 24 Jan 2025 10:00:00 +0700"
    mail.set_content("Kính gửi: UBND xã Cổ Linh.")
    (folder / name).write_bytes(mail.as_bytes())


FIELDS = {"form": "households", "period": "2024", "format": "csv"}


def test_an_export_is_queued_and_its_file_is_there_when_the_worker_is_done(world: World) -> None:
    world.services.submissions.start(
        world.actor("commune_reporter"),
        form="households",
        org_unit="u-commune",
        period="2024",
        answers=GOOD,
    )
    visitor = as_(world, "commune_reporter")
    empty = text(visitor.get("/exports"))
    started = visitor.post("/exports", FIELDS)
    waiting = visitor.get("/exports")
    assert world.services.jobs.run_one()
    done = visitor.get("/exports")
    job = world.services.exports.list_(world.actor("commune_reporter")).items[0]
    file = visitor.client.get(f"/exports/{job.id}/file")

    assert "Chưa xuất lần nào" in empty
    assert started.status_code == 303
    assert "Đang chờ" in text(waiting) and 'data-refresh="5"' in waiting.get_data(as_text=True)
    assert "Đã xong" in text(done) and "data-refresh" not in done.get_data(as_text=True)
    assert "households-2024.csv" in file.headers["Content-Disposition"]
    assert "Cổ Linh" in file.get_data(as_text=True)
    file.close()


@pytest.mark.parametrize("wrong", [{"format": "none"}, {"form": "none"}, {"period": "x"}])
def test_a_choice_that_cannot_be_exported_is_explained(world: World, wrong: dict[str, str]) -> None:
    visitor = as_(world, "commune_reporter")
    visitor.get("/exports")

    answer = visitor.post("/exports", FIELDS | wrong)

    assert answer.status_code == 303
    assert "rồi bấm Xuất dữ liệu." in text(visitor.get("/exports"))
    assert not world.services.exports.list_(world.actor("commune_reporter")).items


def test_nobody_fetches_the_file_of_another(world: World) -> None:
    job = world.services.exports.start(
        world.actor("commune_reporter"), "csv", form="households", period="2024"
    )
    assert world.services.jobs.run_one()

    assert as_(world, "province_reader").get(f"/exports/{job.id}/file").status_code == 404
    assert as_(world, "province_reader").get("/exports/none/file").status_code == 404


def test_the_demonstrations_mails_are_listed_newest_first_and_read(world: World) -> None:
    keep_mail(world, "20250124T100000-000001.eml", "Nhắc hạn cũ", "colinh@example.vn")
    keep_mail(world, "20250124T100500-000002.eml", "[Nhắc hạn] Biểu Dân số", "bocbo@example.vn")
    visitor = in_demo(world, "commune_reporter")

    listed = text(visitor.get("/demo/mails"))
    found = text(visitor.get("/demo/mails?q=nhac han cu"))
    read = text(visitor.get("/demo/mails/20250124T100500-000002.eml"))

    assert listed.index("[Nhắc hạn] Biểu Dân số") < listed.index("Nhắc hạn cũ")
    assert "Nhắc hạn cũ" in found and "Biểu Dân số" not in found
    assert "Kính gửi: UBND xã Cổ Linh." in read and "10:00 24/01/2025" in read


def test_outside_of_the_demonstration_there_are_no_mails_to_read(world: World) -> None:
    keep_mail(world, "20250124T100000-000001.eml", "Nhắc hạn", "colinh@example.vn")
    visitor = as_(world, "commune_reporter")

    assert visitor.get("/demo/mails").status_code == 404
    assert visitor.get("/demo/mails/20250124T100000-000001.eml").status_code == 404


@pytest.mark.parametrize("name", ["..%2Fcopy.sqlite", "none.eml", "copy.sqlite", ".eml"])
def test_only_mails_of_the_folder_are_shown(world: World, name: str) -> None:
    visitor = in_demo(world, "commune_reporter")

    assert visitor.get(f"/demo/mails/{name}").status_code == 404

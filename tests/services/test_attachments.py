"""Attached files: who may add and remove them when, what is refused, what a sealed edition says."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.core.answer_paths import PathUnknown
from server.core.attachment import Attachment, AttachmentKind
from server.errors import (
    AccessDenied,
    AttachmentRefused,
    InputInvalid,
    NotFound,
    PartClosed,
    RequestInvalid,
    TransitionRefused,
)
from server.services.attachments import AttachmentLimits, Attachments
from server.services.review import SubmissionView
from tests.divided import ROADS, divide
from tests.divided import start as start_shared
from tests.world import World

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF\n"
REASON = "Quét nhầm văn bản."


@pytest.fixture
def service(world: World) -> Attachments:
    limits = AttachmentLimits(most_bytes=1000, most_per_report=3)
    return replace(world.services.attachments, limits=limits)


@pytest.fixture
def view(start: Callable[..., SubmissionView]) -> SubmissionView:
    return start()


@pytest.fixture
def add(world: World, service: Attachments, view: SubmissionView) -> Callable[..., Attachment]:
    """``add(content=…, name=…, path=…, kind=…, by=…)`` attaches a file to the commune's report."""

    def added(**given: object) -> Attachment:
        actor = world.actor(str(given.pop("by", "commune_reporter")))
        content = given.pop("content", PDF)
        given.setdefault("name", "Biên bản.pdf")
        return service.add(actor, view.submission.id, content, **given)  # type: ignore[arg-type]

    return added


def files(service: Attachments) -> list[Path]:
    return sorted(path for path in service.files.folder.rglob("*") if path.is_file())


def test_an_attached_file_is_listed_and_its_bytes_are_kept_by_their_digest(
    world: World, service: Attachments, view: SubmissionView, add: Callable[..., Attachment]
) -> None:
    added = add(path="/households")
    digest = hashlib.sha256(PDF).hexdigest()

    assert (added.sha256, added.size, added.media_type) == (digest, len(PDF), "application/pdf")
    assert service.list_(world.actor("district_approver"), view.submission.id) == [added]
    path = service.file(added)
    assert path.read_bytes() == PDF
    assert (path.name, path.parent.name) == (digest, digest[:2])
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    [event] = [
        event
        for event in world.services.submissions.history(
            world.actor("commune_reporter"), view.submission.id
        )
        if event.name == "submission.attachment_added"
    ]
    assert event.details["sha256"] == digest


def test_the_same_file_at_the_same_place_is_the_same_attachment(
    service: Attachments, add: Callable[..., Attachment]
) -> None:
    first = add()

    assert add(name="Tên khác.pdf") == first
    assert add(path="/households").id != first.id
    assert len(files(service)) == 1


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.pdf", "empty"),
        (PDF + bytes(1000), "a.pdf", "too-large"),
        (b"<svg onload=alert(1)>", "a.svg", "type"),
        (b"MZ\x90\x00", "a.pdf", "type"),
        (PDF, "a.exe", "ending"),
    ],
)
def test_what_is_refused_leaves_no_row_and_no_file(
    world: World,
    service: Attachments,
    add: Callable[..., Attachment],
    *,
    content: bytes,
    name: str,
    reason: str,
) -> None:
    with pytest.raises(AttachmentRefused) as refused:
        add(content=content, name=name)

    assert refused.value.facts["reason"] == reason
    assert (world.count("attachment"), files(service)) == (0, [])


def test_a_report_takes_so_many_files_and_no_more(
    world: World, add: Callable[..., Attachment]
) -> None:
    for number in range(3):
        add(content=PDF + str(number).encode())

    with pytest.raises(AttachmentRefused) as refused:
        add(content=PDF + b"more")
    assert refused.value.facts["reason"] == "too-many"
    assert world.count("attachment") == 3


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("neighbour_reporter", NotFound),
        ("commune_signer", AccessDenied),
        ("district_approver", AccessDenied),
        ("admin", AccessDenied),
    ],
)
def test_only_who_fills_may_attach(
    world: World,
    service: Attachments,
    view: SubmissionView,
    add: Callable[..., Attachment],
    *,
    username: str,
    error: type[Exception],
) -> None:
    added = add()

    with pytest.raises(error):
        add(by=username, content=PDF + b"2")
    with pytest.raises(error):
        service.remove(world.actor(username), view.submission.id, added.id, REASON)
    assert world.count("attachment") == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"path": "/nowhere"}, PathUnknown),
        ({"path": "x"}, PathUnknown),
        ({"kind": "secret"}, RequestInvalid),
    ],
)
def test_a_place_or_kind_that_is_not_there_is_refused(
    add: Callable[..., Attachment], given: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(**given)


def test_a_removed_file_is_gone_for_readers_and_kept_for_the_record(
    world: World, service: Attachments, view: SubmissionView, add: Callable[..., Attachment]
) -> None:
    added, clerk, id_ = add(), world.actor("commune_reporter"), view.submission.id
    with pytest.raises(InputInvalid):
        service.remove(clerk, id_, added.id, " ")
    service.remove(clerk, id_, added.id, REASON)

    assert service.list_(clerk, id_) == []
    for again in (
        lambda: service.get(clerk, id_, added.id),
        lambda: service.remove(clerk, id_, added.id, REASON),
    ):
        with pytest.raises(NotFound):
            again()
    assert len(files(service)) == 1
    assert add().id != added.id


def test_an_attachment_is_found_by_its_own_report_alone(
    world: World,
    service: Attachments,
    add: Callable[..., Attachment],
) -> None:
    added = add()
    other = world.services.submissions.start(
        world.actor("neighbour_reporter"),
        form="households",
        org_unit="u-neighbour",
        period="2024",
    )

    for actor in ("neighbour_reporter", "admin"):
        with pytest.raises(NotFound):
            service.get(world.actor(actor), other.submission.id, added.id)


def test_what_is_sent_is_locked_and_sealed_with_its_digests(
    world: World,
    service: Attachments,
    view: SubmissionView,
    add: Callable[..., Attachment],
    decide: Callable[..., SubmissionView],
) -> None:
    kept = add()
    dropped = add(content=PDF + b"dropped")
    paper = add(content=PDF + b"paper", kind="signed_copy")
    service.remove(world.actor("commune_reporter"), view.submission.id, dropped.id, REASON)
    now = decide(decide(view, "commune_reporter", "submit"), "commune_signer", "sign")

    history = world.services.submissions.history(world.actor("admin"), view.submission.id)
    [sealed] = [event for event in history if event.name == "submission.sign"]
    assert sealed.details["attachments"] == sorted(
        [f"document:{kept.sha256}", f"signed_copy:{paper.sha256}"]
    )
    with pytest.raises(TransitionRefused):
        add(content=PDF + b"late")
    with pytest.raises(TransitionRefused):
        service.remove(world.actor("commune_reporter"), view.submission.id, kept.id, REASON)
    decide(now, "district_approver", "return", supplied={"note": "Thiếu biên bản."})
    assert add(content=PDF + b"better").kind is AttachmentKind.DOCUMENT


def test_a_report_without_files_says_nothing_of_them(
    world: World, view: SubmissionView, decide: Callable[..., SubmissionView]
) -> None:
    decide(decide(view, "commune_reporter", "submit"), "commune_signer", "sign")

    history = world.services.submissions.history(world.actor("admin"), view.submission.id)
    assert not any("attachments" in event.details for event in history)


def test_a_department_attaches_to_its_own_cells_and_to_the_report(world: World) -> None:
    divide(world)
    view, service = start_shared(world), world.services.attachments
    roads, id_ = world.actor("roads_reporter"), view.submission.id

    service.add(roads, id_, PDF, name="a.pdf", path="/bridges")
    service.add(roads, id_, PDF, name="a.pdf")
    with pytest.raises(PartClosed):
        service.add(roads, id_, PDF, name="a.pdf", path="/households")
    with pytest.raises(AccessDenied):
        service.add(roads, id_, PDF, name="a.pdf", kind="signed_copy")
    world.services.parts.hand_in(roads, id_, ROADS)
    with pytest.raises(AccessDenied):
        service.add(roads, id_, PDF + b"2", name="a.pdf")
    assert len(service.list_(world.actor("commune_reporter"), id_)) == 2


# The folder


def aged(path: Path) -> None:
    old = path.stat().st_mtime - timedelta(days=2).total_seconds()
    os.utime(path, (old, old))


def test_the_sweep_takes_old_bytes_that_no_row_names_and_nothing_else(
    service: Attachments, add: Callable[..., Attachment]
) -> None:
    kept = service.file(add())
    orphan = service.files.path(service.files.put(b"orphan"))
    young = service.files.path(service.files.put(b"young"))
    torn = kept.with_name(".torn-draft")
    torn.write_bytes(b"half")
    for path in (kept, orphan, torn):
        aged(path)

    assert service.sweep() == 2
    assert files(service) == sorted([kept, young])
    assert service.sweep() == 0


def test_bytes_that_are_attached_again_are_young_again(
    service: Attachments, add: Callable[..., Attachment]
) -> None:
    path = service.files.path(service.files.put(PDF))
    aged(path)
    before = path.stat().st_mtime
    add()

    assert path.stat().st_mtime > before
    assert service.sweep() == 0


def test_a_file_that_the_folder_has_lost_is_not_found(
    service: Attachments, add: Callable[..., Attachment]
) -> None:
    added = add()
    service.file(added).unlink()

    with pytest.raises(NotFound):
        service.file(added)


def test_a_failed_write_leaves_no_draft(
    service: Attachments, add: Callable[..., Attachment], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("server.storage.attachments.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        add()
    assert files(service) == []


def test_the_database_refuses_to_rewrite_an_attachment(
    world: World, add: Callable[..., Attachment]
) -> None:
    added = add()
    database = world.application.database
    for statement in (
        "UPDATE attachment SET sha256 = 'x' WHERE id = ?",
        "DELETE FROM attachment WHERE id = ?",
    ):
        with pytest.raises(Exception, match="append-only"), database.transaction():
            database.run(statement, (added.id,))

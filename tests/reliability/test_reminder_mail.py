"""Mail under bad conditions: a server that is away, rude or slow, and a sender that is killed."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from plugins.email_channel import EmailChannel
from plugins.email_channel.server_account import MailServer
from server.core.ports import Mail
from server.hooks.door import Door, GuardedChannel
from server.services.mail import PAUSES
from server.storage.database import Database
from tests.reliability.nasty_smtp import NastySMTP
from tests.reliability.reminder_world import ReminderWorld, make, opened
from tests.world import ROOT


@pytest.fixture
def world(database, tmp_path) -> ReminderWorld:
    return opened(database, tmp_path)


@pytest.fixture
def nasty() -> Iterator[NastySMTP]:
    server = NastySMTP()
    yield server
    server.end()


def put(world: ReminderWorld, recipients: list[str]) -> None:
    store = world.services.mail.store
    with world.application.database.transaction():
        for number, recipient in enumerate(recipients):
            mail = Mail(f"<m{number}@x.example>", recipient, "[Nhắc hạn]", "Kính gửi.\n")
            store.add(
                mail, kind="reminder", obligation=None, step=None, created_at=world.clock.now()
            )


def through(world: ReminderWorld, port: int, **given: float) -> None:
    account = MailServer(
        "127.0.0.1", port, "a@x.example", "Thử", "none",
        given.get("timeout", 1.0), total_seconds=given.get("total", 2.0),
    )  # fmt: skip
    guarded = GuardedChannel("email", Door("email"), EmailChannel(account))
    world.services.plugins._channels["email"] = guarded


def flushed(world: ReminderWorld) -> None:
    while world.services.mail.flush():
        pass


def test_with_the_server_away_for_an_hour_every_mail_arrives_once(world):
    """R15 on a virtual clock: ten seconds a turn, 1,000 mails."""
    put(world, [f"u{n}@x.example" for n in range(1000)])
    world.channel.down = True
    for _turn in range(360):
        world.clock.turn(seconds=10)
        flushed(world)
    assert world.channel.mails == []

    world.channel.down = False
    for _turn in range(120):
        world.clock.turn(minutes=1)
        flushed(world)

    assert len(world.channel.mails) == len({mail.message_id for mail in world.channel.mails})
    assert world.services.mail.store.counts() == {"waiting": 0, "sent": 1000, "dead": 0}


def test_rude_servers_hold_nobody_up_and_what_never_works_dies(world, nasty):
    """R16: hang after DATA, greylisting, refusal, a line dropped after the dot, byte after byte."""
    rude = [f"{manner}@x.example" for manner in ("hang", "grey", "dead", "drop", "slow")]
    put(world, [*rude, *[f"u{n}@x.example" for n in range(20)]])
    through(world, nasty.port, timeout=1.5, total=2.0)
    longest = 0.0

    for _turn in range(4):
        for _flush in range(8):
            began = time.monotonic()
            world.services.mail.flush(5)
            longest = max(longest, time.monotonic() - began)
        world.clock.turn(minutes=3)

    sys.stdout.write(f"longest turn {longest:.1f} s\n")
    assert longest < 60
    traces = {one.mail.recipient: one for one in world.services.mail.trace(limit=100).items}
    assert {traces[f"u{n}@x.example"].state for n in range(20)} == {"sent"}
    assert traces["grey@x.example"].state == traces["drop@x.example"].state == "sent"
    assert traces["dead@x.example"].state == "dead" and traces["dead@x.example"].tries == 1
    assert {traces[one].state for one in ("hang@x.example", "slow@x.example")} == {"waiting"}
    assert "not finished after" in (traces["slow@x.example"].error or "")
    # The mail whose line was dropped came twice, with one and the same Message-ID.
    assert Counter(nasty.taken)[traces["drop@x.example"].mail.message_id] == 2


def test_a_mail_is_given_up_after_four_days_and_can_be_sent_by_hand(world):
    put(world, ["u0@x.example"])
    world.channel.down = True
    started = world.clock.now()
    tries = 0
    while world.services.mail.store.counts()["waiting"]:
        world.clock.turn(minutes=1)
        before = world.services.mail.store.list_()[0].tries
        flushed(world)
        tries += world.services.mail.store.list_()[0].tries > before
    given_up = world.clock.now() - started

    [dead] = world.services.mail.store.list_()
    assert (tries, dead.state) == (len(PAUSES) + 1, "dead")
    assert timedelta(days=4) <= given_up <= timedelta(days=5)
    world.channel.down = False
    with world.application.database.transaction():
        world.services.mail.store.revive(dead.id, world.clock.now())
    flushed(world)
    assert [mail.message_id for mail in world.channel.mails] == [dead.mail.message_id]


@pytest.mark.long
def test_a_killed_sender_doubles_at_most_one_mail_for_each_kill(
    fresh_database: Database, database_kind: str, tmp_path: Path, nasty: NastySMTP
):
    """R15: 1,000 mails, the sender is killed 50 times with SIGKILL."""
    world = make(fresh_database, tmp_path, units=1)
    put(world, [f"u{n}@x.example" for n in range(1000)])
    url = _url(fresh_database, tmp_path, database_kind)
    chance, kills, start = random.Random(15), 0, 0
    while world.services.mail.store.counts()["waiting"]:
        moment = f"2025-01-16T{8 + start // 12:02}:{start % 12 * 5:02}"  # past the leases
        start += 1
        sender = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.reminder_process", "send", url,
             str(tmp_path), moment, str(nasty.port)],
            cwd=ROOT, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert sender.stdout is not None
        sender.stdout.readline()
        if kills < 50:
            time.sleep(chance.uniform(0.0, 0.25))
            sender.kill()
            kills += 1
        sender.wait()
        sender.stdout.close()
        assert start < 180

    taken = Counter(nasty.taken)
    assert len(taken) == 1000
    assert sum(taken.values()) - 1000 <= kills
    assert world.services.mail.store.counts() == {"waiting": 0, "sent": 1000, "dead": 0}


def _url(database: Database, folder: Path, kind: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'bieumau.db'}"
    return str(database.engine.database)

"""One worker as a process of its own, to be killed: reminds, or sends what is in the outbox.

``python -m tests.reliability.reminder_process remind URL FOLDER 2025-01-16T08:00 ignored``
``python -m tests.reliability.reminder_process send URL FOLDER 2025-01-16T08:00 PORT``
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from plugins.email_channel import EmailChannel
from plugins.email_channel.server_account import MailServer
from server.core.ports import LOCAL
from server.hooks.door import Door, GuardedChannel
from server.storage.database import Database
from tests.reliability.reminder_world import TurnedClock, opened


def run(mode: str, url: str, folder: str, moment: str, port: str) -> None:
    database = Database.open(url, unsafe_for_tests=True)
    clock = TurnedClock(datetime.fromisoformat(moment).replace(tzinfo=LOCAL))
    world = opened(database, Path(folder), clock=clock)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if mode == "remind":
        for _tick in range(40):  # as the worker does: what another one held is looked at again
            world.services.reminders.send_due(clock.today())
            if not world.services.reminders.store.waiting_places():
                break
            time.sleep(0.1)
    else:
        server = MailServer("127.0.0.1", int(port), "a@x.example", "Thử", "none", 5)
        guarded = GuardedChannel("email", Door("email"), EmailChannel(server))
        world.services.plugins._channels["email"] = guarded
        while world.services.mail.flush():
            pass
    database.close()


if __name__ == "__main__":
    run(*sys.argv[1:])

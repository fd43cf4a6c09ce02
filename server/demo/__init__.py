"""``./run demo``: the main job on constructed figures, with accounts, mails and a clock of its own.

It stands on top of everything: it drives the same services as people do.
"""

from server.demo.running import run_demo

__all__ = ["run_demo"]

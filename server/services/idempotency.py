"""Idempotency keys: the same request again gets the first answer again, never a second effect.

The key, the use case and the answer commit in one transaction. A killed server
therefore leaves all of them or none; a second request with the same key waits
for the first one's transaction and then finds its answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from server.core.access import Actor
from server.core.ports import Clock, Transaction
from server.errors import DatabaseUnavailable, StillRunning
from server.storage.idempotency import IdempotencyStore, StoredAnswer

__all__ = ["KEPT_FOR", "Idempotency", "StoredAnswer"]

KEPT_FOR = timedelta(days=30)
_RETRY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Remembers the answers of unsafe requests per account and key."""

    store: IdempotencyStore
    transaction: Transaction
    clock: Clock

    def once(
        self, actor: Actor, key: str, body_digest: str, action: Callable[[], StoredAnswer]
    ) -> StoredAnswer:
        """The answer of *action*, run at most once for this account and key.

        An *action* that raises leaves no trace, so that the key is free again.

        Raises:
            KeyReused: the key came before with another body.
            StillRunning: the first request with this key has not ended yet.
        """
        begun = False
        try:
            with self.transaction():
                kept = self.store.begin(actor.account, key, body_digest, self.clock.now())
                begun = True
                if kept is not None:
                    return kept
                answer = action()
                self.store.finish(actor.account, key, answer.status, answer.headers, answer.body)
                return answer
        except DatabaseUnavailable as busy:
            # Whoever holds the lock may be the first request with this key: the caller comes back.
            if begun or busy.facts.get("reason") != "busy":
                raise
            raise StillRunning(retry_after=_RETRY_SECONDS) from busy

    def purge(self) -> int:
        """Forget answers older than 30 days; return how many."""
        with self.transaction():
            return self.store.purge(self.clock.now() - KEPT_FOR)

"""Every error this server raises on purpose.

An error carries a stable ``code`` and the facts behind it, never a finished
sentence: ``server.web.problems`` and ``server.cli`` turn both into text, an
HTTP status and an exit code, so the core knows none of them.
"""


class BieumauError(Exception):
    """Base of all deliberate errors; catching it never hides a bug."""

    code = "server-error"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{key}={value!r}" for key, value in self.facts.items())])


class NotFound(BieumauError):
    """No such thing, or none within the caller's scope. Facts: ``kind``."""

    code = "not-found"


class AccessDenied(BieumauError):
    """Seen, but never the caller's to do. Facts: ``action``."""

    code = "access-denied"


class PartClosed(AccessDenied):
    """Cells of a part that others fill, or that is handed in. Facts: ``parts``, ``errors``."""

    code = "part-closed"


class CellsSummed(AccessDenied):
    """Cells that come from the children's reports are corrected, not typed. Facts: ``errors``."""

    code = "cells-summed"


class SignInRefused(BieumauError):
    """Wrong name or password, or the account is closed, or too many tries. Facts: ``reason``."""

    code = "sign-in-refused"


class RequestInvalid(BieumauError):
    """The request is malformed. Facts: ``reason``, and ``path``, ``line``, ``column`` if known."""

    code = "request-invalid"


class Conflict(BieumauError):
    """It changed meanwhile, or already exists. Facts: ``kind``, and ``current`` or ``errors``."""

    code = "conflict"


class Stale(Conflict):
    """The write names an edit that is no longer current. Facts: ``current``."""

    code = "stale"


class ReopenAsked(Conflict):
    """A request to reopen the report waits already. Facts: ``current`` (``id by by_name at``)."""

    code = "reopen-asked"


class PreconditionMissing(BieumauError):
    """A write came without the edit it is based on."""

    code = "precondition-missing"


class KeyReused(BieumauError):
    """An idempotency key came again with another body."""

    code = "idempotency-key-reused"


class StillRunning(BieumauError):
    """The first request with this idempotency key has not ended yet. Facts: ``retry_after``."""

    code = "still-running"


class NothingOwed(BieumauError):
    """No open obligation asks for this report. Facts: ``form``, ``org_unit``, ``period``."""

    code = "nothing-owed"


class AnswersInvalid(BieumauError):
    """The answers break a rule that blocks. Facts: ``findings``."""

    code = "answers-invalid"


class ReasonMissing(BieumauError):
    """A warning is passed without a written reason. Facts: ``findings``."""

    code = "reason-missing"


class InputInvalid(BieumauError):
    """What the actor must supply with an event is missing or wrong. Facts: ``errors``."""

    code = "input-invalid"


class TransitionRefused(BieumauError):
    """The workflow offers this actor no such move from this state. Facts: ``event``, ``state``."""

    code = "transition-refused"


class GuardFailed(BieumauError):
    """A guard of the transition objects. Facts: ``guard``."""

    code = "guard-failed"


class PeriodClosed(BieumauError):
    """The obligation takes no more changes. Facts: ``closes_on`` or ``state``."""

    code = "period-closed"


class DefinitionInvalid(BieumauError):
    """A form, workflow or code list is refused. Facts: ``refusals``, each with line and path."""

    code = "definition-invalid"


class DefinitionChanged(BieumauError):
    """A published version would change. Facts: ``code``, ``version``."""

    code = "definition-changed"


class PluginFault(BieumauError):
    """A plugin is broken or misconfigured. Facts: ``plugin``, ``reason``."""

    code = "plugin-fault"


class SettingsInvalid(BieumauError):
    """``config.toml`` or the environment is wrong. Facts: ``key``, ``reason``."""

    code = "settings-invalid"


class DatabaseUnsafe(BieumauError):
    """The database set-up could lose an acknowledged report. Facts: ``reason``."""

    code = "database-unsafe"


class DatabaseUnavailable(BieumauError):
    """Nothing was written; trying again later helps. Facts: ``reason``.

    Reasons: ``busy`` (a lock or a connection was not free in time), ``timeout`` (the statement
    took too long), ``disk-full``, ``disk``, ``read-only``, ``unreachable``.
    """

    code = "database-unavailable"


class ImportRefused(BieumauError):
    """A file cannot be taken in. Facts: ``reason`` and where."""

    code = "import-refused"


class AttachmentRefused(BieumauError):
    """A file cannot be attached. Facts: ``reason``, ``errors``, and the limit where there is one.

    Reasons: ``empty``, ``too-large``, ``too-many``, ``type``, ``ending``.
    """

    code = "attachment-refused"


class BodyTooLarge(BieumauError):
    """More bytes than a request may carry. Facts: ``limit``."""

    code = "body-too-large"

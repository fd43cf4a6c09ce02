"""What a cell measures: the statistical indicator that its form says it feeds.

Apart from ``observe``, which needs a report's values; here a cell is asked by its path alone.
"""

from collections.abc import Mapping

from server.core.answer_paths import PathUnknown, place_of
from server.core.form import Form

_INDICATOR = "x-indicator"


def indicator_at(form: Form, path: str) -> str | None:
    """The code of the indicator at *path*; a part of a group (``x-member``) has its group's.

    A calculated cell may feed an indicator as well; a cell that feeds none has None.
    """
    try:
        place = place_of(form, path)
    except PathUnknown:
        return None
    if place.cell is None:
        return None
    declared = place.cell.schema.get(_INDICATOR)
    around = [part.schema for part in (place.line, place.block) if part is not None]
    if declared is None and "x-member" in place.cell.schema:
        declared = next((one[_INDICATOR] for one in around if _INDICATOR in one), None)
    if declared is None:
        return None
    return str(declared["code"] if isinstance(declared, Mapping) else declared)

"""What a new report starts with: values that continue the last period, lines by village."""

from server.core.answers import Context
from server.core.form import Form
from server.core.prefill import prefilled
from server.core.village_rows import opening_rows, proposed_rows, village_rosters
from server.services.reference import Reference


def opening_values(
    reference: Reference, form: Form, org_unit: str, context: Context
) -> dict[str, object]:
    """The answers of a report that nobody has typed in yet."""
    answers = prefilled(form, context.previous, context.period.end)
    if village_rosters(form):
        villages = reference.villages(org_unit, context.period.end)
        answers = {**opening_rows(form, villages), **answers}
    return answers


def proposed_lines(
    reference: Reference, form: Form, org_unit: str, context: Context
) -> dict[str, list[dict[str, object]]]:
    """By roster, the lines that the commune's village list proposes; none for other forms."""
    rosters = village_rosters(form)
    if not rosters:
        return {}
    villages = reference.villages(org_unit, context.period.end)
    return {block.key: proposed_rows(block, villages) for block in rosters} if villages else {}

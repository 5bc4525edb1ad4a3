"""What is left to say of an import some of whose rows were rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import PartlyDone, UsageError

if TYPE_CHECKING:
    from crmcli.errors import CrmError
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.summary import Summary

_SHOWN = 10


def verdict(plan: Plan, summary: Summary, *, has_rejects_file: bool) -> CrmError | None:
    """The error that the command ends with; None when every row was taken."""
    if not summary.rejected:
        return None
    what = f"{summary.rejected:,} of {summary.read:,} rows"
    lines = summary.reasons(_SHOWN)
    if too_many(plan, summary):
        return UsageError(
            f"more than {plan.max_errors:,} rows can't be imported; nothing was stored",
            hint=f"{plan.rejects} holds them" if has_rejects_file else None,
            details=lines,
        )
    if plan.skip_errors:
        hint = f"mend {plan.rejects} and import it" if has_rejects_file else None
        return PartlyDone(f"{what} were rejected", hint=hint, details=lines)
    return UsageError(
        f"{what} can't be imported; nothing was stored", hint="--skip-errors stores the others", details=lines
    )


def too_many(plan: Plan, summary: Summary) -> bool:
    """Whether more rows were rejected than the user said."""
    return plan.max_errors is not None and summary.rejected > plan.max_errors

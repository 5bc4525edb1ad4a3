"""What an import was asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, UsageError
from crmcli.io.opening import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MODES = ("create", "update", "upsert")
ON_DUPLICATE = ("skip", "update", "fail")


class Plan(NamedTuple):
    """What an import was asked to do, as told: settings are ``COLUMN=FIELD``, ``FIELD=VALUE`` and ``THEIRS=OURS``."""

    noun: str
    map: Sequence[str] = ()
    default: Sequence[str] = ()
    stage_map: Sequence[str] = ()
    on_duplicate: str | None = None
    dry_run: bool = False
    skip_errors: bool = False
    reading: Reading = Reading()
    source: str | None = None
    usual_source: str | None = None  # where neither the user nor the system's preset says one
    currency: str | None = None
    hooks: bool = False
    preset: str | None = None  # a known system's export, or a saved map
    date_format: Sequence[str] = ()  # FORMAT for every column of dates, COLUMN=FORMAT for one
    mode: str | None = None
    key: Sequence[str] = ()  # by what a record is known, instead of by all that can be
    fill_only: Sequence[str] = ()
    overwrite: Sequence[str] = ()
    append: Sequence[str] = ()
    rejects: Path | None = None
    max_errors: int | None = None
    save_map: str | None = None
    whole: bool = False  # store nothing when a row is rejected, though the rejected ones are written down
    resume: bool = False  # store as it goes, and go on where an earlier run was killed
    create_links: bool | None = None  # make the people and companies that rows name; unsaid, not those of a calendar
    spare_links: bool = False  # a record named by a number that nobody has is left out, and the number kept as text


def settled(plan: Plan) -> Plan:
    """The plan with its mode said, going on past bad rows where another setting means that.

    Raises BadValue for a mode that there is not, UsageError for settings that clash.
    """
    for flag, value, known in (("mode", plan.mode, MODES), ("on-duplicate", plan.on_duplicate, ON_DUPLICATE)):
        if value is not None and value not in known:
            raise BadValue(flag, f"{value!r} is not one of {', '.join(known)}")
    implied = {"update": "upsert", "skip": "create", "fail": "create"}.get(plan.on_duplicate or "")
    if plan.mode is not None and implied is not None and plan.mode != implied:
        raise UsageError(f"--on-duplicate {plan.on_duplicate} is --mode {implied}, not --mode {plan.mode}")
    mode = plan.mode or implied or "create"
    for flag, fields in (("fill-only", plan.fill_only), ("overwrite", plan.overwrite), ("append", plan.append)):
        if fields and mode == "create":
            raise UsageError(f"--{flag} changes nothing with --mode create", hint="--mode upsert")
    _refuse_to_resume(plan)
    goes_on = not plan.whole and (
        plan.skip_errors or plan.resume or plan.rejects is not None or plan.max_errors is not None
    )
    return plan._replace(mode=mode, skip_errors=goes_on)


def _refuse_to_resume(plan: Plan) -> None:
    """Raise UsageError for what can't be promised of an import that stores as it goes."""
    if plan.resume and plan.dry_run:
        raise UsageError("--resume stores rows, --dry-run none", hint="leave one of them out")
    if plan.resume and plan.max_errors is not None:
        raise UsageError("--max-errors stores all or nothing, --resume stores as it goes", hint="leave one of them out")


_TELLING = frozenset({"email", "emails", "e-mail"})


def can_place_abreast(plan: Plan) -> bool:
    """Whether all that the plan asks of a new contact is that it is made: many can then be made at once."""
    told = all(name.strip().lower() in _TELLING for name in plan.key)
    makes = plan.mode != "update" and plan.create_links is not False
    return plan.noun == "contact" and makes and told and not (plan.dry_run or plan.hooks)

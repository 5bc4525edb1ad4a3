"""``crm run due``: what cron runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import DryRun, Noun, app_of, is_machine
from crmcli.errors import PartlyDone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.jobs.due import DueDone

# What a campaign came to; that there is something left of it alone is no news.
_DONE = ("to_send", "sent", "failed", "skipped", "in_doubt", "retry")

app = Noun("What cron runs: everything that is due.", no_args_is_help=True)


@app.callback()
def run() -> None:
    """What cron runs: everything that is due."""


@app.verb(
    examples=[
        "crm run due",
        "crm run due --dry-run",
        "crm run due --format json --quiet",
    ]
)
def due(
    ctx: typer.Context,
    dry_run: DryRun = False,
    outbox: Annotated[
        str | None, typer.Option("--outbox", metavar="DIR", help="Write one .eml file each there, and call no server.")
    ] = None,
) -> None:
    """Move everything that is due. Sequences, campaigns to be sent, reminders, recurring tasks, the growth of segments.

    For cron, every few minutes: */5 * * * * crm --quiet run due. It says nothing where nothing is due. Only one runs at a
    time; another one ends at once, with a note and exit code 0. Killed and run again it goes on where it was. What fails
    is told, the rest is done, and the exit code is 7.
    """
    from crmcli.jobs.due import run_due

    context = app_of(ctx)
    folder = Path(outbox).expanduser() if outbox else None
    done = run_due(context, folder, dry_run=dry_run)
    rows = list(_rows(done))
    if is_machine(ctx):
        context.output.value(done.record)
    elif rows:
        context.output.rows(("kind", "name", "what"), iter(rows))
    for each in (*done.sequences, *done.sends):
        if each.get("in_doubt"):
            named = each.get("campaign") or each["name"]
            context.output.warn(
                f"{named}: {each['in_doubt']} in doubt: crm campaign resolve {named!r} CONTACT --sent or --resend"
            )
    context.output.note(_said(done, bool(rows), context.clock.zone))
    if done.troubles:
        lines = tuple(f"  {each.kind} {each.name}: {each.error.message}" for each in done.troubles)
        count = len(lines)
        raise PartlyDone(f"{count} {'thing' if count == 1 else 'things'} could not be done", details=lines)


def _rows(done: DueDone) -> Iterator[tuple[object, ...]]:
    """A line for each thing that was done."""
    for each in done.recurring:
        yield "task", each["subject"], f"comes again, due {_due(each)}"
    for each in done.reminders:
        yield "reminder", each["subject"] or each["type"], f"due {_due(each)}, {each['owner']}"
    for each in done.snapshots:
        yield "segment", each["segment"], _people(each.get("size"))
    for each in done.sequences:
        yield "sequence", each["name"], _counts(each)
    for each in done.sends:
        if any(each.get(what) for what in _DONE):
            yield "campaign", each["name"], _counts(each)


def _people(size: object) -> str:
    return "to be counted" if size is None else "1 person" if size == 1 else f"{size} people"


def _counts(record: dict[str, object]) -> str:
    """What there is of each, as ``sent 3, waiting 1``."""
    named = {
        key: value for key, value in record.items() if key not in ("id", "name") and isinstance(value, int) and value
    }
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in named.items()) or "nothing"


def _due(record: dict[str, object]) -> object:
    return record["due"] or record["at"]


def _said(done: DueDone, anything: bool, zone: Any) -> str:  # noqa: ANN401 - a time zone
    if done.running is not None:
        return f"{done.running}; nothing was done here"
    what = "dry run: nothing was changed" if done.dry_run else "done" if anything else "nothing is due"
    return what if done.next_at is None else f"{what}; next at {done.next_at.astimezone(zone):%Y-%m-%d %H:%M}"

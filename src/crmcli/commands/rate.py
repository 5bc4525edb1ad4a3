"""``crm rate``: what one currency is worth in another, always or from a day on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crmcli.commands.completing import one_of
from crmcli.commands.shape import DryRun, Fields, Limit, Noun, Offset, Raw, app_of, is_machine, show_rows
from crmcli.domain.rates import QUOTES

app = Noun("Exchange rates. Reports count money of other currencies by the rate of the day, in one currency.")

Base = Annotated[
    str | None,
    typer.Option("--base", metavar="CODE", help="The currency that it is counted in; defaults.currency if not given."),
]
On = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="From this day on; without, whenever no day says otherwise.")
]
Code = Annotated[str, typer.Argument(metavar="CODE", help="ISO 4217, as USD.")]


@app.verb(
    "set",
    examples=["crm rate set USD 0.92", "crm rate set USD 0.95 --on 2026-07-01", "crm rate set GBP 1.27 --base USD"],
)
def set_(
    ctx: typer.Context,
    code: Code,
    rate: Annotated[str, typer.Argument(metavar="RATE", help="What one unit is worth in the base currency.")],
    on: On = None,
    base: Base = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Where it comes from.")] = None,
) -> None:
    """Let one unit of a currency be worth so much. In place of the rate of the same day."""
    application = app_of(ctx)
    view = application.rates.set(code, rate, on=on, base=base, note=note)
    if is_machine(ctx):
        application.output.one(view)
    since = f" from {view.day} on" if view.day else ""
    said = "nothing to change: " if application.store.committed is None else ""
    application.output.note(f"{said}1 {view.currency} = {view.rate:g} {view.base}{since}")


@app.verb("list", examples=["crm rate list", "crm rate list --currency USD --format csv"])
def list_(
    ctx: typer.Context,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="Of this one.")] = None,
    base: Annotated[str | None, typer.Option("--base", metavar="CODE", help="In this one.")] = None,
    fields: Fields = None,
    limit: Limit = None,
    offset: Offset = 0,
    raw: Raw = False,
) -> None:
    """The rates by currency, the newest first. The one without a day is the last."""
    show_rows(
        ctx, "rate", lambda most: app_of(ctx).rates.list(currency, base, most, offset), limit, fields,
        raw=raw, filtered=bool(currency or base),
    )  # fmt: skip


@app.verb("rm", examples=["crm rate rm USD", "crm rate rm USD --on 2026-07-01", "crm rate rm USD --all"])
def rm(
    ctx: typer.Context,
    code: Code,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The one from this day on.")] = None,
    base: Base = None,
    every: Annotated[bool, typer.Option("--all", help="Every rate of the currency.")] = False,
) -> None:
    """Take a rate away: the one without a day unless told otherwise."""
    gone = app_of(ctx).rates.remove(code, on=on, base=base, every=every)
    if is_machine(ctx):
        app_of(ctx).output.many("rate", iter(gone))
    what = "1 rate" if len(gone) == 1 else f"{len(gone):,} rates"
    app_of(ctx).output.note(f"deleted {what} of {gone[0].currency} in {gone[0].base} (crm undo takes it back)")


@app.verb(
    "import",
    examples=[
        "crm rate import eurofxref-hist.zip --base EUR --since 2020-01-01",
        "crm rate import rates.csv",
        "crm rate import rates.csv --quote per-base --date-format %d/%m/%Y",
    ],
)
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="currency,date,rate, or date and a column for each currency.")],
    base: Base = None,
    quote: Annotated[
        str | None,
        typer.Option(
            "--quote", metavar="per-base|per-unit",
            help="1 EUR = 1.08 USD (per-base; of a column for each currency), or 1 USD = 0.92 EUR (per-unit; of a rate a line).",
            autocompletion=one_of(QUOTES),
        ),
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only those from this day on.")] = None,
    date_format: Annotated[str | None, typer.Option("--date-format", metavar="FORMAT", help="Of the days, as %d/%m/%Y.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Of the file. Found by itself.")] = None,
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Between cells. Found by itself.")
    ] = None,
    skip_errors: Annotated[bool, typer.Option("--skip-errors", help="Store the good ones though others are rejected (exit 7).")] = False,
    dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Rates from a file. As the European Central Bank publishes them, or a rate a line."""
    from crmcli.io.opening import Reading
    from crmcli.services.rates import RateFile

    output = app_of(ctx).output
    how = RateFile(base, quote, date_format, since, skip_errors, dry_run)
    place = sys.stdin.buffer if file == "-" else Path(file)
    with output.progress("importing rates", None) as progress:
        done = app_of(ctx).rates.read(place, how, Reading(encoding=encoding, delimiter=delimiter), progress.advance)
    counts = {"read": done.read, "created": done.created, "updated": done.updated, "unchanged": done.unchanged}
    if is_machine(ctx):
        output.value({**counts, "rejected": len(done.rejected), "base": done.base, "dry_run": dry_run})
    if done.unknown:
        output.note(f"left out, no currencies: {', '.join(done.unknown)}")
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    output.note(f"{'would import' if dry_run else 'rates in'} {done.base}: {said or 'nothing'}")
    if done.partly is not None:
        raise done.partly

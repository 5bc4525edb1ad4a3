"""``crm purchases``: what customers bought, line by line, from logs or by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from crmcli.commands.completing import companies, contacts
from crmcli.commands.import_flags import CURRENCY, MEANING, PLACING, READING, parameters
from crmcli.commands.shape import (
    DryRun,
    Fields,
    Filter,
    Limit,
    Noun,
    Offset,
    Raw,
    Reverse,
    Shortcut,
    Sort,
    Where,
    Yes,
    answer_added,
    app_of,
    conditions,
    is_machine,
    is_to_be_done,
    one_or_where,
    quoted,
    show_rows,
)
from crmcli.commands.verbs import SpelledOut
from crmcli.errors import BadValue, UsageError
from crmcli.services.records import Query

app = Noun("What customers bought, line by line. Reports about customers read it, and won deals where there is none.")

_FIXED = Annotated[
    str | None,
    typer.Option(
        "--fixed",
        metavar="NAME:FIRST-LAST,…",
        help="Columns of fixed width, counted from 1, both ends included: customer:8-11,date:13-20,amount:24-31.",
    ),
]
_CREATE = Annotated[bool, typer.Option("--create", help="Make a contact of each customer that nobody knows.")]
_MAP = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help="Where a column goes: customer, date, amount, currency, product, quantity, external_id, or -; repeat.",
    ),
]
_FLAGS = {
    "fixed": _FIXED,
    "map": _MAP,
    "date_format": MEANING["date_format"],
    "currency": CURRENCY,
    "source": MEANING["source"],
    "create": _CREATE,
    **{name: PLACING[name] for name in ("update", "skip_errors", "rejects", "max_errors", "dry_run", "report")},
    **READING,
}
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="The log it comes from.")]


def _import(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A file, or - for standard input.")],
    **given: Any,  # noqa: ANN401 - what the options were told
) -> None:
    from crmcli.commands.import_ import answer_import
    from crmcli.services.importing.options import plan_of

    application = app_of(ctx)
    if given["report"] not in (None, "text", "json"):
        raise BadValue("report", f"{given['report']!r} is not one of text, json")
    if given["report"] == "json":
        application.output.use_format("json")
    plan = plan_of("purchase", given)
    plan = plan._replace(create_links=given["create"], reading=plan.reading._replace(fixed=given["fixed"]))
    with application.purchase_imports.opened(plan, sys.stdin.buffer if file == "-" else Path(file)) as run:
        try:
            with application.output.progress(f"importing {run.name}", run.table.size) as progress:
                summary = run.go(progress.advance)
        except UsageError:
            if run.summary.rejected and is_machine(ctx):
                application.output.value(run.record())
            raise
        answer_import(ctx, application, run, summary)


app.verb(
    "import",
    help="A transaction log: who bought, when, what and for how much. Reading it again adds only what is new.",
    examples=[
        "crm purchases import log.txt --fixed 'customer:8-11,date:13-20,amount:24-31' --date-format %Y%m%d",
        "crm purchases import orders.csv --map 'Client No=customer' --source shop --dry-run",
        "crm purchases import sales.csv --create --currency USD --rejects bad.csv",
    ],
)(SpelledOut(_import, flags=parameters(_FLAGS)))


@app.verb(
    "list",
    examples=[
        "crm purchases list --period 2026 --sort amount --reverse --limit 10",
        "crm purchases list --customer 'Acme' --format csv",
        "crm purchases list --filter 'product = tea and amount > 100'",
    ],
)
def list_(
    ctx: typer.Context,
    filter_: Filter = None,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="WHO", help="By the log's words, or a person or company by name."),
    ] = None,
    product: Annotated[str | None, typer.Option("--product", metavar="NAME", help="Of this product.")] = None,
    source: Source = None,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="WORDS", help="2026, Q3-2026, 2026-06, this month, last 30d, FY2026."),
    ] = None,
    sort: Sort = None,
    reverse: Reverse = False,
    fields: Fields = None,
    limit: Limit = None,
    offset: Offset = 0,
    raw: Raw = False,
) -> None:
    """What was bought, the oldest first."""
    application = app_of(ctx)
    asked = conditions(ctx, "purchase", [Shortcut("product", product), Shortcut("source", source)])
    if customer is not None:
        who = quoted(customer)
        asked.append(f"(customer = {who} OR contact = {who} OR company = {who})")
    if period is not None:
        asked.append(application.purchases.within(period))
    query = Query(filter_, asked, sort, reverse, limit, offset)
    show_rows(
        ctx, "purchase", lambda most: application.purchases.list(query._replace(limit=most)), limit, fields,
        raw=raw, filtered=query.text is not None,
    )  # fmt: skip


@app.verb(
    "add",
    examples=[
        "crm purchases add 'Acme' --amount '120 EUR' --product tea --date 2026-06-09",
        "crm purchases add --contact jane@acme.com --amount 15 --quantity 2",
    ],
)
def add(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(
            metavar="CUSTOMER", help="By SOURCE:ID, e-mail or exact name the record it means; else the text stays."
        ),
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="REF", help="The person it was.", autocompletion=contacts)
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", metavar="REF", help="The company it was.", autocompletion=companies)
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="MONEY", help="What was paid: 120, 99.50 USD.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Where the amount names none.")
    ] = None,
    product: Annotated[str | None, typer.Option("--product", metavar="NAME", help="What was bought.")] = None,
    quantity: Annotated[str | None, typer.Option("--quantity", metavar="N", help="How many.")] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="WHEN", help="When; now if not given.")] = None,
    source: Source = None,
) -> None:
    """Write down what somebody bought."""
    line = app_of(ctx).purchases.add(
        customer, contact=contact, company=company, at=date, amount=amount, currency=currency, product=product,
        quantity=quantity, source=source or "",
    )  # fmt: skip
    answer_added(ctx, line)


@app.verb(
    "rm",
    examples=["crm purchases rm 12", "crm purchases rm --source shop --yes", "crm purchases rm --where 'at < 2020'"],
)
def rm(
    ctx: typer.Context,
    refs: Annotated[list[str] | None, typer.Argument(metavar="REF…", help="By number or uid.")] = None,
    where: Where = None,
    source: Annotated[str | None, typer.Option("--source", metavar="NAME", help="All that came from this log.")] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Take purchases away. crm undo brings them back."""
    application = app_of(ctx)
    which = " AND ".join(f"({part})" for part in (where, f"source = {quoted(source)}" if source else None) if part)
    one_or_where(refs, which)
    if refs:
        _remove_named(ctx, refs, dry_run=dry_run)
        return
    count = application.purchases.count(which)
    what = "1 purchase" if count == 1 else f"{count:,} purchases"
    if not count:
        application.output.message("no purchase matches")
    elif is_to_be_done(application, f"delete {what}", (), yes=yes, dry_run=dry_run):
        application.purchases.remove_where(which)
        application.output.note(f"deleted {what} (crm undo takes it back)")


def _remove_named(ctx: typer.Context, refs: list[str], *, dry_run: bool) -> None:
    application = app_of(ctx)
    lines = [application.purchases.find(ref) for ref in refs]
    names = [f"delete purchase #{line.number} {line.customer}" for line in lines]
    if not is_to_be_done(application, names[-1], names[:-1], yes=True, dry_run=dry_run):
        return
    application.purchases.remove(refs)
    if is_machine(ctx):
        application.output.many("purchase", iter(lines))
    for line in lines:
        application.output.note(f"deleted purchase #{line.number} {line.customer} (crm undo takes it back)")

"""``crm campaign send`` and ``resolve``: messages out, and what to do about those of which nobody knows."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands import completing
from crmcli.commands.campaign_app import app
from crmcli.commands.shape import DryRun, Yes, app_of, is_machine
from crmcli.errors import Interrupted, PartlyDone, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from crmcli.context import AppContext
    from crmcli.reports.report import Report
    from crmcli.services.sending import Tally
    from crmcli.store.queries.recipients import Plan

SEND_EXAMPLES = [
    "crm campaign send Spring --dry-run",
    "crm campaign send Spring --test me@acme.com",
    "crm campaign send Spring --yes",
    "crm campaign send Spring --yes --outbox ./out --limit 10",
]
RESOLVE_EXAMPLES = [
    "crm campaign resolve Spring jane@acme.com --sent",
    "crm campaign resolve Spring jane@acme.com --resend",
]

Name = Annotated[str, typer.Argument(metavar="CAMPAIGN", autocompletion=completing.campaigns)]
Outbox = Annotated[
    str | None, typer.Option("--outbox", metavar="DIR", help="Write one .eml file each there, and call no server.")
]
Test = Annotated[
    str | None, typer.Option("--test", metavar="ADDRESS", help="Send one sample there; nothing else happens.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most N messages this time.")]
Wait = Annotated[bool, typer.Option("--wait", help="Go on until all is sent, however long the pace makes it take.")]
Skipped = Annotated[bool, typer.Option("--skipped", help="Look again at those whom an earlier run skipped.")]


@app.verb("send", examples=SEND_EXAMPLES)
def send(
    ctx: typer.Context,
    name: Name,
    dry_run: DryRun = False,
    yes: Yes = False,
    outbox: Outbox = None,
    test: Test = None,
    limit: Limit = None,
    wait: Wait = False,
    skipped: Skipped = False,
) -> None:
    """Send what is left of a campaign. Each person gets it at most once, whatever happens meanwhile.

    Run it again after a crash, or from cron: it goes on where it was. A draft is started first. Passwords come from
    CRM_SMTP_PASSWORD (CRM_SMTP_PASSWORD_NAME for [smtp.accounts.NAME]) or the keyring (service crmcli-smtp, user USER@HOST).
    """
    from crmcli.services.sending import Wish

    application = app_of(ctx)
    plan = application.mailing.plan(name)
    folder = Path(outbox).expanduser() if outbox else None
    if test is not None:
        if dry_run:
            raise UsageError("--test sends a message, --dry-run sends none", hint="one of the two")
        application.output.note(f"sample to {test}: {application.mailing.sample(plan, test, folder)}")
        return
    if dry_run:
        _try(application, plan, limit, skipped=skipped)
        _warn_of_obstacle(application, plan, folder)
        return
    expected = application.mailing.count(plan) if application.output.can_ask or not yes else 0
    if not yes and not application.output.confirm(_question(plan, expected, limit)):
        application.output.note("nothing was sent")
        return
    with _ending() as end, application.output.progress(f"sending {plan.name}", expected or None, rate=True) as progress:
        tally = application.mailing.send(
            plan, Wish(limit, wait, skipped), folder, ended=end.is_wanted, advance=progress.advance
        )
    _answer(ctx, application, plan, tally)
    if end.number == signal.SIGINT:
        raise Interrupted("stopped; what was sent is written down")


@app.verb("resolve", examples=RESOLVE_EXAMPLES)
def resolve(
    ctx: typer.Context,
    name: Name,
    ref: Annotated[str, typer.Argument(metavar="CONTACT", autocompletion=completing.contacts)],
    sent: Annotated[bool, typer.Option("--sent", help="It arrived, or may have: never send it again.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Send it again, also one that failed.")] = False,
) -> None:
    """Decide about a message in doubt. It was on the way when a sender died, and nobody knows whether it arrived."""
    if sent == resend:
        raise UsageError("say what became of the message", hint="--sent or --resend")
    application = app_of(ctx)
    done = application.mailing.resolve(name, ref, resend=resend)
    told = f"{done.name} <{done.address}>: " + ("will be sent again" if resend else "counts as sent")
    if is_machine(ctx):
        application.output.value({"contact": done.name, "address": done.address, "status": done.status})
    application.output.note(told)


def _question(plan: Plan, expected: int, limit: int | None) -> str:
    number = min(expected, limit) if limit else expected
    return f"send {plan.name} to {number:,} {'person' if number == 1 else 'people'}?"


def _try(application: AppContext, plan: Plan, limit: int | None, *, skipped: bool) -> None:
    """Who would get what, and a line of what it comes to."""
    from crmcli.services.mailing import Line

    counts: dict[str, int] = {}

    def lines() -> Iterator[tuple[object, ...]]:
        for line in application.mailing.trial(plan, limit, skipped=skipped):
            what = line.reason if line.status == "skipped" else line.status
            counts[what.partition(":")[0]] = counts.get(what.partition(":")[0], 0) + 1
            yield tuple(line)

    application.output.rows(Line._fields, lines())
    get = counts.pop("send", 0)
    others = ", ".join(f"{number:,} {what}" for what, number in sorted(counts.items()))
    application.output.note(f"dry run: {get:,} would get it{'; ' + others if others else ''}; nothing was sent")


def _warn_of_obstacle(application: AppContext, plan: Plan, folder: Path | None) -> None:
    """Say now what would be refused then; what is only written into a folder needs no server."""
    obstacle = application.mailing.obstacle(plan, folder)
    if obstacle is not None:
        remedy = f" (try: {obstacle.hint})" if obstacle.hint else ""
        application.output.warn(f"it can't be sent so: {obstacle.message}{remedy}")


def _answer(ctx: typer.Context, application: AppContext, plan: Plan, tally: Tally) -> None:
    """The counts on stdout; on stderr what else is to be known, and the server's trouble as the error."""
    output = application.output
    if not is_machine(ctx) and not output.is_terminal and not output.is_format_asked:
        output.use_format("json")
    if output.format in ("json", "jsonl", "yaml"):
        output.value(tally.record())
    else:
        output.report(_report(plan, tally))
    if tally.in_doubt:
        what = "1 message is" if tally.in_doubt == 1 else f"{tally.in_doubt:,} messages are"
        output.warn(
            f"{what} in doubt: crm campaign resolve {plan.name!r} CONTACT --sent or --resend"
            f" (whose: crm campaign members {plan.name!r} --filter 'reason = \"in doubt\"')"
        )
    if tally.skipped:
        output.note(
            f"{tally.skipped:,} skipped (why: crm campaign members {plan.name!r} --status skipped; once that is mended,"
            " send --skipped)"
        )
    if tally.stopped:
        output.note(tally.stopped)
    if tally.left and tally.next_at and not tally.trouble:
        when = tally.next_at.astimezone(application.clock.zone)
        output.note(f"{tally.left:,} left; run it again from {when:%Y-%m-%d %H:%M:%S} on")
    if tally.trouble:
        raise PartlyDone(
            f"the mail server failed: {tally.trouble}; {tally.left:,} left to send",
            hint=f"crm campaign send {plan.name!r} --yes",
        )


def _report(plan: Plan, tally: Tally) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    record = tally.record()
    columns = tuple(
        ReportColumn(name, name.replace("_", " "), "time" if name == "next_at" else "integer") for name in record
    )
    values = {**record, "next_at": tally.next_at}
    return Report("campaign_send", f"sent {plan.name}", columns, (tuple(values[name] for name in record),), n=None)


class _End:
    """Whether somebody wants the run to end: the message at hand is finished first, unless Ctrl-C comes twice."""

    number: int | None = None

    def is_wanted(self) -> bool:
        """Whether a signal came."""
        return self.number is not None

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        if self.number is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.number = number


@contextmanager
def _ending() -> Iterator[_End]:
    end = _End()
    before = {number: signal.signal(number, end.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

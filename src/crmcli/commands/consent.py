"""``crm consent``: who agreed to be written to, by which channel, since when, and the proof of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import contacts, one_of
from crmcli.commands.shape import (
    DryRun,
    Fields,
    Noun,
    Where,
    Yes,
    app_of,
    is_machine,
    is_to_be_done,
    one_or_where,
    split,
)
from crmcli.domain.marketing import CHANNELS, CONSENT_BASES

if TYPE_CHECKING:
    from crmcli.domain.views import ConsentLine
    from crmcli.services.consents import Said

app = Noun("Who agreed to be written to, by which channel and since when. The last word counts, all are kept as proof.")

Ref = Annotated[str, typer.Argument(metavar="REF", help="the person", autocompletion=contacts)]
MaybeRef = Annotated[str | None, typer.Argument(metavar="[REF]", help="the person", autocompletion=contacts)]
Channel = Annotated[
    str, typer.Option("--channel", metavar="CHANNEL", help=f"{', '.join(CHANNELS)}.", autocompletion=one_of(CHANNELS))
]
Basis = Annotated[
    str,
    typer.Option("--basis", metavar="BASIS", help=f"{', '.join(CONSENT_BASES)}.", autocompletion=one_of(CONSENT_BASES)),
]
Source = Annotated[
    str | None, typer.Option("--source", metavar="TEXT", help='By what it is known: "web form", "by phone" …')
]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it was said; now unless told.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="More about it, such as the wording.")]


@app.verb("show", examples=["crm consent show jane@acme.com", "crm consent show Jane --channel email --format json"])
def show(
    ctx: typer.Context,
    ref: Ref,
    channel: Annotated[
        str | None,
        typer.Option("--channel", metavar="CHANNEL", help="Only this one.", autocompletion=one_of(CHANNELS)),
    ] = None,
    fields: Fields = None,
) -> None:
    """What a person said, the newest first. The line of each channel that counts is marked."""
    app_of(ctx).output.many("consent", app_of(ctx).consents.lines(ref, channel), split(fields), filtered=bool(channel))


@app.verb(
    "grant",
    examples=[
        'crm consent grant jane@acme.com --channel email --basis consent --source "web form"',
        'crm consent grant Jane --channel phone --source "by phone" --at "yesterday 15:00"',
        "crm consent grant --where 'tag = newsletter' --source 'list of 2024' --yes",
    ],
)
def grant(
    ctx: typer.Context,
    ref: MaybeRef = None,
    channel: Channel = "email",
    basis: Basis = "consent",
    source: Source = None,
    at: At = None,
    note: Note = None,
    where: Where = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Put down that somebody agreed. It lifts what an earlier farewell of theirs had stopped."""
    from crmcli.services.consents import Said

    _put_down(ctx, "granted", ref, where, Said(channel, basis, source, note, at), yes=yes, dry_run=dry_run)


@app.verb(
    "withdraw",
    examples=[
        "crm consent withdraw jane@acme.com --channel email",
        "crm consent withdraw --where 'company = Acme' --channel phone --note 'by letter' --yes",
    ],
)
def withdraw(
    ctx: typer.Context,
    ref: MaybeRef = None,
    channel: Channel = "email",
    source: Source = None,
    at: At = None,
    note: Note = None,
    where: Where = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Put down that somebody wants no more. No campaign reaches them on that channel."""
    from crmcli.services.consents import Said

    _put_down(ctx, "withdrawn", ref, where, Said(channel, None, source, note, at), yes=yes, dry_run=dry_run)


@app.verb(
    "request",
    examples=["crm consent request jane@acme.com --channel email", "crm consent request Jane --source 'trade fair'"],
)
def request(ctx: typer.Context, ref: Ref, channel: Channel = "email", source: Source = None, note: Note = None) -> None:
    """Ask somebody to agree (double opt-in). Prints the link of marketing.confirm_url to send them, or its token.

    Until they confirm nothing is sent to them. Asked again, the same link is printed.
    """
    from crmcli.domain.return_addresses import page_link
    from crmcli.services.consents import Said

    application = app_of(ctx)
    done = application.consents.request(ref, Said(channel, None, source, note))
    page = application.settings["marketing.confirm_url"]
    link = page_link(page, done.token) if page else None
    if is_machine(ctx):
        contact = {"id": done.contact.uid, "name": done.contact.name}
        record = {"contact": contact, "channel": done.channel, "token": done.token, "link": link, "new": done.is_new}
        application.output.value(record)
    else:
        application.output.text(link or done.token)
    if not done.is_new:
        application.output.note(f"{done.contact.name} was asked before and has not answered")


@app.verb("confirm", examples=["crm consent confirm 9f2c41d07be3a8816c5d20fe"])
def confirm(
    ctx: typer.Context, token: Annotated[str, typer.Argument(metavar="TOKEN", help="the token of the link")]
) -> None:
    """Let somebody agree by the token they were sent. Twice is harmless."""
    done = app_of(ctx).consents.confirm(token)
    if is_machine(ctx):
        app_of(ctx).output.one(done.line)
    line = done.line
    told = f"agreed to {line.channel}" if done.is_new else f"had agreed to {line.channel} already"
    app_of(ctx).output.note(f"{line.contact.name} {told}")


def _put_down(
    ctx: typer.Context, status: str, ref: str | None, where: str | None, said: Said, *, yes: bool, dry_run: bool
) -> None:
    one_or_where(ref, where)
    application, doing = app_of(ctx), "grant" if status == "granted" else "withdraw"
    if where or dry_run:
        chosen = where or f"id = {application.contacts.find(ref or '').uid}"
        people = application.consents.chosen(chosen)
        count = "1 contact" if len(people) == 1 else f"{len(people):,} contacts"
        each = (f"{doing} {said.channel} of #{found.number} {found.name}" for found in people)
        if not people:
            application.output.message("no contact matches")
        elif is_to_be_done(application, f"{doing} {said.channel} of {count}", each, yes=yes, dry_run=dry_run):
            lines = application.consents.say_where(status, chosen, said)
            _answer(ctx, lines, "1 contact" if len(lines) == 1 else f"{len(lines):,} contacts")
        return
    line = getattr(application.consents, doing)(ref, said)
    _answer(ctx, [line], line.contact.name)


def _answer(ctx: typer.Context, lines: list[ConsentLine], who: str) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.many("consent", iter(lines))
    if app_of(ctx).store.committed is None or not lines:
        output.note(f"nothing to change for {who}")
    else:
        output.note(f"{who}: {lines[0].channel} {lines[0].status} (crm undo takes it back)")

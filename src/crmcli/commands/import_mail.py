"""``crm import mail``: messages from a box, a pipe or a server onto the timelines of those they are from and for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands import completing
from crmcli.commands.shape import DryRun, app_of, is_machine
from crmcli.errors import BadValue, UsageError

if TYPE_CHECKING:
    from datetime import date

    from crmcli.context import AppContext
    from crmcli.io.mail.boxes import Box
    from crmcli.reports.report import Report
    from crmcli.services.correspondence import Tally, Wish

MAIL_EXAMPLES = [
    "crm import mail talk.mbox --owner-address me@acme.com",
    "crm import mail ~/Maildir --create-contacts --dry-run",
    "crm import mail - --deal 'Big one' < message.eml",
    "crm import mail imap://me@acme.com@mail.acme.com/INBOX --since -7d --quiet",
]
_COUNTS = ("read", "created", "unchanged", "unmatched", "auto_replies", "bounces", "rejected")

Place = Annotated[
    str,
    typer.Argument(
        metavar="BOX|-",
        help="An mbox, a Maildir, a message or a folder of them, imap://USER@HOST/FOLDER, or - for stdin.",
    ),
]
Own = Annotated[
    list[str] | None,
    typer.Option(
        "--owner-address", metavar="EMAIL", help="Your own address; repeat. Default: the setting mail.addresses."
    ),
]
Deal = Annotated[
    str | None,
    typer.Option("--deal", metavar="REF", help="Link all of it to this deal.", autocompletion=completing.deals),
]
Create = Annotated[
    bool,
    typer.Option("--create-contacts", help="Add unknown people who wrote to you or to whom you wrote; no machines."),
]
Keep = Annotated[bool, typer.Option("--keep-unmatched", help="Store messages in which nobody known takes part, too.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="From a server, only what came since then.")]
ReportAs = Annotated[str | None, typer.Option("--report", metavar="text|json", help="How to tell what was done.")]


def import_mail(
    ctx: typer.Context,
    box: Place,
    owner_address: Own = None,
    deal: Deal = None,
    create_contacts: Create = False,
    keep_unmatched: Keep = False,
    since: Since = None,
    dry_run: DryRun = False,
    report: ReportAs = None,
) -> None:
    """Messages as activities, each once. With the people they are from and for, in their threads.

    Automatic answers and bounces are told apart. From a server nothing is marked as read; the password comes from
    CRM_IMAP_PASSWORD or the keyring (service crmcli-imap, user USER@HOST).
    """
    from crmcli.services.correspondence import Tally, Wish

    app = app_of(ctx)
    if report not in (None, "text", "json"):
        raise BadValue("report", f"{report!r} is not one of text, json")
    if report == "json":
        app.output.use_format("json")
    wish = Wish(tuple(owner_address or ()), deal, create_contacts, keep_unmatched, _day(app, since, box), dry_run)
    tally = Tally()
    service = app.correspondence
    found = _opened(app, box, wish, tally)
    own = service.own_addresses(wish, *_login(box))
    if not own:
        app.output.warn("no address of yours is known, so all of it counts as received (try: --owner-address)")
    with app.output.progress(f"importing {found.name}", found.size) as progress:
        service.take(found, wish, own, tally, progress.advance)
    _answer(ctx, app, wish, tally, found.name)


def _opened(app: AppContext, place: str, wish: Wish, tally: Tally) -> Box:
    from crmcli.io.mail.imap import is_url

    if is_url(place):
        return app.correspondence.fetched(place, mailbox_password, wish, tally)
    return app.correspondence.box(sys.stdin.buffer if place == "-" else Path(place).expanduser())


def _day(app: AppContext, since: str | None, place: str) -> date | None:
    from crmcli.domain.schedule import read_date
    from crmcli.io.mail.imap import is_url

    if since is None:
        return None
    if not is_url(place):
        raise UsageError(
            "--since is for mail on a server", hint="leave it out: what is stored already is not stored again"
        )
    return read_date(since, app.clock.local(), "since")


def _login(place: str) -> tuple[str, ...]:
    """The login on a server, which often is an address."""
    from crmcli.io.mail.imap import is_url, read_url

    return (read_url(place).user,) if is_url(place) else ()


def mailbox_password(user: str, host: str) -> str:
    """The password of an account, from the environment or the keyring; never from a file."""
    from importlib import import_module

    found = os.environ.get("CRM_IMAP_PASSWORD")
    if not found:
        try:
            found = import_module("keyring").get_password("crmcli-imap", f"{user}@{host}")
        except (ImportError, RuntimeError):  # there is none, or none that works here
            found = None
    if not found:
        raise UsageError(f"no password for {user} at {host}", hint="put it into CRM_IMAP_PASSWORD or the keyring")
    return str(found)


def _answer(ctx: typer.Context, app: AppContext, wish: Wish, tally: Tally, name: str) -> None:
    """The tally on stdout; on stderr what else happened, and the rejected messages."""
    if is_machine(ctx):
        app.output.value(tally.record())
    else:
        app.output.report(_report(wish, tally, name))
    if tally.contacts:
        app.output.note(f"{tally.contacts:,} new {'contacts' if tally.contacts > 1 else 'contact'}")
    if tally.unmatched:
        what = "1 message was" if tally.unmatched == 1 else f"{tally.unmatched:,} messages were"
        app.output.note(
            f"{what} left out, since nobody known takes part (--create-contacts adds the people, --keep-unmatched stores all)"
        )
    for doubt in tally.doubts():
        app.output.note(doubt)
    if wish.dry_run:
        app.output.note("dry run: nothing was changed")
    elif not tally.created:
        app.output.note("nothing was changed")
    elif not tally.rejected:
        app.output.note("crm undo takes it back")
    if (error := tally.verdict()) is not None:
        raise error


def _report(wish: Wish, tally: Tally, name: str) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    columns = tuple(ReportColumn(count, count.replace("_", " "), "integer") for count in _COUNTS)
    row = tuple(getattr(tally, count) for count in _COUNTS)
    return Report("import", f"{'would import' if wish.dry_run else 'imported'} {name}", columns, (row,), n=None)

"""``crm campaign collect``: bounces, complaints, answers and farewells out of a mailbox, and what a web server saw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.shape import DryRun, app_of, is_machine
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.io.mail.boxes import Box
    from crmcli.reports.report import Report
    from crmcli.services.returns import Tally

EXAMPLES = [
    "crm campaign collect --mbox returns.mbox",
    "crm campaign collect --imap imap://news@acme.com@mail.acme.com --folder Bounces --quiet",
    "crm campaign collect --events clicks.csv",
]
_WAYS = "--mbox FILE, --maildir DIR, --imap URL or --events FILE"

Mbox = Annotated[
    str | None, typer.Option("--mbox", metavar="FILE|-", help="An mbox or a single message; - for standard input.")
]
Maildir = Annotated[str | None, typer.Option("--maildir", metavar="DIR", help="A Maildir, or a folder of messages.")]
Imap = Annotated[
    str | None, typer.Option("--imap", metavar="URL", help="imap://USER@HOST/FOLDER; nothing is marked as read there.")
]
Folder = Annotated[str | None, typer.Option("--folder", metavar="NAME", help="The folder, in place of the URL's.")]
Events = Annotated[
    str | None,
    typer.Option(
        "--events", metavar="FILE", help="What a web server saw: rows of token, event, at, url; CSV or JSON lines."
    ),
]


@app.verb("collect", examples=EXAMPLES)
def collect(
    ctx: typer.Context,
    mbox: Mbox = None,
    maildir: Maildir = None,
    imap: Imap = None,
    folder: Folder = None,
    events: Events = None,
    dry_run: DryRun = False,
) -> None:
    """Act on bounces, complaints, answers and farewells.

    Each mail counts once, so it can run from cron. A hard bounce suppresses the address, the third soft one in a row marks
    it invalid; complaints and farewells withdraw consent; answers go on the timeline. Without a flag the mailbox is that
    of the setting marketing.returns. The password of a mailbox comes from CRM_IMAP_PASSWORD or the keyring (service
    crmcli-imap, user USER@HOST).
    """
    from crmcli.services.returns import TRACKED, Tally

    application = app_of(ctx)
    if events is not None:
        if mbox or maildir or imap or folder:
            raise UsageError("--events reads no mail", hint=f"one of {_WAYS}")
        tally = Tally(TRACKED)
        application.returns.take_events(Path(events).expanduser(), tally, dry_run=dry_run)
        _answer(ctx, application, tally, events, dry_run=dry_run)
        return
    place = _place(application, mbox, maildir, imap)
    tally = Tally()
    box = _opened(application, place, folder, tally, imap)
    with application.output.progress(f"collecting {box.name}", box.size) as progress:
        application.returns.collect(box, tally, dry_run=dry_run, advance=progress.advance)
    _answer(ctx, application, tally, box.name, dry_run=dry_run)


def _place(application: AppContext, *named: str | None) -> str:
    """The one mailbox that was named, else that of the settings."""
    given = [place for place in named if place]
    if len(given) > 1:
        raise UsageError("more than one mailbox was named", hint=f"one of {_WAYS}")
    place = given[0] if given else application.settings["marketing.returns"]
    if not place:
        raise UsageError("which mailbox?", hint=f"{_WAYS}, or crm config set marketing.returns PLACE")
    return str(place)


def _opened(application: AppContext, place: str, folder: str | None, tally: Tally, imap: str | None) -> Box:
    from crmcli.commands.import_mail import mailbox_password
    from crmcli.io.mail.imap import is_url

    if place == imap and not is_url(place):
        raise UsageError(f"{place} is no folder on a server", hint="--imap imap://news@acme.com@mail.acme.com/INBOX")
    if is_url(place):
        return application.returns.fetched(place, folder, mailbox_password, tally)
    if folder:
        raise UsageError("--folder is for mail on a server", hint="--imap URL --folder NAME")
    stdin = application.output.stdin
    if place != "-":
        return application.returns.box(Path(place).expanduser())
    if stdin is None:
        raise UsageError("there is no standard input to read")
    return application.returns.box(stdin.buffer)


def _answer(ctx: typer.Context, application: AppContext, tally: Tally, name: str, *, dry_run: bool) -> None:
    output = application.output
    if is_machine(ctx):
        output.value(tally.record())
    else:
        output.report(_report(tally, name, dry_run=dry_run))
    if tally.suppressed or tally.invalid:
        output.note(f"{tally.suppressed:,} suppressed, {tally.invalid:,} marked invalid (crm undo takes it back)")
    if dry_run:
        output.note("dry run: nothing was changed")
    if (error := tally.verdict()) is not None:
        raise error


def _report(tally: Tally, name: str, *, dry_run: bool) -> Report:
    from crmcli.reports.report import Report, ReportColumn
    from crmcli.services.returns import words

    columns = tuple(ReportColumn(count, words(count), "integer") for count in tally.counts)
    title = f"{'would collect' if dry_run else 'collected'} {name}"
    return Report("collect", title, columns, (tuple(tally.counts.values()),), n=None)

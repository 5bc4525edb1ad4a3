"""``crm suppress``: addresses, domains and people whom no campaign reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmcli.commands.completing import contacts, one_of
from crmcli.commands.shape import Fields, Limit, Noun, Offset, Raw, app_of, is_machine, show_rows, split
from crmcli.domain.marketing import CHANNELS, SUPPRESSION_KINDS, SUPPRESSION_REASONS
from crmcli.errors import UsageError

app = Noun("Addresses, domains and people whom no campaign reaches, whatever else is known of them.")

Texts = list[str] | None
Channel = Annotated[
    str | None,
    typer.Option("--channel", metavar="CHANNEL", help="Only this one; default: all.", autocompletion=one_of(CHANNELS)),
]
_WHAT = "jane@acme.com, acme.com for a whole domain, or a person by uid, number or name; contact:jane@acme.com is the person"


@app.verb(
    "add",
    examples=[
        "crm suppress add jane@acme.com @spamtrap.example",
        'crm suppress add "Jane Doe" --channel phone --note "asked not to be called"',
        "crm suppress add --file left.csv --reason unsubscribed",
    ],
)
def add(
    ctx: typer.Context,
    what: Annotated[Texts, typer.Argument(metavar="WHAT…", help=_WHAT, autocompletion=contacts)] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE|-", help="One a line, or a table with a column email; - for standard input."),
    ] = None,
    channel: Channel = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", metavar="REASON", help=f"{', '.join(SUPPRESSION_REASONS)} (default).",
            autocompletion=one_of(SUPPRESSION_REASONS),
        ),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why, in words.")] = None,
) -> None:  # fmt: skip
    """Write to these no more. What is suppressed already stays as it is."""
    application = app_of(ctx)
    listed = _listed(ctx, file) if file is not None else []
    if not what and not listed:
        raise UsageError("suppress whom?", hint="WHAT…, or --file FILE with one a line")
    done = application.suppressions.add(what or (), channel=channel, reason=reason, note=note, listed=listed)
    if is_machine(ctx):
        application.output.many("suppression", iter(done.added))
    elif len(done.added) == 1:
        application.output.uid(done.added[0].id)
    known = f", {done.known:,} suppressed already" if done.known else ""
    application.output.note(f"{len(done.added):,} suppressed{known}")
    if done.partly is not None:
        raise done.partly


@app.verb("list", examples=["crm suppress list --reason hard_bounce", "crm suppress list --kind domain --format csv"])
def list_(
    ctx: typer.Context,
    kind: Annotated[
        Texts,
        typer.Option(
            "--kind", metavar="KIND", help=f"{', '.join(SUPPRESSION_KINDS)}; may be repeated.",
            autocompletion=one_of(SUPPRESSION_KINDS),
        ),
    ] = None,
    reason: Annotated[
        Texts,
        typer.Option(
            "--reason", metavar="REASON", help=f"{', '.join(SUPPRESSION_REASONS)}; may be repeated.",
            autocompletion=one_of(SUPPRESSION_REASONS),
        ),
    ] = None,
    channel: Channel = None,
    fields: Fields = None,
    limit: Limit = None,
    offset: Offset = 0,
    raw: Raw = False,
) -> None:  # fmt: skip
    """Who is suppressed, where, why and since when."""
    from crmcli.services.suppressions import Wanted

    kept, wanted = app_of(ctx).suppressions, Wanted(kind or (), reason or (), channel, limit, offset)
    show_rows(
        ctx, "suppression", lambda most: kept.list(wanted._replace(limit=most)), limit, fields,
        raw=raw, filtered=bool(kind or reason or channel),
    )  # fmt: skip


@app.verb("rm", examples=["crm suppress rm jane@acme.com", "crm suppress rm acme.com --channel email"])
def rm(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="WHAT…", help=f"{_WHAT}; or a uid of the list")],
    channel: Channel = None,
) -> None:
    """Lift suppressions. What people said themselves stays: see crm consent."""
    done = app_of(ctx).suppressions.remove(what, channel)
    if is_machine(ctx):
        app_of(ctx).output.many("suppression", iter(done))
    lifted = "1 suppression" if len(done) == 1 else f"{len(done):,} suppressions"
    app_of(ctx).output.note(f"lifted {lifted} (crm undo takes it back)")


@app.verb("check", examples=["crm suppress check jane@acme.com"])
def check(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="an e-mail address")],
    channel: Channel = None,
    fields: Fields = None,
) -> None:
    """Why an address is not written to. Suppressions, withdrawn consent, and marks on the address."""
    output = app_of(ctx).output
    found = app_of(ctx).suppressions.check(address, channel)
    if found or output.format != "table":
        output.many("objection", iter(found), split(fields))
    if not found:
        output.note(f"nothing speaks against writing to {address}")


def _listed(ctx: typer.Context, file: str) -> list[str]:
    """What a file or standard input lists."""
    from crmcli.errors import NotFound
    from crmcli.io.mail.charsets import decoded
    from crmcli.io.reference_list import references

    stdin = app_of(ctx).output.stdin
    if file == "-":
        content = stdin.buffer.read() if stdin is not None else b""
    else:
        try:
            content = Path(file).expanduser().read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"no file {file}") from error
        except OSError as error:
            raise UsageError(f"cannot read {file}: {(error.strerror or '').lower()}") from error
    return references(decoded(content.removeprefix(b"\xef\xbb\xbf"), None))

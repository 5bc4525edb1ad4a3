"""``crm contact``: people."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.completing import contacts
from crmcli.commands.shape import Noun, app_of, is_machine
from crmcli.commands.verbs import Subject, add_verb, edit_verb, list_verb, merge_verb, rm_verbs, show_verb
from crmcli.render.safe import visible

app = Noun("People.", no_args_is_help=True)
_CONTACT = Subject(app, "contact", "a person", "people", "uid, number, e-mail, phone, handle or name")

add_verb(
    _CONTACT,
    [
        'crm contact add "Jane Doe" --email jane@acme.com --phone "+359 88 123 4567" --company Acme --tag vip',
        'crm contact add "Łukasz Żak" --linkedin https://www.linkedin.com/in/lukaszzak --set segment=smb',
    ],
)
list_verb(
    _CONTACT,
    ("tags", "segments", "companies", "deals", "owner", "lifecycle", "created_at"),
    ["crm contact list --tag vip --company Acme", "crm contact list --filter 'last_activity < -30d' --sort name"],
)
show_verb(
    _CONTACT,
    "The whole picture of a person. The fields, open deals, next step, timeline.",
    ["crm contact show jane@acme.com", 'crm contact show "+359 88 123 4567" --format json'],
)
edit_verb(
    _CONTACT,
    [
        "crm contact edit jane@acme.com --title CTO --add-email jane@home.net",
        "crm contact edit --where 'owner = ana' --owner boris",
    ],
)
rm_verbs(
    _CONTACT,
    {
        "rm": ["crm contact rm jane@acme.com", "crm contact rm --where 'lifecycle = former' --yes"],
        "restore": ['crm contact restore "Jane Doe"'],
    },
)
merge_verb(_CONTACT, ["crm contact merge jane@acme.com 17", "crm contact merge 5 17 --keep title=B --keep emails=B"])

Ref = Annotated[
    str, typer.Argument(metavar="REF", help="uid, number, e-mail, phone, handle or name.", autocompletion=contacts)
]


@app.verb(examples=["crm contact card jane@acme.com", "crm contact card 12 --version 3.0 > jane.vcf"])
def card(
    ctx: typer.Context,
    ref: Ref,
    version: Annotated[str, typer.Option("--version", metavar="3.0|4.0", help="Of the card.")] = "4.0",
    qr: Annotated[bool | None, typer.Option("--qr/--no-qr", help="A QR code below it; on a terminal unasked.")] = None,
) -> None:
    """A person as a vCard. On a terminal also as a QR code, for a telephone to take."""
    app = app_of(ctx)
    whole, short = app.cards.card(ref, version)
    app.output.text(visible(whole, keep_newlines=True) if app.output.is_terminal else whole)
    if app.output.is_terminal if qr is None else qr:
        from crmcli.render.qr import qr_lines

        app.output.text(qr_lines(short))


@app.verb(
    "export-all",
    examples=["crm contact export-all jane@acme.com > jane.json", "crm contact export-all 12 --format yaml"],
)
def export_all(ctx: typer.Context, ref: Ref) -> None:
    """Everything that is kept on a person. Records, history, changes, as one JSON object."""
    app = app_of(ctx)
    if not app.output.is_format_asked:
        app.output.use_format("json")
    app.output.value(app.privacy.everything(ref))


@app.verb(examples=["crm contact forget jane@acme.com", "crm contact forget 12 --confirm 'Jane Doe'"])
def forget(
    ctx: typer.Context,
    ref: Ref,
    confirm: Annotated[
        str | None,
        typer.Option("--confirm", metavar="NAME", help="The person's name, where there is no terminal to ask on."),
    ] = None,
) -> None:
    """Erase a person for good. From records, history and search; deals and counts stay. Nothing takes it back."""
    app = app_of(ctx)
    found = app.privacy.named(ref)
    question = (
        f"contact #{found.number} is erased for good, and crm undo can't help. Type the name {found.name} to go on:"
    )
    done = app.privacy.forget(found, app.output.typed(question, flag="--confirm NAME") if confirm is None else confirm)
    if app.warehouse.is_there() and app.warehouse.remove():
        app.output.note("the warehouse, which held a copy, was deleted; crm warehouse refresh makes it again")
    if is_machine(ctx):
        backups = [str(path) for path in done.backups]
        app.output.value({"id": done.uid, **done.erased._asdict(), "backups": backups})
    app.output.note(
        f"forgot {done.uid}: {done.erased.records} record(s), {done.erased.activities} activities blanked,"
        f" the name taken out of {done.erased.redacted} texts"
    )
    if done.mentions:
        app.output.warn(f"{done.mentions} record(s) still hold the word {done.surname}: crm search '{done.surname}'")
    for path in done.backups:
        app.output.warn(f"{path} may still hold the data; delete it, or a restore of it forgets the person again")

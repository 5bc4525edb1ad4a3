"""``crm log``: what was said or done, as fast as a thought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import campaigns, companies, contacts, deals, one_of, owners, tags
from crmcli.commands.shape import Direction, NoCreate, Noun, Set, answer_added, app_of
from crmcli.domain.fields import ACTIVITY_KINDS

if TYPE_CHECKING:
    from crmcli.context import AppContext

app = Noun("Put a call, meeting, mail or note on the timeline.")
Text = str | None
Texts = list[str] | None


@app.verb(
    "log",
    examples=[
        'crm log call "Discussed pricing" --contact jane@acme.com --deal 12 --duration 15m --next "send offer" --due fri',
        'crm log meeting "Demo" --at "tomorrow 10:00" --company Acme',
        'crm log decision "Which plan?" --deal 12 --option Team --option Pro --chosen Pro --why "needs SSO"',
        "pbpaste | crm log email - --contact jane@acme.com --direction in",
    ],
)
def log(
    ctx: typer.Context,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help=f"{', '.join(ACTIVITY_KINDS)}.", autocompletion=one_of(ACTIVITY_KINDS))
    ],
    body: Annotated[str, typer.Argument(metavar="BODY", help="What was said or done; - reads it from standard input.")],
    contact: Annotated[
        Texts,
        typer.Option(
            "--contact",
            metavar="REF",
            help="Who took part; may be repeated, an unknown e-mail is added.",
            autocompletion=contacts,
        ),
    ] = None,
    company: Annotated[
        Text,
        typer.Option(
            "--company", metavar="REF", help="The company; an unknown name is added.", autocompletion=companies
        ),
    ] = None,
    deal: Annotated[Text, typer.Option("--deal", metavar="REF", help="The deal.", autocompletion=deals)] = None,
    campaign: Annotated[
        Text,
        typer.Option(
            "--campaign",
            metavar="NAME",
            help="The campaign, by name or code; what came in counts as a response to it.",
            autocompletion=campaigns,
        ),
    ] = None,
    at: Annotated[
        Text, typer.Option("--at", metavar="WHEN", help="When it happened (default: now); ahead of now it is planned.")
    ] = None,
    duration: Annotated[
        Text, typer.Option("--duration", metavar="LENGTH", help="How long it took: 15m, 1h30m.")
    ] = None,
    direction: Direction = None,
    outcome: Annotated[Text, typer.Option("--outcome", help="What came of it.")] = None,
    follow_up: Annotated[
        Text, typer.Option("--next", metavar="TEXT", help="What comes next: a task for the same people and deal.")
    ] = None,
    due: Annotated[
        Text, typer.Option("--due", metavar="WHEN", help="When the next task is due (default: tomorrow).")
    ] = None,
    subject: Annotated[Text, typer.Option("--subject", help="One line (default: the first of BODY).")] = None,
    location: Annotated[Text, typer.Option("--location", help="Place or link.")] = None,
    tag: Annotated[Texts, typer.Option("--tag", help="Label; may be repeated.", autocompletion=tags)] = None,
    option: Annotated[
        Texts,
        typer.Option("--option", metavar="TEXT", help="For a decision: what there was to choose from; repeat it."),
    ] = None,
    chosen: Annotated[Text, typer.Option("--chosen", metavar="TEXT", help="For a decision: what was chosen.")] = None,
    why: Annotated[Text, typer.Option("--why", metavar="TEXT", help="For a decision: why.")] = None,
    owner: Annotated[
        Text, typer.Option("--owner", metavar="USER", help="Whose it is (default: yours).", autocompletion=owners)
    ] = None,
    custom: Set = None,
    no_create: NoCreate = False,
) -> None:
    """Put something on the timeline; prints the new uid. With --next a task for what comes next goes with it."""
    app = app_of(ctx)
    given = {
        "type": kind, "body": _standard_input(app) if body == "-" else body, "subject": subject, "contacts": contact,
        "company": company, "deal": deal, "campaign": campaign, "at": at, "duration": duration, "direction": direction,
        "outcome": outcome, "location": location, "tags": tag, "owner": owner,
    }  # fmt: skip
    decision = {name: value for name, value in (("options", option), ("chosen", chosen), ("why", why)) if value}
    view, task = app.activities.log(
        given, custom or (), follow_up=follow_up, due=due, decision=decision, create=not no_create
    )
    answer_added(ctx, view)
    if task is not None and task.due is not None:
        app.output.note(f"next: task #{task.number} {task.subject}, due {app.output.locale.due(task.due)}")


def _standard_input(app: AppContext) -> str:
    from crmcli.errors import BadValue

    stream = app.output.stdin
    if stream is None:
        raise BadValue("body", "there is no standard input to read")
    try:
        return stream.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue("body", "standard input is not UTF-8 text") from error

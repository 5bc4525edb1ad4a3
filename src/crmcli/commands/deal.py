"""``crm deal``: what is being sold, and its way through the stages."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.completing import deals, deals_then_stages
from crmcli.commands.shape import DryRun, Noun, Where, Yes, answer_changed, app_of, in_bulk
from crmcli.commands.verbs import Subject, add_verb, edit_verb, list_verb, merge_verb, only, rm_verbs, show_verb
from crmcli.domain.fields import LOST_REASONS
from crmcli.errors import UsageError

app = Noun("Deals and their way through the stages.", no_args_is_help=True)
_DEAL = Subject(app, "deal", "a deal", "deals", "uid, number or title")

Ref = Annotated[str, typer.Argument(metavar="REF", help=_DEAL.ref, autocompletion=deals)]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Kept in the stage history.")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it was; now unless said.")]

add_verb(
    _DEAL,
    [
        'crm deal add "Acme pilot" --value 12.5k --contact jane@acme.com --expected-close Q1-2027',
        'crm deal add "Renewal" --value "€4,000" --company Acme --stage proposal --set product=gtx',
    ],
)
list_verb(
    _DEAL,
    ("tags", "company", "contacts", "owner", "stage", "pipeline", "value", "created_at"),
    [
        "crm deal list --stage proposal --min-value 10k --sort value --reverse",
        "crm deal list --owner me --filter 'next_task is empty'",
    ],
)
show_verb(
    _DEAL,
    "The whole picture of a deal. Its fields, stage history with the time in each, next step, timeline.",
    ['crm deal show "Acme pilot"', "crm deal show 12 --format json"],
)
edit_verb(
    _DEAL,
    [
        "crm deal edit 12 --value 15k --probability 60",
        "crm deal edit 12 --clear probability",
        "crm deal edit --where 'owner = ana' --owner boris",
    ],
)
rm_verbs(
    _DEAL,
    {
        "rm": ["crm deal rm 12", "crm deal rm --where 'stage = lost and closed_at < -2y' --dry-run"],
        "restore": ['crm deal restore "Acme pilot"'],
    },
)
merge_verb(_DEAL, ['crm deal merge 12 "Acme pilot (copy)"'])


@app.verb(examples=['crm deal move "Acme pilot" proposal', "crm deal move 12 qualified --note 'budget confirmed' --at yesterday",
                    "crm deal move --where 'owner = me and stage = lead' qualified"])  # fmt: skip
def move(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REF] STAGE",
            help="the deal (or --where) and the stage it goes to",
            autocompletion=deals_then_stages,
        ),
    ] = None,
    where: Where = None,
    note: Note = None,
    at: At = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Move a deal to another stage. With --where all that a filter selects."""
    service = app_of(ctx).deals
    ref, stage = _ref_and_stage(words or [], where)
    if where or dry_run:
        chosen, there = service.elsewhere(where or only(service, ref), stage)
        in_bulk(
            ctx,
            service,
            chosen,
            "move",
            lambda text: service.move_where(text, stage, note=note, at=at),
            yes=yes,
            dry_run=dry_run,
        )
        if there:
            app_of(ctx).output.note(f"{there} {'is' if there == 1 else 'are'} in {stage} already")
    else:
        deal = service.move(ref, stage, note=note, at=at)
        answer_changed(ctx, deal, f"moved to {deal.stage}: deal")


@app.verb(examples=["crm deal win 12", 'crm deal win "Acme pilot" --note "signed for two years" --at 2026-11-20'])
def win(ctx: typer.Context, ref: Ref, note: Note = None, at: At = None) -> None:
    """Move a deal to its pipeline's won stage."""
    answer_changed(ctx, app_of(ctx).deals.win(ref, note=note, at=at), "won deal")


@app.verb(examples=["crm deal lose 12 --reason price", 'crm deal lose 12 --reason "went bankrupt" --at "last fri"'])
def lose(
    ctx: typer.Context,
    ref: Ref,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help=f"{', '.join(LOST_REASONS)}, or your own words.")
    ],
    note: Note = None,
    at: At = None,
) -> None:
    """Move a deal to its pipeline's lost stage, and say why."""
    answer_changed(ctx, app_of(ctx).deals.lose(ref, reason, note=note, at=at), "lost deal")


@app.verb(examples=["crm deal reopen 12 --note 'they called back'"])
def reopen(ctx: typer.Context, ref: Ref, note: Note = None) -> None:
    """Move a closed deal back to its last open stage."""
    deal = app_of(ctx).deals.reopen(ref, note=note)
    answer_changed(ctx, deal, f"reopened in {deal.stage}: deal")


def _ref_and_stage(words: list[str], where: str | None) -> tuple[str, str]:
    if where and len(words) == 1:
        return "", words[0]
    if where or len(words) != 2:
        raise UsageError("name a deal and a stage, or --where FILTER and a stage", hint="crm deal move 12 proposal")
    return words[0], words[1]

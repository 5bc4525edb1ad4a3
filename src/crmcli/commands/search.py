"""``crm search``, also ``crm find``: full text over everything."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.shape import Fields, Noun, app_of, split

app = Noun("Full text over everything.")
TABLE_MOST = 20


def _nouns(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001 - as Typer calls it
    from crmcli.domain.fields import FIELDS

    return [noun for noun in FIELDS if noun.startswith(incomplete)]


@app.verb(
    "search",
    examples=[
        "crm search jane",
        "crm search acme pricing --type activity",
        'crm find "+359 88 123 4567" --format json',
    ],
)
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD…", help="All of them, each as a beginning.")],
    types: Annotated[
        list[str] | None,
        typer.Option(
            "--type", metavar="NOUN", help="contact, company, deal or activity; may be repeated.", autocompletion=_nouns
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, metavar="N", help=f"At most N; 0 for all. Tables show {TABLE_MOST}.")
    ] = None,
    fields: Fields = None,
) -> None:
    """Find records by their words, names before notes. Case and accents don't count, nor how a phone is spelled."""
    app = app_of(ctx)
    cut = TABLE_MOST if limit is None and app.output.format == "table" else None
    hits = app.search.find(" ".join(words), types or (), cut + 1 if cut else (limit or None))
    app.output.many("search", hits, split(fields), cut=cut, filtered=True)

"""The options of ``crm import``: how a file is read, what its columns mean, and how its rows are put in."""

from __future__ import annotations

from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import DryRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FIELDS = "FIELD[,FIELD]"


def _one(option: str, metavar: str, about: str, **more: Any) -> Any:  # noqa: ANN401 - what Typer makes of it
    return Annotated[str | None, typer.Option(option, metavar=metavar, help=about, **more)]


def _several(option: str, metavar: str, about: str) -> Any:  # noqa: ANN401
    return Annotated[list[str] | None, typer.Option(option, metavar=metavar, help=about)]


def _switch(option: str, about: str) -> Any:  # noqa: ANN401
    return Annotated[bool, typer.Option(option, help=about)]


def _number(option: str, about: str) -> Any:  # noqa: ANN401
    return Annotated[int | None, typer.Option(option, metavar="N", min=0, help=about)]


READING: Mapping[str, Any] = {
    "format_in": _one("--format-in", "NAME", "What the file is, as xlsx or vcard. Recognised by itself."),
    "encoding": _one("--encoding", "NAME", "Of the file, as utf-8 or windows-1251. Found by itself."),
    "delimiter": _one("--delimiter", "CHARACTER", "Between cells: , ; tab or |. Found by itself."),
    "no_header": _switch("--no-header", "The first row is a record; columns are called A, B, C …"),
    "sheet": _one("--sheet", "NAME|N", "Of a workbook; the first one if not given."),
    "table": _one("--table", "NAME", "Of a database."),
    "query": _one("--query", "SQL", "Of a database: a SELECT."),
}
"""How the file is read."""

MEANING: Mapping[str, Any] = {
    "preset": _one("--preset", "NAME", "A known system's export, or a map that was saved. Recognised by its headers."),
    "map": _several(
        "--map",
        "COLUMN=FIELD",
        "Where a column goes: a field, company.website, custom.KEY, or - to leave it out; repeat.",
    ),
    "default": _several("--default", "FIELD=VALUE", "What a row gets where it has nothing; repeat."),
    "date_format": _several(
        "--date-format",
        "[COLUMN=]FORMAT",
        "Of dates, as %d/%m/%Y, or dmy, mdy, ymd, excel1904; found from the whole column where it can be; repeat.",
    ),
    "save_map": _one("--save-map", "NAME", "Keep this mapping; --preset NAME uses it again."),
    "interactive": _switch("--interactive", "Show the first rows as they would be read, and ask what columns mean."),
    "source": _one(
        "--source",
        "NAME",
        "The system the file comes from, by which its ids are known again; the file's name without ending if not given.",
    ),
}
"""What its columns mean."""

PLACING: Mapping[str, Any] = {
    "mode": _one("--mode", "create|update|upsert", "Only new records, only those there already, or both."),
    "key": _several(
        "--key",
        _FIELDS,
        "By what a record is known, and nothing else: external_id, email, phone, website, name, name+company, custom.KEY; "
        "the first that finds one. Repeat.",
    ),
    "update": _switch("--update", "Short for --mode upsert."),
    "on_duplicate": _one(
        "--on-duplicate", "skip|update|fail", "Of a record that is there already; update is --mode upsert."
    ),
    "fill_only": _several("--fill-only", _FIELDS, "Fields written only where the record has nothing; or all."),
    "overwrite": _several(
        "--overwrite", _FIELDS, "Fields whose values are replaced, those with several values too; or all."
    ),
    "append": _several("--append", _FIELDS, "Fields that are added to, texts on a new line; or all."),
    "skip_errors": _switch("--skip-errors", "Store the good rows though others are rejected (exit 7)."),
    "rejects": _one(
        "--rejects", "FILE", "Write the rejected rows there with the reason, to mend and import; store the others."
    ),
    "max_errors": _number("--max-errors", "Store nothing when more rows than this are rejected."),
    "resume": _switch(
        "--resume",
        "Store as it goes, every 5,000 rows, and go on where a run of the same file was killed; bad rows are skipped.",
    ),
    "dry_run": DryRun,
    "hooks": _switch("--hooks", "Run the hooks for each record."),
    "report": _one("--report", "text|json", "How to tell what was done."),
}
"""How its rows are put in."""

CREATE = Annotated[
    bool | None,
    typer.Option(
        "--create-contacts", help="Of a calendar: add those who take part in a meeting and are not known yet."
    ),
]
STAGE_MAP = _several("--stage-map", "THEIRS=OURS", "What a stage is called here; repeat.")
CURRENCY = _one("--currency", "CODE", "Of amounts that name none.")


def parameters(flags: Mapping[str, Any]) -> Callable[[], list[Parameter]]:
    """The options as parameters of a command, made when asked for."""

    def made() -> list[Parameter]:
        return [
            Parameter(name, Parameter.KEYWORD_ONLY, default=_default(kind), annotation=kind)
            for name, kind in flags.items()
        ]

    return made


def _default(kind: Any) -> bool | None:  # noqa: ANN401
    return False if kind.__origin__ is bool else None

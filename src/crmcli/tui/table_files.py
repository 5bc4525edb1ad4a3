"""A table, or what is marked in it, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import PLURAL
from crmcli.errors import BadValue, Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.render.table import Screen
    from crmcli.tui.modals.form import FormField
    from crmcli.tui.session import Session

SHOWN, EVERY = "those shown", "all there are"
_NO, _YES = "no", "yes"
_FORMATS = ("csv", "tsv", "xlsx", "json", "jsonl", "yaml", "markdown", "parquet")


def export_fields(noun: str) -> tuple[FormField, ...]:
    """What is asked before records are written into a file."""
    from crmcli.tui.modals.form import FormField

    return (
        FormField("file", "file", f"{PLURAL[noun]}.csv", "people.csv, or .xlsx, .json, .parquet …", required=True),
        FormField("columns", "columns", SHOWN, choices=(SHOWN, EVERY)),
        FormField("replace", "replace it", _NO, choices=(_NO, _YES)),
    )


def write_table(
    session: Session,
    noun: str,
    numbers: Sequence[int],
    columns: Sequence[str],
    answers: Mapping[str, str],
    screen: Screen,
) -> Path:
    """Write these records, in this order; the file's path. Raises BadValue, or what the store has against it."""
    from crmcli.io.writing.place import new_file
    from crmcli.render.files import Files, Listing, format_of
    from crmcli.services.exports import Exports

    path = Path(answers["file"].strip()).expanduser()
    form = format_of(path)
    if form not in _FORMATS:
        raise BadValue(
            "file", f"{path.name} does not say a format", hint=f"end it in {', '.join(map('.'.__add__, _FORMATS))}"
        )
    files = Files(session.desk.clock.zone, lambda: screen, session.desk.note)
    fields = columns if answers["columns"] == SHOWN else None
    try:
        with (
            Exports(session.desk).moment() as moment,
            new_file(path, replace=answers["replace"] == _YES) as file,
        ):
            views = moment.chosen(noun, numbers)
            files.write(file, form, Listing(noun, views, fields, moment.custom_keys(noun)))
    except Conflict as error:
        raise BadValue("file", f"{path} is there already", hint="choose yes below to replace it") from error
    return path


def said(result: Any) -> str:  # noqa: ANN401 - what came of a write
    """Where it went, when what came of a write is a file."""
    return f"written to {result}" if isinstance(result, Path) else ""

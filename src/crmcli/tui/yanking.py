"""A field or rows as text for the clipboard: CSV that no spreadsheet takes for a formula, or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.tui.screens.place import Place
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target

_AT_ONCE = 5_000  # rows; a terminal does not take more in one piece, and an export does it better


class Yank(NamedTuple):
    """What is to be copied: rows under names, or a single value (``is_field``); ``records`` are the rows as objects."""

    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    records: Sequence[Any]
    said: str
    is_field: bool = False


def a_field(name: str, value: Any) -> Yank:  # noqa: ANN401 - a field's value
    """One field's value."""
    from crmcli.domain.records import plain

    return Yank((name,), ((value,),), (plain(value),), name.replace("_", " "), is_field=True)


def some_rows(names: Sequence[str], rows: Sequence[tuple[Any, ...]], said: str) -> Yank:
    """Rows of anything under names."""
    from crmcli.domain.records import plain

    records = [dict(zip(names, map(plain, row), strict=True)) for row in rows]
    return Yank(names, rows, records, said)


def some_views(noun: str, views: Sequence[Any]) -> Yank:
    """Records as the shell's CSV and JSON have them."""
    from crmcli.domain.fields import PLURAL
    from crmcli.domain.records import as_record
    from crmcli.render.columns import all_columns
    from crmcli.render.formats import rows_of

    columns = tuple(all_columns(noun).values())
    number = getattr(views[0], "number", None) if len(views) == 1 else None
    said = f"#{number}" if number is not None else f"{len(views)} {PLURAL.get(noun, f'{noun}s')}"
    return Yank(
        [column.name for column in columns], list(rows_of(views, columns)), [as_record(view) for view in views], said
    )


def of_targets(session: Session, targets: Sequence[Target]) -> Yank:
    """The records at the cursor, or all marked ones, as they are now."""
    noun = targets[0].noun
    numbers = [target.number for target in targets if target.noun == noun][:_AT_ONCE]
    return some_views(noun, list(session.tables.page(noun, numbers).values()))


def text_of(yank: Yank, form: str) -> str:
    """The text: ``csv`` or ``json``; one field is its bare value, one row is one object."""
    from crmcli.render import formats

    if form == "json":
        return formats.json_object(list(yank.records) if len(yank.records) != 1 else yank.records[0]).rstrip("\n")
    from io import StringIO

    stream = StringIO(newline="")
    # The header of a single value is left out again, so it must be one line.
    formats.write_csv(stream, ("value",) if yank.is_field else yank.names, yank.rows, raw=False, safe=True)
    text = stream.getvalue().replace("\r\n", "\n")
    return text.partition("\n")[2].rstrip("\n") if yank.is_field else text


def yank(place: Place, form: str) -> None:
    """Copy what the screen has at its cursor."""
    found = place.to_yank()
    if found is None:
        place.notify("nothing here to copy", severity="warning", timeout=3)
        return
    question = found

    def answered() -> tuple[str, str]:
        wanted = question()
        return text_of(wanted, form), wanted.said

    def copied(answer: tuple[str, str]) -> None:
        text, said = answer
        place.app.copy_to_clipboard(text)
        place.notify(visible(f"copied {said} as {form.upper()}"), markup=False, timeout=3)

    place.read("yank", answered, copied, what="that can't be copied")

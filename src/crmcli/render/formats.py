"""Writers of the data formats; each turns an iterable of views into text as it comes, in constant memory."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from crmcli.domain.money import Money
from crmcli.domain.records import as_record, due_text, plain, utc_text
from crmcli.domain.views import Due, Link
from crmcli.errors import UsageError
from crmcli.render.safe import is_tsv_cell, json_text, spreadsheet_safe, tsv_cell, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TextIO

    from crmcli.domain.records import Value
    from crmcli.render.columns import Column

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown", "ids")

Row = tuple[Any, ...]


def cell(value: Value) -> str:
    """The value as the text of one cell: nothing cut, ISO 8601, UTC, a linked record by its name."""
    if value is None:
        return ""
    convert = _CELLS.get(value.__class__)
    if convert is not None:
        return convert(value)
    if hasattr(value, "items") or hasattr(value, "_fields"):
        return compact(value) if value else "{}"
    return str(value)


# What can't be a formula: a negative amount keeps its minus, and stays a number.
_FIGURES = frozenset({int, float, bool, Money, datetime, date, Due})


def names_of(values: tuple[Any, ...]) -> list[str]:
    """Texts as they are, linked records by their names."""
    return [value if value.__class__ is str else value.name for value in values]


def _several(values: tuple[Any, ...]) -> str:
    if values and values[0].__class__ not in (str, Link):
        return compact(values)
    names = names_of(values)
    joined = "; ".join(names)
    # A label with a comma in it, or a company with a semicolon, could not be told apart again: then it is a JSON array.
    return compact(names) if _is_torn(joined, len(names)) else joined


def _is_torn(joined: str, count: int) -> bool:
    """Whether an import would take the joined values for others than they are."""
    return (
        joined.count(";") >= max(count, 1)
        or any(mark in joined for mark in (",", "|", "\n", ":::"))
        or joined.startswith("[")
    )


_CELLS: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    float: repr,
    bool: lambda value: "true" if value else "false",
    datetime: utc_text,
    date: date.isoformat,
    Due: due_text,
    Money: lambda money: money.plain,
    Link: lambda link: link.name,
    tuple: _several,
    list: _several,
}


def compact(value: object) -> str:
    """The value as JSON on one line."""
    return json_text(_compact_encoder()(plain(value)))


@cache
def _compact_encoder() -> Callable[[object], str]:
    from json import JSONEncoder

    return JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def rows_of(views: Iterable[Any], columns: Sequence[Column]) -> Iterable[Row]:
    """The values of each view in these columns."""
    getters = [column.get for column in columns]
    return (tuple([get(view) for get in getters]) for view in views)


def tsv(names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Tab-separated lines under a header."""
    yield "\t".join(map(tsv_cell, names)) + "\n"
    for row in rows:
        cells: Iterable[str] = [cell(value) if value.__class__ is not str else value for value in row]
        # One look at the whole row spares a look at each of its cells.
        if not is_tsv_cell("".join(cells)):
            cells = map(tsv_cell, cells)
        yield "\t".join(cells) + "\n"


def write_csv(stream: TextIO, names: Sequence[str], rows: Iterable[Row], *, raw: bool, safe: bool) -> None:
    """Comma-separated rows under a header, after RFC 4180.

    Unless ``raw``, no cell of text can start a formula in a spreadsheet; if ``safe``, none can move a terminal.
    """
    import csv

    writer = csv.writer(stream)
    writer.writerow(names)
    guarded = (lambda text: text) if raw else spreadsheet_safe

    def text(value: object) -> str:
        shown = cell(value) if value.__class__ in _FIGURES else guarded(cell(value))
        return visible(shown, keep_newlines=True) if safe else shown

    writer.writerows([text(value) for value in row] for row in rows)


def json_array(records: Iterable[object], *, indent: int | None = None) -> Iterator[str]:
    """One JSON array, a record to a line unless indented; ``[]`` when there is none."""
    encode = _encoder(indent)
    before = "[\n"
    for record in records:
        yield before + encode(record)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def json_object(record: object) -> str:
    """One JSON value, indented."""
    return _encoder(2)(record) + "\n"


def jsonl(records: Iterable[object]) -> Iterator[str]:
    """A JSON value on each line."""
    encode = _encoder(None)
    for record in records:
        yield encode(record) + "\n"


def _encoder(indent: int | None) -> Callable[[object], str]:
    from json import JSONEncoder

    encode = JSONEncoder(ensure_ascii=False, check_circular=False, indent=indent).encode
    if indent is None:
        return lambda record: json_text(encode(record))
    # An indented text is never printable as a whole, for its newlines.
    return lambda record: "\n".join(map(json_text, encode(record).split("\n")))


def yaml_items(records: Iterable[object], *, safe: bool) -> Iterator[str]:
    """A YAML sequence, an item at a time; ``[]`` when there is none."""
    empty = True
    for record in records:
        empty = False
        yield yaml_text([record], safe=safe)
    if empty:
        yield "[]\n"


def yaml_text(value: object, *, safe: bool) -> str:
    """The value as a YAML document, its Unicode kept."""
    import yaml

    options: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": 100_000}
    try:
        text: str = yaml.dump(value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), **options)
    except UnicodeEncodeError:  # the fast dumper takes no lone surrogates, the slow one escapes them
        text = yaml.dump(value, Dumper=yaml.SafeDumper, **options)
    if "\\U" in text:  # the fast dumper escapes emoji, the slow one keeps them
        text = yaml.dump(value, Dumper=yaml.SafeDumper, **options)
    return visible(text, keep_newlines=True) if safe else text


def markdown(headers: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; a header is its text and its alignment."""
    yield _markdown_row([markdown_text(header) for header, _ in headers])
    yield _markdown_row(["---:" if align == "right" else "---" for _, align in headers])
    for row in rows:
        yield _markdown_row([markdown_text(text) for text in row])


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def markdown_text(text: str) -> str:
    """The text as it stands in a Markdown cell, none of it taken for markup."""
    lines = visible(text, keep_newlines=True)
    for mark in "\\|*`[":
        lines = lines.replace(mark, "\\" + mark)
    return lines.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def ids(noun: str, views: Iterable[Any]) -> Iterator[str]:
    """The uid of each view on a line."""
    for view in views:
        if not hasattr(view, "id"):
            raise UsageError(f"--format ids: a row of {noun} has no id", hint="--format tsv")
        yield f"{view.id}\n"


def records_of(views: Iterable[Any], columns: Sequence[Column] | None) -> Iterator[dict[str, object]]:
    """The views as JSON records: whole, or only the chosen columns."""
    if columns is None:
        yield from map(as_record, views)
        return
    for view in views:
        yield {column.name: plain(column.get(view)) for column in columns}

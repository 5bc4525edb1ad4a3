"""Records into files: which formats there are, and each of them written from one noun's views."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import VIEWS
from crmcli.errors import UsageError
from crmcli.render import formats
from crmcli.render.columns import all_columns, choose
from crmcli.render.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path
    from typing import BinaryIO, TextIO

    from crmcli.io.writing.columns import TypedColumn
    from crmcli.io.writing.sheet import Sheet
    from crmcli.render.columns import Column
    from crmcli.render.table import Screen

# Every format of a file, and how such files end.
ENDINGS: dict[str, tuple[str, ...]] = {
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "xlsx": (".xlsx",),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "yaml": (".yaml", ".yml"),
    "markdown": (".md", ".markdown"),
    "ids": (".txt",),
    "parquet": (".parquet", ".pq"),
    "vcard": (".vcf", ".vcard"),
    "vcard3": (),
    "ics": (".ics", ".ical"),
}
BINARY = frozenset({"xlsx", "parquet"})
_CHOSEN = frozenset(
    {"csv", "tsv", "xlsx", "json", "jsonl", "yaml", "markdown", "parquet"}
)  # where fields can be chosen
_PACKED = ".gz"
_SHAPES = {
    "str": "text", "int": "integer", "float": "number", "bool": "flag", "date": "date", "datetime": "moment",
    "Due": "due", "Money": "money", "Link": "link", "tuple[str, ...]": "texts", "tuple[Link, ...]": "links",
    "Mapping[str, object]": "json",
}  # fmt: skip


def format_of(path: Path) -> str | None:
    """The format of a file by how its name ends, packed or not; None for an ending that says nothing."""
    ending = path.with_suffix("").suffix if path.suffix == _PACKED else path.suffix
    return next((form for form, endings in ENDINGS.items() if ending.lower() in endings), None)


def refuse_unknown(form: str) -> None:
    """Raise UsageError for a format that no file has."""
    if form not in ENDINGS:
        from crmcli.domain.text import nearest

        near = nearest(form, list(ENDINGS))
        guess = f"did you mean {near}? " if near else ""
        raise UsageError(f"--format: no format {form} to export", hint=f"{guess}{', '.join(ENDINGS)}")


class Listing(NamedTuple):
    """The records of one noun on their way into a file: the columns asked for (None: all), the custom fields there are."""

    noun: str
    views: Iterable[Any]
    fields: Sequence[str] | None = None
    custom_keys: Collection[str] = ()

    @property
    def columns(self) -> tuple[Column, ...] | None:
        """The columns asked for; raises UsageError for one that does not exist."""
        return None if self.fields is None else choose(self.noun, self.fields, self.custom_keys)


class Files(NamedTuple):
    """How files are written: times of a spreadsheet in ``zone``, ``screen`` gives the user's way to write for people."""

    zone: tzinfo | None
    screen: Callable[[], Screen]
    warn: Callable[[str], None]
    raw: bool = False
    mark: bool = False  # a byte order mark before CSV, by which Excel knows UTF-8

    def write(self, file: BinaryIO, form: str, listing: Listing) -> None:
        """Write the records into a file as they come."""
        if form == "xlsx":
            self.workbook(file, [listing])
        elif form == "parquet":
            from crmcli.io.writing.parquet import write_parquet

            write_parquet(file, typed(listing), listing.views)
        else:
            text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
            if self.mark and form in ("csv", "tsv"):
                text.write("\ufeff")
            self.write_text(text, form, listing)
            text.flush()
            text.detach()

    def write_text(self, stream: TextIO, form: str, listing: Listing, *, is_terminal: bool = False) -> None:
        """Write the records as text; for a terminal, harmless."""
        writer = Writer(stream, form, is_terminal=is_terminal, raw=self.raw, screen=self.screen)
        writer.many(listing.noun, iter(listing.views), listing.columns)

    def workbook(self, file: BinaryIO, listings: Iterable[Listing]) -> None:
        """One workbook with a sheet for each noun."""
        from crmcli.io.writing.sheet import write_workbook

        cut = write_workbook(file, map(_sheet, listings), self.zone, formats.cell)
        if cut:
            self.warn(f"{cut:,} {'cell' if cut == 1 else 'cells'} cut: a cell of a workbook holds 32,767 characters")


def json_of_all(listings: Iterable[Listing], name: Callable[[str], str]) -> Iterator[str]:
    """One JSON object with an array of records for each noun."""
    before = "{"
    for listing in listings:
        texts = formats.json_array(formats.records_of(listing.views, None))
        yield f'{before}"{name(listing.noun)}": '
        yield from (text.rstrip("\n") if text.endswith("]\n") else text for text in texts)
        before = ",\n"
    yield "}\n"


def typed(listing: Listing) -> list[TypedColumn]:
    """The columns with what kind of value each holds, whatever the records."""
    from crmcli.io.writing.columns import TypedColumn

    chosen = listing.columns or tuple(all_columns(listing.noun).values())
    return [TypedColumn(column.name, _kind(listing.noun, column.name), column.get) for column in chosen]


def _sheet(listing: Listing) -> Sheet:
    from crmcli.domain.fields import PLURAL
    from crmcli.io.writing.sheet import Sheet

    return Sheet(PLURAL.get(listing.noun, f"{listing.noun}s"), typed(_spread(listing)), listing.views)


def _spread(listing: Listing) -> Listing:
    """A column for each custom field in place of one for all, unless columns were asked for."""
    if listing.fields is not None:
        return listing
    own = [name for name in all_columns(listing.noun) if name != "custom_fields"]
    return listing._replace(fields=[*own, *(f"custom.{key}" for key in sorted(listing.custom_keys))])


def _kind(noun: str, name: str) -> str:
    shape = cast("dict[str, str]", VIEWS[noun].__annotations__).get(name)
    if shape is None:
        return "text" if name in all_columns(noun) else "custom"
    return _SHAPES[shape.removesuffix(" | None")]


def refuse_fields(form: str) -> None:
    """Raise UsageError for a format in which no fields can be chosen."""
    if form not in _CHOSEN:
        raise UsageError(f"--fields: {form} has fields of its own", hint="--format csv")

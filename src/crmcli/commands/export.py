"""``crm export``: records into files for spreadsheets, address books, other programs, or another store."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands import completing
from crmcli.commands.shape import Fields, Filter, Noun, PlainVerb, Raw, Reverse, Sort, app_of, conditions, split
from crmcli.commands.verbs import SpelledOut, narrowings
from crmcli.domain.fields import PLURAL
from crmcli.errors import UsageError
from crmcli.services.records import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from crmcli.commands.shape import Shortcut
    from crmcli.context import AppContext
    from crmcli.render.files import Files, Listing
    from crmcli.services.exports import Moment

app = Noun(
    "Records into files: for a spreadsheet, an address book, another program, another store.", no_args_is_help=True
)

_NAMES = ("csv", "tsv", "xlsx", "json", "jsonl", "yaml", "markdown", "ids", "parquet", "vcard", "vcard3", "ics")
_FORMATS = f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
_WORDS = PLURAL | {"task": "tasks"}
_ZIP = ".zip"
_ALL = Query()

To = Annotated[
    str | None,
    typer.Option(
        "--output", "--out", metavar="FILE", help="Where to; its ending says the format. Standard output if not given."
    ),
]
Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-o",
        metavar="FORMAT",
        help=f"{_FORMATS}.",
        autocompletion=completing.one_of(_NAMES),
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Mark = Annotated[bool, typer.Option("--bom", help="Begin CSV with the mark by which Excel knows UTF-8.")]
Most = Annotated[int | None, typer.Option("--limit", min=0, metavar="N", help="At most N.")]


def _verb(noun: str, by: Sequence[str], about: str, examples: Sequence[str]) -> None:
    """The command that exports records of a noun; ``by`` are the fields with a shortcut beside ``--filter``."""
    kind = "activity" if noun == "task" else noun

    def export(
        ctx: typer.Context,
        output: To = None,
        format: Form = None,
        filter_: Filter = None,
        fields: Fields = None,
        sort: Sort = None,
        reverse: Reverse = False,
        limit: Most = None,
        raw: Raw = False,
        bom: Mark = False,
        force: Force = False,
        **given: Any,  # noqa: ANN401 - the shortcuts
    ) -> None:
        shortcuts = [each for name in by for each in narrowings(kind, name)]
        chosen: Iterable[Shortcut] = (each.with_value(given[each.parameter.name]) for each in shortcuts)
        query = Query(filter_, conditions(ctx, kind, chosen), sort, reverse, limit or None)
        target = _Target.of(ctx, output, format, raw=raw, bom=bom, force=force)
        with app_of(ctx).exports.moment() as moment:
            target.one(moment, noun, query, split(fields))

    command = SpelledOut(export, flags=lambda: [each.parameter for name in by for each in narrowings(kind, name)])
    app.verb(_WORDS[noun], examples=examples, help=about, cls=PlainVerb)(command)


_verb(
    "contact",
    ("tags", "companies", "deals", "owner", "lifecycle", "created_at"),
    "People. As cards (vcard) they are an address book.",
    [
        "crm export contacts --output people.xlsx",
        "crm export contacts --output people.vcf --tag press",
        "crm export contacts --fields name,emails,custom.segment --filter 'owner = me' > mine.csv",
    ],
)
_verb(
    "company",
    ("tags", "contacts", "deals", "owner", "industry", "country", "type", "created_at"),
    "Organisations.",
    ["crm export companies --output companies.csv --bom", "crm export companies --country Poland --format jsonl"],
)
_verb(
    "deal",
    ("tags", "company", "contacts", "owner", "stage", "pipeline", "value", "created_at"),
    "Deals. Amounts are numbers and dates are dates in xlsx and parquet.",
    [
        "crm export deals --output pipeline.xlsx --filter 'stage_kind = open'",
        "crm export deals --output deals.parquet --force",
    ],
)
_verb(
    "activity",
    ("type", "contacts", "company", "deal", "tags", "owner", "at"),
    "What was done and is planned, the newest first.",
    ["crm export activities --since -30d --format markdown", "crm export activities --output log.csv.gz"],
)
_verb(
    "task",
    ("status", "priority", "contacts", "company", "deal", "tags", "owner", "due"),
    "Things to do, and those that are done.",
    [
        "crm export tasks --output tasks.csv --filter 'status = planned'",
        "crm export tasks --output tasks.ics --owner me",
    ],
)


@app.verb(
    cls=PlainVerb,
    examples=["crm export calendar --output ~/public/crm.ics --force", "crm export calendar --filter 'owner = me'"],
)
def calendar(
    ctx: typer.Context,
    output: To = None,
    filter_: Filter = None,
    birthdays: Annotated[bool, typer.Option("--birthdays/--no-birthdays", help="With the birthdays of people.")] = True,
    force: Force = False,
) -> None:
    """A calendar to subscribe to. What is planned, the meetings, visits and calls of the last 90 days, birthdays."""
    target = _Target.of(ctx, output, "ics", raw=False, bom=False, force=force)
    target.calendar(filter_, birthdays=birthdays)


@app.verb(
    "all",
    cls=PlainVerb,
    examples=[
        "crm export all --output store.jsonl && crm --db new.db import all store.jsonl",
        "crm export all --output store.jsonl.gz",
        "crm export all --output everything.xlsx",
        "crm export all --format csv --output everything.zip",
    ],
)
def all_(
    ctx: typer.Context,
    output: To = None,
    format: Form = None,
    raw: Raw = False,
    bom: Mark = False,
    force: Force = False,
) -> None:
    """The whole store. As jsonl with all its history, for crm import all; else what is live, noun by noun.

    As csv and the like one file for each noun, in a folder or a .zip.
    """
    target = _Target.of(ctx, output, format, raw=raw, bom=bom, force=force, usual="jsonl", folders=True)
    if target.is_several:
        target.each_noun()
    elif target.form == "jsonl":
        target.whole_store()
    else:
        target.together()


class _Target:
    """Where an export goes and in which format."""

    def __init__(self, app: AppContext, place: Path | None, form: str, files: Files, *, force: bool) -> None:
        self.app = app
        self.place = place
        self.form = form
        self.files = files
        self.force = force

    @classmethod
    def of(
        cls,
        ctx: typer.Context,
        output: str | None,
        form: str | None,
        *,
        raw: bool,
        bom: bool,
        force: bool,
        usual: str = "csv",
        folders: bool = False,
    ) -> _Target:
        """The target that the options name; raises UsageError for a format there is not."""
        from crmcli.render.files import Files

        app = app_of(ctx)
        place = None if output in (None, "-") else Path(output or "").expanduser()
        several = folders and place is not None and _is_several(output or "", place)
        chosen = _chosen_format(app, place, form, usual, several=several)
        if chosen is None:
            raise UsageError(f"--output: {output} does not say a format", hint=f"--format {_FORMATS}")
        screen = app.output.screen
        files = Files(app.clock.zone, screen, app.output.warn, raw, bom)
        target = cls(app, place, chosen, files, force=force)
        target.is_several = several
        target.refuse_unfit()
        return target

    is_several = False

    def refuse_unfit(self) -> None:
        """Raise UsageError when what is no text would go to a terminal, or what is packed would be packed again."""
        from crmcli.io.writing.place import PACKED
        from crmcli.render.files import BINARY

        if self.place is not None and self.place.suffix == PACKED and self.form in BINARY:
            raise UsageError(f"{self.form} is packed as it is", hint=f"--output {self.place.with_suffix('')}")
        if self.place is None and self.form in BINARY and self.app.output.is_terminal:
            raise UsageError(f"{self.form} is not for a terminal", hint=f"--output FILE.{self.form}")

    # -- what goes there

    def one(self, moment: Moment, noun: str, query: Query, fields: Sequence[str] | None) -> None:
        """The records of one noun."""
        from crmcli.render.files import refuse_fields
        from crmcli.services.exports import CARDS, OF_PROGRAMS

        if fields is not None:
            refuse_fields(self.form)
        with self._progress(_WORDS[noun]) as counted:
            listing = counted(moment, noun, query, fields)
            if self.form in OF_PROGRAMS:
                left_out = _LeftOut(listing.views)
                self._lines(moment.texts(noun, self.form, iter(left_out)), _visible)
                if self.form in CARDS and left_out.said:
                    self.app.output.note(f"cards have no place for {left_out.said}")
            else:
                self._listing(listing)
        self._say(f"{counted.count:,} {noun if counted.count == 1 else _WORDS[noun]}")

    def calendar(self, filter_text: str | None, *, birthdays: bool) -> None:
        """A feed for a calendar."""
        self._lines(self.app.feeds.calendar(filter_text, birthdays=birthdays), _visible)
        self._say("a calendar")

    def whole_store(self) -> None:
        """Every row of the store with its history."""
        with self.app.output.progress("exporting the store") as progress:
            self._lines(self.app.carrying.out(progress.advance), _escaped)
        self._say("the whole store")

    def together(self) -> None:
        """All nouns in one file."""
        from crmcli.render.files import json_of_all
        from crmcli.services.exports import NOUNS

        if self.form not in ("json", "xlsx"):
            raise UsageError(f"all as {self.form} is several files", hint="--output FOLDER/ or --output FILE.zip")
        with self.app.exports.moment() as moment, self._progress("records") as counted:
            listings = (counted(moment, noun) for noun in NOUNS)
            if self.form == "json":
                self._lines(json_of_all(listings, PLURAL.__getitem__), _escaped)
            else:
                self._bytes(lambda file: self.files.workbook(file, listings))
        self._say(f"{counted.count:,} records")

    def each_noun(self) -> None:
        """A file for each noun, in a folder or an archive."""
        from crmcli.render.files import ENDINGS
        from crmcli.services.exports import NOUNS, OF_PROGRAMS

        if self.form in OF_PROGRAMS:
            raise UsageError(
                f"all can't be {self.form}", hint=f"crm export {OF_PROGRAMS[self.form][0]} --format {self.form}"
            )
        ending = ENDINGS[self.form][0]
        with self.app.exports.moment() as moment, self._progress("records") as counted:
            parts = ((f"{PLURAL[noun]}{ending}", counted(moment, noun)) for noun in NOUNS)
            self._archive(parts) if self._place.suffix == _ZIP else self._folder(parts)
        self._say(f"{counted.count:,} records")

    # -- how it gets there

    @property
    def _place(self) -> Path:
        assert self.place is not None
        return self.place

    def _listing(self, listing: Listing) -> None:
        from crmcli.render.files import BINARY

        if self.place is None and self.form not in BINARY:
            output = self.app.output
            self.files.write_text(output.stdout, self.form, listing, is_terminal=output.is_terminal)
            output.stdout.flush()
        else:
            self._bytes(lambda file: self.files.write(file, self.form, listing))

    def _lines(self, lines: Iterator[str], harmless: Callable[[str], str]) -> None:
        output = self.app.output
        if self.place is None:
            output.stdout.writelines(map(harmless, lines) if output.is_terminal else lines)
            output.stdout.flush()
        else:
            self._bytes(lambda file: file.writelines(line.encode() for line in lines))

    def _bytes(self, write: Callable[[BinaryIO], None]) -> None:
        from crmcli.io.writing.place import new_file, standard_output

        with (
            standard_output(self.app.output.stdout)
            if self.place is None
            else new_file(self.place, replace=self.force) as file
        ):
            write(file)

    def _folder(self, parts: Iterable[tuple[str, Listing]]) -> None:
        from crmcli.io.writing.place import make_folder, new_file, refuse_taken

        make_folder(self._place)
        for name, listing in parts:
            refuse_taken(self._place / name, replace=self.force)
            with new_file(self._place / name, replace=self.force) as file:
                self.files.write(file, self.form, listing)

    def _archive(self, parts: Iterable[tuple[str, Listing]]) -> None:
        from crmcli.io.writing.place import Archive, new_file

        with new_file(self._place, replace=self.force) as file, Archive(file, self.app.clock.local()) as archive:
            for name, listing in parts:
                with archive.part(name) as part:
                    self.files.write(part, self.form, listing)

    def _say(self, what: str) -> None:
        if self.place is not None:
            self.app.output.note(f"wrote {what} to {self.place}")

    @contextmanager
    def _progress(self, what: str) -> Iterator[_Counted]:
        with self.app.output.progress(f"exporting {what}") as progress:
            yield _Counted(progress.advance)


class _Counted:
    """Makes listings whose records are counted as they go by."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self.count = 0
        self._advance = advance

    def __call__(
        self,
        moment: Moment,
        noun: str,
        query: Query = _ALL,
        fields: Sequence[str] | None = None,
    ) -> Listing:
        from crmcli.render.files import Listing

        return Listing(noun, self._each(moment.records(noun, query)), fields, moment.custom_keys(noun))

    def _each(self, views: Iterator[Any]) -> Iterator[Any]:
        for view in views:
            self.count += 1
            self._advance(1)
            yield view


class _LeftOut:
    """Contacts as they go by, with a count of what a card can't hold."""

    def __init__(self, views: Iterable[Any]) -> None:
        self._views = views
        self._custom = 0
        self._companies = 0

    def __iter__(self) -> Iterator[Any]:
        for view in self._views:
            self._custom += bool(view.custom_fields)
            self._companies += len(getattr(view, "companies", ())) > 1
            yield view

    @property
    def said(self) -> str:
        """What was left out, in words; empty if nothing was."""
        counts = {"the custom fields": self._custom, "the second company": self._companies}
        return ", ".join(
            f"{what} of {count:,} {'contact' if count == 1 else 'contacts'}" for what, count in counts.items() if count
        )


def _chosen_format(app: AppContext, place: Path | None, form: str | None, usual: str, *, several: bool) -> str | None:
    """The format asked for, else that of the file's ending, else the one that everything is answered in."""
    from crmcli.render.files import ENDINGS, format_of, refuse_unknown

    if form is not None:
        refuse_unknown(form)
        return form
    if place is not None and not several and (place.is_file() or not place.exists()):
        return format_of(place)
    asked = app.output.format
    return asked if app.output.is_format_asked and asked in ENDINGS else "csv" if several else usual


def _is_several(output: str, place: Path) -> bool:
    return output.endswith("/") or place.is_dir() or place.suffix.lower() == _ZIP


def _escaped(text: str) -> str:
    """JSON as a terminal may be sent it."""
    from crmcli.render.safe import json_text

    return "\n".join(map(json_text, text.split("\n")))


def _visible(text: str) -> str:
    from crmcli.render.safe import visible

    return visible(text, keep_newlines=True)

"""One answer written to stdout in the format asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.records import VIEWS, as_record, noun_of, record_fields
from crmcli.errors import UsageError
from crmcli.render import formats
from crmcli.render.columns import all_columns, shown_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TextIO

    from crmcli.domain.records import View
    from crmcli.render.columns import Column
    from crmcli.render.table import Screen
    from crmcli.reports.report import Report


OBJECTS = ("json", "jsonl", "yaml")


class Writer:
    """Writes views, records and reports in one format; a table or picture is drawn on ``screen``."""

    def __init__(
        self, stdout: TextIO, form: str, *, is_terminal: bool, raw: bool, screen: Callable[[], Screen]
    ) -> None:
        self.stdout = stdout
        self.form = form
        self.is_terminal = is_terminal
        self.raw = raw
        self.screen = screen

    def many(self, noun: str, views: Iterator[Any], columns: Sequence[Column] | None) -> None:
        """The views of one noun, in these columns or those the format shows unasked."""
        if self.form == "table":
            self._lines(self._drawn(noun, views, columns))
        elif self.form == "ids":
            self.write(formats.ids(noun, views))
        elif self.form == "markdown":
            self._markdown(columns or shown_columns(noun), views)
        elif self.form in ("tsv", "csv"):
            self._rows(*_rows(noun, views, columns))
        else:
            self._records(formats.records_of(views, columns))

    def one(self, view: View, columns: Sequence[Column] | None) -> None:
        """One view or picture, in these columns or whole."""
        noun = noun_of(view)
        record = getattr(view, "record", view)
        if self.form == "ids":
            self.write(formats.ids(noun, [record]))
        elif self.form in OBJECTS:
            self._record(as_record(view) if columns is None else next(formats.records_of([view], columns)))
        elif columns is not None:
            self.many(noun, iter([view]), columns)
        elif self.form in ("tsv", "csv"):
            self.many(noun, iter([record]), None)
        elif self.form == "markdown":
            self._markdown_record(noun, record)
        else:
            from crmcli.render.pictures import picture

            self._lines(picture(view, self.screen()))

    def report(self, report: Report, *, explain: bool = False) -> None:
        """The rows of a report; for a person also its title, totals, chart and footing."""
        from crmcli.render import reports

        if self.form == "ids":
            raise UsageError(
                "--format ids: a report has no ids", hint="--drill for those of its records, or --format tsv"
            )
        if self.form == "table":
            self._lines(reports.report_lines(report, self.screen(), explain=explain))
        elif self.form == "markdown":
            headers = [(column.header, reports.align(column)) for column in report.columns]
            screen = self.screen()
            rows = ([text for text, _ in reports.cells(report, row, screen)] for row in report.rows)
            self.write(formats.markdown(headers, rows))
        elif self.form in ("tsv", "csv"):
            self._rows([column.name for column in report.columns], report.rows)
        else:
            self._records(reports.report_rows(report))

    def chart(self, report: Report) -> None:
        """The charts of a report as text; raises UsageError when it has none."""
        from crmcli.render.reports import chart_only

        self._lines(chart_only(report, self.screen()))

    def rows(self, names: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        """Rows of numbers, texts and None under names, as they come."""
        from crmcli.render import reports

        if self.form == "ids":
            rows = ((row[names.index("id")],) for row in rows) if "id" in names else rows
            self.write(f"{value}\n" for value, *_ in rows)
        elif self.form == "table":
            self._lines(reports.plain_lines(names, rows, self.screen()))
        elif self.form == "markdown":
            cells = ([formats.cell(value) for value in row] for row in rows)
            self.write(formats.markdown([(name, "left") for name in names], cells))
        elif self.form in ("tsv", "csv"):
            self._rows(names, rows)
        else:
            self._records(dict(zip(names, row, strict=True)) for row in rows)

    def envelope(self, report: Report, *, explain: bool = False) -> None:
        """The rows of a report with what is needed to trust them, and to explain them."""
        from crmcli.render import reports

        if self.form not in OBJECTS:
            raise UsageError(f"--envelope: {self.form} has no place for it", hint="--format json")
        self._record(reports.envelope(report, explain=explain))

    def value(self, record: object) -> None:
        """One plain object; raises UsageError where the format has no objects."""
        if self.form not in OBJECTS:
            raise UsageError(f"--format {self.form}: has no objects", hint="--format json")
        self._record(record)

    def write(self, texts: Iterable[str]) -> None:
        """The texts, as they come."""
        self.stdout.writelines(texts)
        self.stdout.flush()

    def _lines(self, lines: Iterable[str]) -> None:
        self.write(line + "\n" for line in lines)

    def _rows(self, names: Sequence[str], rows: Iterable[formats.Row]) -> None:
        if self.form == "tsv":
            self.write(formats.tsv(names, rows))
        else:
            formats.write_csv(self.stdout, names, rows, raw=self.raw, safe=self.is_terminal)
            self.stdout.flush()

    def _records(self, records: Iterable[object]) -> None:
        if self.form == "json":
            self.write(formats.json_array(records, indent=2 if self.is_terminal else None))
        elif self.form == "jsonl":
            self.write(formats.jsonl(records))
        else:
            self.write(formats.yaml_items(records, safe=self.is_terminal))

    def _record(self, record: object) -> None:
        if self.form == "json":
            self.write([formats.json_object(record)])
        elif self.form == "jsonl":
            self.write(formats.jsonl([record]))
        else:
            self.write([formats.yaml_text(record, safe=self.is_terminal)])

    def _drawn(self, noun: str, views: Iterator[Any], columns: Sequence[Column] | None) -> Iterator[str]:
        if columns is None and noun in ("today", "pipeline", "history"):
            from crmcli.render.pictures import LISTS

            return LISTS[noun](views, self.screen())
        from crmcli.render.table import table

        return table(columns or shown_columns(noun), views, self.screen(), keep_all=columns is not None)

    def _markdown(self, columns: Sequence[Column], views: Iterable[Any]) -> None:
        screen = self.screen()
        headers = [(column.header, column.align) for column in columns]
        self.write(formats.markdown(headers, (_whole_cells(columns, view, screen) for view in views)))

    def _markdown_record(self, noun: str, record: View) -> None:
        """A table of two columns: the fields that hold something, and what they hold."""
        columns = [column for column in all_columns(noun).values() if column.get(record) not in (None, (), "", {})]
        cells = _whole_cells(columns, record, self.screen())
        rows = ([column.name, text] for column, text in zip(columns, cells, strict=True))
        self.write(formats.markdown([("field", "left"), ("value", "left")], rows))


def _rows(noun: str, views: Iterator[Any], columns: Sequence[Column] | None) -> tuple[Sequence[str], Iterable[Any]]:
    names = record_fields(noun)
    if columns is None and names == VIEWS[noun]._fields:
        return names, views  # a view is a row as it stands
    chosen = columns or tuple(all_columns(noun).values())
    return [column.name for column in chosen], formats.rows_of(views, chosen)


def _whole_cells(columns: Sequence[Column], view: View, screen: Screen) -> list[str]:
    """The cells as a table has them, but whole: newlines kept, and no words for near days, which are soon wrong."""
    from crmcli.render.table import shown

    values = ((column.get(view), "text" if column.kind == "near" else column.kind) for column in columns)
    return [value if isinstance(value, str) else shown(value, kind, screen) for value, kind in values]

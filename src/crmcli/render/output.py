"""What commands call to answer: one door to stdout for views, reports and uids, in every format."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import PICTURES, noun_of
from crmcli.errors import UsageError
from crmcli.render.columns import choose, choose_picture
from crmcli.render.diagnostics import Diagnostics
from crmcli.render.formats import FORMATS
from crmcli.render.locale import Locale
from crmcli.render.writer import OBJECTS, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import TextIO

    from crmcli.domain.records import View
    from crmcli.errors import CrmError
    from crmcli.render.diagnostics import Progress
    from crmcli.render.table import Screen
    from crmcli.reports.campaigns import CampaignPage
    from crmcli.reports.report import Report

_DEFAULT_WIDTH = 80
_EMPTY = {
    "contact": ("contacts", "crm contact add NAME"),
    "company": ("companies", "crm company add NAME"),
    "deal": ("deals", "crm deal add TITLE"),
    "activity": ("activities", "crm log call WHAT --contact WHO"),
    "task": ("tasks", "crm task add WHAT --due WHEN"),
    "template": ("templates", "crm template add NAME --subject … --text FILE"),
    "segment": ("segments", "crm segment add NAME --filter 'tag = vip'"),
    "campaign": ("campaigns", "crm campaign add NAME --kind email --segment WHOM --template WHAT"),
    "member": ("members", "crm campaign edit NAME --segment WHOM, then crm campaign start NAME"),
    "cost": ("costs", "crm campaign cost add NAME AMOUNT"),
    "budget": ("budgets", "crm campaign edit NAME --budget AMOUNT"),
    "snapshot": ("snapshots", "crm segment snapshot NAME"),
    "history": ("changes", "crm contact add NAME"),
}


class Output:
    """Answers on stdout in the format asked for; everything else goes to stderr through ``diagnostics``."""

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        *,
        format: str | None = None,  # noqa: A002 - named after its flag
        quiet: bool = False,
        verbose: bool = False,
        color: bool | None = None,
        is_terminal: bool | None = None,
        width: int | None = None,
        locale: Locale | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        stdin: TextIO | None = None,
        can_ask: bool | None = None,
    ) -> None:
        _write_unicode(stdout)
        _write_unicode(stderr)
        self.stdout = stdout
        self.stdin: TextIO | None = sys.stdin if stdin is None else stdin
        self.is_terminal = stdout.isatty() if is_terminal is None else is_terminal
        self.color = _has_color() and self.is_terminal if color is None else color
        self.locale = locale or Locale()
        self.raw = False
        self._width = width
        self._now = now
        self._can_ask = can_ask
        stderr_color = stderr.isatty() and _has_color() and color is not False
        self.diagnostics = Diagnostics(stderr, quiet=quiet, verbose=verbose, color=stderr_color)
        self.format = "table" if self.is_terminal else "tsv"
        self.is_format_asked = False
        self.use_format(format)

    def use_format(self, name: str | None) -> None:
        """Answer in this format from now on; None leaves it as it is.

        Raises:
            UsageError: there is no such format; lists those there are.
        """
        if name is None:
            return
        if name not in FORMATS:
            raise UsageError(f"--format: no format {name}", hint=", ".join(FORMATS))
        self.format = name
        self.is_format_asked = True
        self.diagnostics.as_json = name in ("json", "jsonl")

    # Answers

    def many(
        self,
        noun: str,
        views: Iterable[Any],
        fields: Sequence[str] | None = None,
        *,
        custom_keys: Collection[str] = (),
        cut: int | None = None,
        total: int | None = None,
        filtered: bool = False,
    ) -> None:
        """A list of one noun's views.

        ``cut`` is the default limit that applied: give one view more than that, and a note on stderr says that there
        are more (of ``total``, if known). ``filtered`` words the note on an empty list.
        """
        columns = choose(noun, fields, custom_keys) if fields is not None else None
        coming = iter(views)
        counted = _Counted(coming if cut is None else islice(coming, cut))
        first = next(counted, None)
        listed: Iterator[Any] = counted if first is None else _with_first(first, counted)
        if first is None and self.format == "table":
            self._say_empty(noun, filtered=filtered)
        else:
            self._writer().many(noun, listed, columns)
        if cut is not None and counted.count == cut and next(coming, None) is not None:
            self.stdout.flush()
            known = f" of {total:,}" if total is not None else ""
            self.note(f"showing the first {cut}{known}; --limit 0 for all")

    def one(self, view: View, fields: Sequence[str] | None = None, *, custom_keys: Collection[str] = ()) -> None:
        """One record, bare or as a whole picture of it."""
        if fields is None:
            columns = None
        elif type(view) in PICTURES:
            columns = choose_picture(view, fields, custom_keys)
        else:
            columns = choose(noun_of(view), fields, custom_keys)
        self._writer().one(view, columns)

    def report(self, report: Report, *, envelope: bool = False, explain: bool = False) -> None:
        """A report: its rows, or in an envelope with what is needed to trust them; to explain them, what they mean.

        Raises:
            UsageError: the format has no envelopes, or the report no ids.
        """
        if envelope or (explain and self.format in OBJECTS):
            self._writer().envelope(report, explain=explain)
            return
        self._writer().report(report, explain=explain)
        self._tell(report)
        if explain and self.format != "table":
            from crmcli.render.report_words import told

            for line in told(report):
                self.note(line)

    def chart(self, report: Report) -> None:
        """The charts of a report in place of its rows; raises UsageError when it has none."""
        self._writer().chart(report)
        self._tell(report)

    def report_file(self, report: Report, path: str) -> None:
        """A report as a file; its name says which kind. Raises UsageError where that can't be written."""
        from crmcli.render.report_files import TELLING, kind_of, write_report

        write_report(path, report, self.screen(), raw=self.raw, warn=self.warn)
        if kind_of(path) not in TELLING:
            self._tell(report)
        self.message(f"wrote {path}")

    def _tell(self, report: Report) -> None:
        """What the figures leave out or come from, beside the answer."""
        notes = (*report.notes, *(note for part in report.parts for note in part.notes))
        if notes:
            self.stdout.flush()
        for note in dict.fromkeys(notes):
            self.note(note)

    def rows(self, names: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        """The rows of a question that is about no noun: numbers, texts and None."""
        self._writer().rows(names, rows)

    def month(self, items: Sequence[Any], start: date, end: date) -> None:
        """A month of a calendar as a grid."""
        from crmcli.render.month import month_lines

        self._writer().write(f"{line}\n" for line in month_lines(items, start, end, self.screen()))

    def campaign_page(self, page: CampaignPage) -> None:
        """The report of a campaign, to be read by a person."""
        from crmcli.render.campaign_report import campaign_page

        self._writer().write(f"{line}\n" for line in campaign_page(page, self.screen()))

    def uid(self, uid: str) -> None:
        """The uid of a new record, alone on its line."""
        self._writer().write([f"{uid}\n"])

    def lines(self, texts: Iterable[str]) -> None:
        """Texts that need no format, a line each, as they come."""
        self._writer().write(f"{text}\n" for text in texts)

    def value(self, record: Mapping[str, object]) -> None:
        """A plain JSON object that is no noun's record, in one of the structured formats."""
        self._writer().value(record)

    def text(self, text: str) -> None:
        """Plain text that was asked for: a path, a completion script."""
        self._writer().write([text if text.endswith("\n") else text + "\n"])

    # Beside the answer, on stderr

    def message(self, text: str) -> None:
        """What was done, unless the user asked for quiet."""
        self.diagnostics.note(text)

    def note(self, text: str) -> None:
        """Something worth a line, unless the user asked for quiet."""
        self.diagnostics.note(text)

    def warn(self, text: str) -> None:
        """Something the user should know, though the command went on."""
        self.diagnostics.warning(text)

    def detail(self, text: str) -> None:
        """Something only ``--verbose`` shows."""
        self.diagnostics.detail(text)

    def error(self, error: CrmError) -> None:
        """Why the command failed, after what was answered so far."""
        self.diagnostics.error(error)

    def progress(self, label: str, total: int | None = None, *, rate: bool = False) -> Progress:
        """A line that shows how far the work is, with ``rate`` how fast and how long it will take, on a terminal only."""
        return self.diagnostics.progress(label, total, rate=rate)

    @property
    def can_ask(self) -> bool:
        """Whether there is someone to ask: a terminal to read from and one to ask on."""
        if self._can_ask is not None:
            return self._can_ask
        # A program started with its stdin closed has none.
        return self.stdin is not None and self.stdin.isatty() and self.diagnostics.stderr.isatty()

    def confirm(self, question: str, *, flag: str = "--yes") -> bool:
        """Whether the user says yes.

        Raises:
            UsageError: there is no one to ask; names the flag that answers.
        """
        if self.stdin is None or not self.can_ask:
            raise UsageError(f"{question} there is no terminal to ask on", hint=flag)
        self.diagnostics.ask(question)
        answer = self.stdin.readline()
        if not answer:
            self.diagnostics.unanswered()
        return answer.strip().lower() in ("y", "yes")

    def typed(self, question: str, *, flag: str) -> str:
        """The words that the user types in answer.

        Raises:
            UsageError: there is no one to ask; names the flag that answers.
        """
        if self.stdin is None or not self.can_ask:
            raise UsageError(f"{question} there is no terminal to ask on", hint=flag)
        self.diagnostics.prompt(question)
        answer = self.stdin.readline()
        if not answer:
            self.diagnostics.unanswered()
        return answer.strip()

    # How it is written

    def screen(self) -> Screen:
        """What tables and pictures are drawn on."""
        from crmcli.render.table import Screen

        return Screen(self.width, self.color, self.locale, self.locale.local(self._now()))

    @property
    def width(self) -> int:
        """Cells across: as given, from ``COLUMNS``, the terminal's own, else 80."""
        if self._width is not None:
            return self._width
        columns = os.environ.get("COLUMNS", "")
        if columns.isdecimal() and int(columns):
            return int(columns)
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or _DEFAULT_WIDTH
        except (OSError, ValueError):
            return _DEFAULT_WIDTH

    def _writer(self) -> Writer:
        return Writer(self.stdout, self.format, is_terminal=self.is_terminal, raw=self.raw, screen=self.screen)

    def _say_empty(self, noun: str, *, filtered: bool) -> None:
        if noun == "today":
            self.note("nothing needs you today")
        elif noun == "search" or (filtered and noun not in _EMPTY):
            self.note("nothing found")
        elif noun not in _EMPTY:
            self.note("nothing yet")
        elif filtered:
            self.note(f"no {_EMPTY[noun][0]} match")
        else:
            self.note("no {} yet (try: {})".format(*_EMPTY[noun]))


class _Counted:
    """An iterator that knows how many it has given."""

    def __init__(self, views: Iterator[Any]) -> None:
        self._views = views
        self.count = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> View:
        view = next(self._views)
        self.count += 1
        return view


def _with_first(first: View, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _write_unicode(stream: TextIO) -> None:
    """Write UTF-8 whatever the machine's code page, without failing on half a character, and newlines as they are."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _has_color() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

"""Everything on stderr: errors, warnings, notes, progress and questions; none of it can move a terminal."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from crmcli.errors import FilterError
from crmcli.render.safe import json_text, visible
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from typing import Self, TextIO

    from crmcli.errors import CrmError

_REDRAW_SECONDS = 0.1
_BAR_CELLS = 24


class Diagnostics:
    """The one owner of stderr."""

    def __init__(
        self, stderr: TextIO, *, as_json: bool = False, quiet: bool = False, verbose: bool = False, color: bool = False
    ) -> None:
        self.stderr = stderr
        self.as_json = as_json
        self.quiet = quiet
        self.verbose = verbose
        self.color = color
        self._progress: Progress | None = None  # what stands on the last line just now

    def error(self, error: CrmError) -> None:
        """One line, and the error's details below it; with JSON one object instead."""
        if self.as_json:
            self._write(_json_error(error))
            return
        hint = f" ({visible(error.advice)})" if error.hint else ""
        self._write(f"crm: {self._painted('error')}: {visible(error.message)}{hint}")
        for line in _details(error):
            self._write(line)

    def warning(self, text: str) -> None:
        """Something the user should know, though the command went on."""
        self._write(f"crm: {self._painted('warning')}: {visible(text)}")

    def note(self, text: str) -> None:
        """Something worth a line, unless the user asked for quiet."""
        if not self.quiet:
            self._write(visible(text))

    def detail(self, text: str) -> None:
        """Something only who asked for more wants to know."""
        if self.verbose and not self.quiet:
            self._write(visible(text))

    def progress(self, label: str, total: int | None = None, *, rate: bool = False) -> Progress:
        """A line that shows how far the work is, on a terminal only: ``with … as progress: progress.advance()``.

        With ``rate`` it also says how fast it goes and how long it will take.
        """
        shown = self.stderr.isatty() and not self.quiet
        self._progress = Progress(self.stderr, label, total, shown=shown, rate=rate)
        return self._progress

    def ask(self, question: str) -> None:
        """Put a question of yes or no, and leave the cursor behind it."""
        self.prompt(f"{question} [y/N]")

    def prompt(self, question: str) -> None:
        """Put a question, and leave the cursor behind it."""
        self.stderr.write(f"{visible(question)} ")
        self.stderr.flush()

    def unanswered(self) -> None:
        """End the line of a question that got no answer, as after Ctrl-D."""
        self._write("")

    def _painted(self, word: str) -> str:
        return paint(word, word, color=self.color)

    def _write(self, line: str) -> None:
        if self._progress is not None:
            self._progress.wipe()
        self.stderr.write(line + "\n")
        self.stderr.flush()


class Progress:
    """One line on the terminal, redrawn in place and wiped when the work is over."""

    def __init__(self, stream: TextIO, label: str, total: int | None, *, shown: bool, rate: bool = False) -> None:
        self._stream = stream
        self._rate = rate
        self._began_at = monotonic()
        self._label = visible(label)
        self._total = total
        self._shown = shown
        self._drawn_at = 0.0
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Leave the line empty, for what is written next; the next drawing brings it back."""
        if self._drawn_at:
            self._drawn_at = 0.0
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def advance(self, steps: int = 1) -> None:
        """Count the steps, and redraw when the last drawing is old enough."""
        self.done += steps
        now = monotonic()
        if self._shown and now - self._drawn_at >= _REDRAW_SECONDS:
            self._drawn_at = now
            self._stream.write(f"\r\x1b[K{self.line()}")
            self._stream.flush()

    def line(self) -> str:
        """How far it is: label, bar and share when the total is known, else label and count."""
        if not self._total:
            return f"{self._label} {self.done:,}{self._speed()}"
        share = min(self.done / self._total, 1.0)
        full = int(share * _BAR_CELLS)
        return f"{self._label} {'█' * full}{'░' * (_BAR_CELLS - full)} {share:4.0%} {self.done:,}/{self._total:,}{self._speed()}"

    def _speed(self) -> str:
        """How fast it goes, and how long the rest will take, once there is something to tell it by."""
        seconds = monotonic() - self._began_at
        if not self._rate or not self.done or seconds < 1:
            return ""
        told = f", {self.done / seconds:,.0f}/s"
        if not self._total:
            return told
        left = int(max(self._total - self.done, 0) * seconds / self.done)
        return f"{told}, {left // 3600}:{left // 60 % 60:02d}:{left % 60:02d} left"


def _details(error: CrmError) -> list[str]:
    if not isinstance(error, FilterError):
        return [visible(line) for line in error.details]
    # The caret has to stand below the column as it is seen, where a character may take two cells or be spelled out.
    from crmcli.render.cells import width

    before = visible(error.text[: error.column - 1])
    return [f"  {visible(error.text)}", "  " + " " * width(before) + "^"]


def _json_error(error: CrmError) -> str:
    import json

    body: dict[str, object] = {"code": error.code, "message": error.message, "hint": error.hint}
    if error.details:
        body["details"] = list(error.details)
    return json_text(json.dumps({"error": body}, ensure_ascii=False))

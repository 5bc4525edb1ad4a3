"""How fast the screens are on 100,000 contacts and 10,000 open deals: first paint, key to repaint, search, memory."""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from example_stores import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.tui.app import CrmApp

CONTACTS, DEALS = 100_000, 15_000
SIZE = (140, 42)
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("here it is")
Empty().run()
"""
# What is pressed on each screen, over and over, after it has come to rest.
KEYS: dict[str, Sequence[str]] = {
    "today": ["j", "j", "k", "pagedown", "G", "g"],
    "board": ["j", "j", "j", "k", "right", "pagedown", "pagedown", "G", "g", "left"],
    "contacts": ["j", "j", "j", "k", "pagedown", "pagedown", "G", "pageup", "g", "space", "space"],
    "companies": ["j", "j", "k", "pagedown", "G", "g"],
    "deals": ["j", "j", "j", "k", "pagedown", "pagedown", "G", "pageup", "g"],
    "activity": ["j", "j", "k", "pagedown", "pagedown", "G", "g"],
    "campaigns": ["j", "k"],
    "reports": ["j", "j", "k", "pagedown", "G", "g"],
    "history": ["j", "j", "k", "pagedown", "G", "g"],
}
# On each report, once its figures are there: among them, another figure as chart, no chart and the chart again.
ON_REPORT = ["j", "k", "pagedown", "G", "g", "v", "c", "c"]
SLOW_REPORTS = ("hygiene",)  # it goes through all records for minutes; the others are walked through
FIGURES_SECONDS = 20.0
ROUNDS = 6
SEARCHES = ("anna kowalska", "person4711", "deal 99", "петров", "+35988", "company 17")
NARROWINGS = ("anna", "note 4", "петров", "a o e i")
AIMS = {"first paint": 1.0, "key": 0.050, "form": 0.100, "search": 0.100, "memory": 250.0}


class Paints:
    """When the screen was last painted; what a terminal would be sent is made, too."""

    def __init__(self, app: CrmApp) -> None:
        self._app = app
        self.last = self._first = 0.0
        self._painted = asyncio.Event()
        paint = app._display  # noqa: SLF001 - every paint goes through it

        def display(screen: object, drawn: Any) -> None:  # noqa: ANN401 - whatever is drawn
            paint(screen, drawn)  # type: ignore[arg-type]
            if drawn is None or screen is not app.screen:
                return
            if hasattr(drawn, "render_segments"):  # the driver without a terminal leaves it out
                drawn.render_segments(app.console)
            self.last = time.perf_counter()
            if not self._painted.is_set():
                self._first = self.last
            self._painted.set()

        app._display = display  # type: ignore[method-assign,assignment]  # noqa: SLF001

    async def next(self, patience: float) -> float | None:
        """When it is painted next, however late that is heard of; None when it is not for so many seconds."""
        self._painted.clear()
        try:
            await asyncio.wait_for(self._painted.wait(), patience)
        except TimeoutError:
            return None
        return self._first

    async def first(self, act: Callable[[], object], patience: float = 1.0) -> list[float]:
        """Seconds from doing something to the first paint after it; none when nothing is painted."""
        start = time.perf_counter()
        act()
        painted = await self.next(patience)
        return [painted - start] if painted is not None else []

    async def settled(self, act: Callable[[], object], patience: float = 0.3) -> list[float]:
        """Seconds from doing something to the last paint that it brings about."""
        start = time.perf_counter()
        act()
        last = start
        while await self.next(patience) is not None:
            last = self.last
        return [last - start] if last > start else []

    def still(self) -> None:
        """Keep the cursors of lines from blinking: that is not what anyone waits for."""
        from textual.widgets import Input

        for line in self._app.screen.query(Input):
            line.cursor_blink = False

    async def rest(self, calm: float = 0.6) -> None:
        """Wait until nothing was painted for a while."""
        while await self.next(calm) is not None:
            self.still()


class Drive:
    """Hands on the keys, and what they were kept waiting."""

    def __init__(self, app: CrmApp, paints: Paints, show: Callable[[str, Sequence[float], float], None]) -> None:
        self.app, self.paints, self.show = app, paints, show

    def press(self, key: str) -> None:
        """Press a key as the terminal does; a space is a character as well."""
        from textual.events import Key

        character = " " if key in (" ", "space") else key if len(key) == 1 else None
        self.app.post_message(Key("space" if character == " " else key, character))

    def visit(self, screen: str) -> None:
        """Go to a screen, as its digit does."""
        from crmcli.tui.trail import Spot

        self.app._warming.pressed()  # noqa: SLF001 - as any key does
        self.app.visit(Spot(screen))

    async def keys(self, keys: Sequence[str], rounds: int = ROUNDS) -> list[float]:
        """Seconds from each key to the first paint after it."""
        taken: list[float] = []
        for key in [*keys] * rounds:
            taken += await self.paints.first(lambda key=key: self.press(key), 0.5)  # type: ignore[misc]
            await asyncio.sleep(0.03)
        return taken

    async def go(self, *keys: str) -> None:
        """Press keys that are not measured."""
        for key in keys:
            self.press(key)
            await self.paints.rest(0.3)

    async def screens(self) -> None:
        """Every screen opened, worked on, and opened again and again."""
        for screen, keys in KEYS.items():
            first = await self.paints.first(lambda screen=screen: self.visit(screen), 5)  # type: ignore[misc]
            await self.paints.rest()
            self.show(f"{screen}: opened", first, AIMS["key"])
            if screen == "reports":
                # The first figures are still being worked out: what goes to other ones does not wait for that.
                early = await self.keys(["tab", "tab", "shift+tab", "shift+tab"], 1)
                self.show("reports: key before figures", early, AIMS["key"])
                await self.figures()
            self.show(f"{screen}: key to repaint", await self.keys(keys), AIMS["key"])
        again: dict[str, list[float]] = {screen: [] for screen in KEYS}
        for screen in [*KEYS] * ROUNDS:
            again[screen] += await self.paints.first(lambda screen=screen: self.visit(screen), 5)  # type: ignore[misc]
            await self.paints.rest(0.1)
        for screen, times in again.items():
            self.show(f"{screen}: opened again", times, AIMS["key"])

    async def figures(self) -> None:
        """Wait until the chosen report is worked out."""
        end = time.perf_counter() + FIGURES_SECONDS
        while not getattr(self.app.screen, "is_answered") and time.perf_counter() < end:  # noqa: B009 - only reports have it
            await asyncio.sleep(0.02)
        await self.paints.rest(0.3)

    async def reports(self) -> None:
        """From report to report, each worked on; then down to the records behind a row, and back."""
        from crmcli.reports.catalogue import QUESTIONS

        self.visit("reports")
        await self.paints.rest()
        other: list[float] = []
        on_it: list[float] = []
        for _ in range(sum(question.name not in SLOW_REPORTS for question in QUESTIONS) - 1):
            other += await self.keys(["tab"], 1)
            await self.figures()
            on_it += await self.keys(ON_REPORT, 1)
        self.show("reports: another report", other, AIMS["key"])
        self.show("reports: key on each", on_it, AIMS["key"])
        down: list[float] = []
        back: list[float] = []
        getattr(self.app.screen, "choose")("pipeline")  # noqa: B009 - only reports have it
        for _ in range(ROUNDS):
            await self.figures()
            down += await self.keys(["enter"], 1)
            await self.paints.rest()
            if self.app.screen is not self.app.place:  # it asks which of the row's records are meant
                down += await self.keys(["enter"], 1)
                await self.paints.rest()
            back += await self.keys(["left_square_bracket"], 1)
        self.show("reports: down to records", down, AIMS["key"])
        self.show("reports: back from them", back, AIMS["key"])

    async def board(self) -> None:
        """Cards moved to the next stage and back, without swimlanes and with them."""
        for name in ("", " with swimlanes"):
            self.visit("board")
            await self.paints.rest()
            if name:
                self.show("board: swimlanes", await self.keys(["S"], 1), AIMS["key"])
                await self.paints.rest()
                self.show(f"board{name}: j", await self.keys(["j", "j", "pagedown", "G", "g"]), AIMS["key"])
            moved: list[float] = []
            for key in ["L", "H"] * ROUNDS:
                moved += await self.keys([key], 1)
                await self.paints.rest(0.4)
            self.show(f"board{name}: move", moved, AIMS["key"])
        await self.go("S", "S")

    async def record(self) -> None:
        """A contact's page, from the table and back."""
        opened: list[float] = []
        for _ in range(ROUNDS):
            self.visit("contacts")
            await self.paints.rest(0.2)
            await self.go("j")
            opened += await self.keys(["enter"], 1)
            await self.paints.rest(0.3)
        self.show("record: opened", opened, AIMS["key"])
        self.show("record: key to repaint", await self.keys(["j", "k", "tab", "j", "pagedown"]), AIMS["key"])

    async def forms(self) -> None:
        """A form with all fields: opened, and typed into."""
        self.visit("contacts")
        await self.paints.rest()
        opened, typed, settled = [], [], []
        for _ in range(ROUNDS):
            opened += await self.keys(["n"], 1)
            await self.paints.rest(0.3)
            typed += await self.keys("Anna Q", 1)
            await self.go("ctrl+u", "escape")  # with nothing typed there is no draft to be brought back
            settled += await self.paints.settled(lambda: self.press("n"))
            await self.go("escape")
        self.show("form: opened", opened, AIMS["form"])
        self.show("form: opened until at rest", settled, 3 * AIMS["form"])
        self.show("form: key to repaint", typed, AIMS["key"])

    async def narrowing(self) -> None:
        """Words typed that narrow the table of contacts at once."""
        self.visit("contacts")
        await self.paints.rest()
        painted: list[float] = []
        answered: list[float] = []
        whole: list[float] = []
        for words in NARROWINGS:
            await self.go("f")
            painted += await self.keys(words, 1)
            await self.go("escape", "f")
            for place, letter in enumerate(words):
                first, last = await self._rows(letter, words[: place + 1].strip())
                answered += first
                whole += last
            await self.go("escape", "escape")
        self.show("narrowing: key to repaint", painted, AIMS["key"])
        self.show("narrowing: keystroke to rows", answered, AIMS["search"])
        self.show("narrowing: keystroke to all rows", whole, 3 * AIMS["search"])

    async def _rows(self, letter: str, words: str) -> tuple[list[float], list[float]]:
        """Seconds until rows that hold the words are seen, and until all of them are there."""
        start = time.perf_counter()
        self.press(letter)
        first: list[float] = []
        last: list[float] = []
        while (painted := await self.paints.next(0.3)) is not None:
            if getattr(self.app.screen, "asked").quick == words:  # noqa: B009 - only tables have it
                first = first or [painted - start]
                last = [self.paints.last - start]
        return first, last

    async def searches(self) -> None:
        """Words typed into the search box."""
        taken: list[float] = []
        for words in SEARCHES:
            await self.go("ctrl+k")
            for letter in words:
                taken += await self.paints.settled(lambda letter=letter: self.press(letter))  # type: ignore[misc]
            await self.go("escape")
        self.show("search: keystroke to answer", taken, AIMS["search"])


async def measured(store: Path, size: tuple[int, int], show: Callable[[str, Sequence[float], float], None]) -> None:
    """Drive every screen, forms, and the search box."""
    from crmcli.context import AppContext, Flags
    from crmcli.tui.app import CrmApp
    from crmcli.tui.session import Session

    app = CrmApp(Session(AppContext(Flags(store=str(store), quiet=True))), start="today", theme="crm-dark")
    async with app.run_test(size=size):
        paints = Paints(app)
        await paints.rest(2.5)  # a user looks at the first screen for a moment, too
        drive = Drive(app, paints, show)
        parts = (drive.screens, drive.reports, drive.record, drive.forms, drive.narrowing, drive.searches, drive.board)
        for part in parts:
            await part()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':<32} {peak:7.0f} MB   aim {AIMS['memory']:.0f}")


def first_paint(command: Sequence[str], wanted: bytes, environment: dict[str, str]) -> float:
    """Seconds from the start of a process until it has drawn a text on its terminal."""
    master, slave = pty.openpty()
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    seen = b""
    try:
        while wanted not in seen:
            seen += os.read(master, 65536)
        taken = time.perf_counter() - start
        drain = threading.Thread(target=_read_on, args=(master,), daemon=True)
        drain.start()
    finally:
        process.kill()
        process.wait()
    return taken


def _read_on(master: int) -> None:
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        return


def first_paints(store: Path, rounds: int) -> None:
    """Start the program and Textual's empty application in turn."""
    crm = str(Path(sys.executable).with_name("crm"))
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "140", "LINES": "42", "CRM_DB": str(store)}
    for screen, wanted in (("board", b"Deal"), ("today", b"Deal"), ("contacts", b"person")):
        ours, empty = [], []
        for _ in range(rounds):
            empty.append(first_paint([sys.executable, "-c", EMPTY], b"here it is", environment))
            ours.append(first_paint([crm, "tui", screen], wanted, environment))
        beyond = statistics.median(ours) - statistics.median(empty)
        print(
            f"{screen + ': first paint':<32} {statistics.median(ours):7.2f} s, {beyond:.2f} s beyond Textual's empty app"
            f" ({statistics.median(empty):.2f} s)   aim {AIMS['first paint']:.1f}"
        )


def show(name: str, times: Sequence[float], aim: float) -> None:
    """One line: median and 95th percentile in milliseconds."""
    if times:
        late = sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
        print(
            f"{name:<32} median {statistics.median(times) * 1000:6.1f} ms  p95 {late * 1000:6.1f} ms  aim {aim * 1000:.0f}"
        )


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store made before; default: one is made")
    parser.add_argument("--rounds", type=int, default=5, help="how often the program is started; 0 to leave that out")
    parser.add_argument("--size", type=int, nargs=2, metavar=("COLUMNS", "LINES"), default=SIZE)
    options = parser.parse_args()
    os.environ["CRM_USER"] = "bench"  # whose records they are
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder  # nothing is remembered of how the screens were left last time
        store = options.store or build(Path(folder), CONTACTS, DEALS)
        if options.rounds:
            first_paints(store, options.rounds)
        asyncio.run(measured(store, tuple(options.size), show))


if __name__ == "__main__":
    main()

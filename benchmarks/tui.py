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
from typing import TYPE_CHECKING

from example_stores import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    "contacts": ["j", "j", "j", "k", "pagedown", "pagedown", "G", "pageup", "g"],
    "companies": ["j", "j", "k", "pagedown", "G", "g"],
    "deals": ["j", "j", "j", "k", "pagedown", "pagedown", "G", "pageup", "g"],
    "activity": ["j", "j", "k", "pagedown", "pagedown", "G", "g"],
    "campaigns": ["j", "k"],
    "reports": ["j", "k"],
    "history": ["j", "j", "k", "pagedown", "G", "g"],
}
SEARCHES = ("anna kowalska", "person4711", "deal 99", "петров", "+35988", "company 17")
AIMS = {"first paint": 1.0, "key": 0.050, "search": 0.100, "memory": 250.0}


class Paints:
    """When the screen was last painted."""

    def __init__(self, app: CrmApp) -> None:
        self.last = 0.0
        self._painted = asyncio.Event()
        paint = app._display  # noqa: SLF001 - every paint goes through it

        def display(*arguments: object) -> None:
            paint(*arguments)  # type: ignore[arg-type]
            self.last = time.perf_counter()
            self._painted.set()

        app._display = display  # type: ignore[method-assign,assignment]  # noqa: SLF001

    async def next(self, patience: float) -> float | None:
        """When it is painted next, None when it is not for so many seconds."""
        self._painted.clear()
        try:
            await asyncio.wait_for(self._painted.wait(), patience)
        except TimeoutError:
            return None
        return self.last


def press(app: CrmApp, key: str) -> None:
    """Press a key as the terminal does."""
    from textual.events import Key

    app.post_message(Key(key, key if len(key) == 1 else None))


async def repaint(app: CrmApp, paints: Paints, key: str) -> float | None:
    """Seconds from a key to the first paint after it."""
    start = time.perf_counter()
    press(app, key)
    painted = await paints.next(0.5)
    return None if painted is None else painted - start


async def measured(store: Path, show: Callable[[str, Sequence[float], float], None]) -> None:
    """Drive every screen, and the search box."""
    from crmcli.context import AppContext, Flags
    from crmcli.tui.app import CrmApp
    from crmcli.tui.session import Session
    from crmcli.tui.trail import Spot

    app = CrmApp(Session(AppContext(Flags(store=str(store), quiet=True))), start="board", theme="crm-dark")
    async with app.run_test(size=SIZE):
        paints = Paints(app)
        for screen, keys in KEYS.items():
            start = time.perf_counter()
            app.visit(Spot(screen))
            first = await paints.next(5)
            await rest(paints)
            show(f"{screen}: opened", [first - start if first else 0.0], AIMS["key"])
            times = [taken async for taken in _repaints(app, paints, keys)]
            show(f"{screen}: key to repaint", times, AIMS["key"])
            start = time.perf_counter()
            app.visit(Spot("board" if screen != "board" else "today"))
            app.visit(Spot(screen))
            again = await paints.next(5)
            show(f"{screen}: opened again", [again - start if again else 0.0], AIMS["key"])
            await rest(paints)
        show("search: keystroke to answer", [each async for each in _searches(app, paints)], AIMS["search"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':<32} {peak:7.0f} MB   aim {AIMS['memory']:.0f}")


async def _repaints(app: CrmApp, paints: Paints, keys: Sequence[str]) -> Iterator[float]:  # type: ignore[misc]
    for _ in range(6):
        for key in keys:
            taken = await repaint(app, paints, key)
            if taken is not None:
                yield taken
            await asyncio.sleep(0.03)


async def _searches(app: CrmApp, paints: Paints) -> Iterator[float]:  # type: ignore[misc]
    for words in SEARCHES:
        press(app, "ctrl+k")
        await asyncio.sleep(0.5)
        for letter in words:
            start = time.perf_counter()
            press(app, "space" if letter == " " else letter)
            last = start
            while (painted := await paints.next(0.25)) is not None:  # the letter itself, then what was found
                last = painted
            yield last - start
        press(app, "escape")
        await asyncio.sleep(0.2)


async def rest(paints: Paints) -> None:
    """Wait until nothing was painted for a while."""
    while await paints.next(0.6) is not None:
        pass


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
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "140", "LINES": "42", "CRM_DB": str(store), "CRM_USER": "bench"}
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
        print(f"{name:<32} median {statistics.median(times) * 1000:6.1f} ms  p95 {late * 1000:6.1f} ms  aim {aim * 1000:.0f}")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store made before; default: one is made")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or build(Path(folder), CONTACTS, DEALS)
        first_paints(store, options.rounds)
        asyncio.run(measured(store, show))


if __name__ == "__main__":
    main()

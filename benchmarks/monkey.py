"""A monkey at the screens for as long as wanted, on a copy of a store: no error, nothing lost, all of it can be taken back.

    python benchmarks/monkey.py --minutes 60 --seed 7 [--store STORE.db | --postgresql]

Without a store the example store of ``crm demo`` is made, with ``--postgresql`` on a server of its own. The name of the
copy is printed, so that it can be looked into.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SITTING = 120.0  # seconds, after which everything is looked through and a new sitting begins; a large store wants more


def main() -> int:
    """Play sitting after sitting, and stop at the first one that leaves anything wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", help="an SQLite store; a copy of it is played with")
    parser.add_argument("--postgresql", action="store_true", help="play on the example store on a PostgreSQL server")
    parser.add_argument("--sitting", type=float, default=SITTING, help="seconds between two looks through everything")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    folder = Path(tempfile.mkdtemp(prefix="crm-monkey-"))
    os.environ["HOME"] = str(folder)
    os.chdir(folder)
    with _made(folder, given.store, postgresql=given.postgresql) as store:
        print(f"playing on {store}", flush=True)
        return _play(store, given.seed, time.monotonic() + given.minutes * 60, given.sitting)


def _play(store: str, seed: int, end: float, longest: float) -> int:
    """Sitting after sitting until then, or until one leaves something wrong."""
    while (left := end - time.monotonic()) > 0:
        wrong = _sitting(store, seed, min(left, longest))
        if wrong:
            print(f"seed {seed}: {wrong}", flush=True)
            return 1
        seed += 1
    return 0


@contextmanager
def _made(folder: Path, given: str | None, *, postgresql: bool) -> Iterator[str]:
    """The store to play with."""
    from tests.postgres import Server
    from tests.tui.boards import context_of

    from crmcli.services.demo import fill

    if postgresql:
        server = Server()
        try:
            store = server.store(0)
            fill(context_of(store).desk)
            yield store
        finally:
            server.close()
        return
    store = str(folder / "crm.db")
    if given is not None:
        shutil.copy(given, store)
    else:
        fill(context_of(store).desk)
    yield store


def _sitting(store: str, seed: int, seconds: float) -> str:
    """One sitting and what is wrong after it, in words; the store is as before then."""
    from tests.tui.monkey import Monkey, findings, kept, last_change, turn_back

    before, start = kept(store), last_change(store)
    monkey = Monkey(store, seed)
    asyncio.run(monkey.play(seconds=seconds))
    made = last_change(store) - start
    wrong = [*monkey.missing(), *map(str, findings(store))]
    turn_back(store, start)
    if before != kept(store):
        wrong.append("taking everything back does not lead to where it began")
    wrong += map(str, findings(store))
    stored = len(monkey.session.stored)
    print(f"seed {seed}: {monkey.done} steps, {stored} writes here, {made - stored} by someone else", flush=True)
    return "; ".join(wrong)


if __name__ == "__main__":
    sys.exit(main())

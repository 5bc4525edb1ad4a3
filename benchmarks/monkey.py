"""A monkey at the screens for as long as wanted, on a copy of a store: no error, nothing lost, all of it can be taken back.

    python benchmarks/monkey.py --minutes 60 --seed 7 [--store STORE.db]

Without a store one is made with ``crm demo``. The name of the copy is printed, so that it can be looked into.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITTING = 120.0  # seconds, after which everything is looked through and a new sitting begins


def main() -> int:
    """Play sitting after sitting, and stop at the first one that leaves anything wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", help="an SQLite store; a copy of it is played with")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    folder = Path(tempfile.mkdtemp(prefix="crm-monkey-"))
    os.environ["HOME"] = str(folder)
    os.chdir(folder)
    store = _store(folder, given.store)
    print(f"playing on {store}", flush=True)
    end, seed = time.monotonic() + given.minutes * 60, given.seed
    while (left := end - time.monotonic()) > 0:
        wrong = _sitting(store, seed, min(left, SITTING))
        if wrong:
            print(f"seed {seed}: {wrong}", flush=True)
            return 1
        seed += 1
    return 0


def _store(folder: Path, given: str | None) -> str:
    store = str(folder / "crm.db")
    if given is not None:
        shutil.copy(given, store)
    else:
        import subprocess

        command = [sys.executable, "-m", "crmcli", "--store", store, "demo"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return store


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

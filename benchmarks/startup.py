"""How long commands take, in multiples of a bare ``python -c pass`` of the same interpreter, in one run."""

from __future__ import annotations

import argparse
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from example_stores import build

CRM = str(Path(sys.executable).with_name("crm"))
BARE = [sys.executable, "-c", "pass"]
COMMANDS: dict[str, tuple[list[str], bool]] = {
    "crm --version": (["--version"], False),
    "crm --help": (["--help"], False),
    "contact list --limit 20": (["contact", "list", "--limit", "20"], False),
    "contact list --limit 20, on a terminal": (["contact", "list", "--limit", "20"], True),
    "contact show E-MAIL": (["contact", "show", "person500@example.com"], False),
    "contact show E-MAIL, on a terminal": (["contact", "show", "person500@example.com"], True),
    "search WORD": (["search", "kowalska", "--limit", "20"], False),
    "search WORD, on a terminal": (["search", "kowalska"], True),
    "today": (["today"], False),
    "today, on a terminal": (["today"], True),
    "deal list --filter": (["deal", "list", "--filter", "stage = proposal and value > 10k", "--limit", "20"], False),
    "deal list --filter, on a terminal": (["deal", "list", "--filter", "stage = proposal and value > 10k"], True),
    "log note": (["log", "note", "Called back", "--contact", "person500@example.com"], False),
}
AIMS = {"crm --version": 3, "crm --help": 13, "log note": 42}


def aim_of(name: str) -> int:
    """The most that a command should take."""
    return AIMS.get(name, 12 if name.endswith("terminal") else 8)


def seconds_of(command: list[str], environment: dict[str, str], *, terminal: bool) -> float:
    """The time of one run, its output read to the end."""
    start = time.perf_counter()
    if not terminal:
        subprocess.run(
            command,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - start
    master, slave = pty.openpty()
    process = subprocess.Popen(command, env=environment, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        pass  # the terminal is gone: the command has ended
    process.wait()
    os.close(master)
    return time.perf_counter() - start


def ratios(store: Path, rounds: int) -> dict[str, float]:
    """The median time of each command over the median bare start, measured in turn."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")} | {
        "CRM_DB": str(store),
        "COLUMNS": "120",
    }
    bare: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, (words, terminal) in COMMANDS.items():
            bare.append(seconds_of(BARE, environment, terminal=False))
            times[name].append(seconds_of([CRM, *words], environment, terminal=terminal))
    unit = statistics.median(bare)
    sys.stdout.write(f"  bare python: {unit * 1000:.1f} ms (median of {len(bare)})\n")
    return {name: statistics.median(found) / unit for name, found in times.items()}


def is_compiled() -> bool:
    """Whether the installed package carries its bytecode."""
    import crmcli

    return any((Path(crmcli.__file__).parent / "__pycache__").glob("errors.*.pyc"))


def main() -> None:
    """Print the table for each size of store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    if not is_compiled():
        sys.exit("crmcli has no compiled bytecode here: install it with pip (not -e) and run again")
    with tempfile.TemporaryDirectory() as folder:
        for contacts in options.contacts:
            sys.stdout.write(f"{contacts:,} contacts\n")
            store = build(Path(folder), contacts)
            for name, ratio in ratios(store, options.rounds).items():
                mark = "" if ratio <= aim_of(name) else "   over its aim"
                sys.stdout.write(f"  {ratio:6.2f}  (aim {aim_of(name):2d})  {name}{mark}\n")


if __name__ == "__main__":
    main()

"""Stores of a given size, filled through the program's own import."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

FIRST = ("Anna", "Jane", "Łukasz", "Иван", "Мария", "Chen", "Omar", "Zofia", "Peter", "Eva")
LAST = ("Kowalska", "Doe", "Żak", "Петров", "Иванова", "Wei", "Haddad", "Nowak", "Schmidt", "Novák")
STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost")


def build(folder: Path, contacts: int, deals_count: int | None = None) -> Path:
    """A store with that many contacts, deals (a tenth as many unless told; two thirds open) and as many activities."""
    store = folder / f"{contacts}.db"
    count = contacts // 10 if deals_count is None else deals_count
    people, deals, activities = (folder / f"{contacts}-{name}.csv" for name in ("people", "deals", "activities"))
    _write(people, ("Name", "Email", "Phone", "Company", "City", "Notes"), (_person(n) for n in range(contacts)))
    _write(deals, ("Title", "Value", "Stage", "Company", "ID"), (_deal(n) for n in range(count)))
    _write(activities, ("Type", "Subject", "Date", "Contact"), (_activity(n) for n in range(count)))
    for noun, path in (("contacts", people), ("deals", deals), ("activities", activities)):
        command = [str(Path(sys.executable).with_name("crm")), "--db", str(store), "--quiet", "import", noun, str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CRM_USER": "bench"})
    return store


def _person(n: int) -> tuple[str, ...]:
    # One in a hundred bears the name that the search looks for.
    first, last = FIRST[n % 10], LAST[(n // 10) % 10]
    name = f"{first} {last}" if last != "Kowalska" or n % 100 == 0 else f"{first} Kowal"
    return (
        f"{name} {n}",
        f"person{n}@example.com",
        f"+35988{n:07d}",
        f"Company {n % (n // 20 + 1)}",
        "Sofia",
        f"note {n}",
    )


def _deal(n: int) -> tuple[str, ...]:
    return (f"Deal {n}", str(1000 + 37 * n % 90_000), STAGES[n % 6], f"Company {n % 50}", f"D{n}")


def _activity(n: int) -> tuple[str, ...]:
    return ("call", f"Call {n}", f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}", f"person{n}@example.com")


def _write(path: Path, header: tuple[str, ...], rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)  # type: ignore[arg-type]

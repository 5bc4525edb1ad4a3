"""What reports cost on a store of a million deals, in multiples of what DuckDB takes for the same question by itself."""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.context import AppContext
    from crmcli.reports.inquiry import Asked
    from crmcli.reports.report import Report

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = 3650
REGIONS = (
    "Central",
    "East",
    "West",
    "North",
    "South",
    "Sofia",
    "Kraków",
    "Nord",
    "Süd",
    "Île-de-France",
    "上海",
    "Texas",
)
COUNTRIES = ("BG", "PL", "DE", "FR", "US", "CN", "GB", "ES", "IT", "SE")
INDUSTRIES = ("retail", "software", "finance", "medical", "services", "marketing", "telecommunications", "employment")
SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1000+")
PRODUCTS = tuple(
    f"{line} {size}" for line in ("GTX", "MG", "GTK", "Фара", "Łódź") for size in ("Basic", "Plus", "Pro", "500")
)
SOURCES = ("web", "referral", "fair", "phone", "partner", "newsletter")
REASONS = ("price", "competition", "budget", "features", "timing", "no_decision", "no_response", "other")
KINDS = ("call", "meeting", "email", "note", "task", "letter")
WAYS = (
    ((1, 2, 3, 4, 5), 30),
    ((1, 2, 3, 4, 6), 14),
    ((1, 2, 6), 16),
    ((1, 6), 10),
    ((1, 2, 3), 12),
    ((1, 2), 10),
    ((1,), 8),
)


class Scale(NamedTuple):
    """How many of each; stage changes come as the deals' ways through the stages bring them."""

    deals: int
    events: int  # stage changes and activities together

    @property
    def companies(self) -> int:
        """Twelve deals to a company."""
        return max(self.deals // 12, 1)


def text(moment: datetime) -> str:
    """A moment as the store keeps it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Made:
    """The rows of the store, the same at every run."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.dice = random.Random(20_261)  # noqa: S311
        self.begins = [text(NOW - timedelta(days=day))[:10] for day in range(DAYS + 1)]
        self.moves: list[tuple[Any, ...]] = []
        self.made = array("i")  # the day, counted back from now, on which each deal was made

    def companies(self) -> Iterator[tuple[Any, ...]]:
        """Companies."""
        for number in range(1, self.scale.companies + 1):
            name, at = f"Company {number}", self.moment(DAYS)
            yield (
                number, f"co_{number:026d}", 1 + number % 20, "{}", 1, at, 1, at, 1, name, name.lower(),
                self.dice.choice(INDUSTRIES), self.dice.choice(SIZES), self.dice.choice(COUNTRIES), self.dice.choice(REGIONS),
            )  # fmt: skip

    def moment(self, ago: int) -> str:
        """A moment of a day."""
        second = self.dice.randrange(86_400)
        return f"{self.begins[ago]}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"

    def deals(self, first: int, count: int) -> Iterator[tuple[Any, ...]]:
        """Some deals; their moves are gathered beside them."""
        dice, ways = self.dice, [way for way, _ in WAYS]
        for number, way in enumerate(dice.choices(ways, [share for _, share in WAYS], k=count), first):
            made = dice.randrange(DAYS)
            day, before, at = made, None, self.moment(made)
            created = at
            for stage in way:
                self.moves.append((number, before, stage, at, 1 + number % 20))
                before, since = stage, at
                day = max(day - dice.randrange(1, 40), 0)
                at = max(self.moment(day), at)
            closed = since if before in (5, 6) else None
            expected = (
                self.begins[min(max(made - 60, 0), DAYS)]
                if closed
                else text(NOW + timedelta(days=dice.randrange(-30, 300)))[:10]
            )
            title, custom = f"Deal {number}", f'{{"product":"{dice.choice(PRODUCTS)}"}}'
            value = round(dice.lognormvariate(8.5, 1.1)) * 100
            self.made.append(made)
            yield (
                number, f"dl_{number:026d}", 1 + number % 20, custom, 1, created, 1, since, 1, title, title.lower(), value, "EUR",
                1, before, since, None, expected, closed, dice.choice(REASONS) if before == 6 else None, dice.choice(SOURCES),
                dice.choice(("new", "existing")), 1 + dice.randrange(self.scale.companies),
            )  # fmt: skip

    def activities(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Activities of the deals, in the time after they were made."""
        for number in range(1, count + 1):
            deal = self.dice.randrange(len(self.made)) + 1
            at = self.moment(max(self.made[deal - 1] - self.dice.randrange(90), 0))
            yield (
                number, f"ac_{number:026d}", 1 + deal % 20, "{}", 1, at, 1, at, 1, self.dice.choice(KINDS), "Talked about it", at,
                at, 5 * self.dice.randrange(1, 24), "done", "normal", deal,
            )  # fmt: skip


_RECORD = "id uid owner_id custom version created_at created_by updated_at updated_by"
_COMPANY = f"{_RECORD} name name_key industry size country region".split()
_DEAL = (
    f"{_RECORD} title title_key value currency pipeline_id stage_id stage_since probability expected_close closed_at lost_reason"
    " source type company_id"
).split()
_ACTIVITY = f"{_RECORD} kind subject at done_at duration status priority deal_id".split()


def make(path: Path, scale: Scale) -> None:
    """The store, filled as the program fills it in bulk: by the engine's own ``fill``; nothing is put into the search index."""
    from crmcli.context import AppContext

    store = AppContext(store=str(path)).store
    store.create()
    fill, connection = store.dialect.fill, store.dialect.connect(store.location, write=True, timeout=10)
    connection.execute("PRAGMA cache_size = -500000")
    connection.execute("BEGIN IMMEDIATE")
    made = Made(scale)
    at = text(NOW - timedelta(days=DAYS))
    users = ((n, f"user{n}", f"user{n}", at) for n in range(1, 21))
    fill(connection, "app_user", ("id", "login", "login_key", "created_at"), users)
    columns = ("id", "uid", "at", "user_id", "command", "origin", "summary", "records")
    fill(connection, "change_set", columns, [(1, f"ch_{1:026d}", at, 1, "made", "benchmark", "", 0)])
    fill(connection, "custom_field", ("id", "noun", "key"), [(1, "deal", "product")])
    fill(connection, "company", _COMPANY, made.companies())
    moved = 0
    for first in range(1, scale.deals + 1, 100_000):
        fill(connection, "deal", _DEAL, made.deals(first, min(100_000, scale.deals - first + 1)))
        moves = ((moved + place, *move) for place, move in enumerate(made.moves, 1))
        fill(connection, "stage_change", ("id", "deal_id", "from_stage_id", "to_stage_id", "at", "by"), moves)
        moved += len(made.moves)
        made.moves.clear()
    fill(connection, "activity", _ACTIVITY, made.activities(scale.events - moved))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


# -- the same questions, asked of DuckDB directly


class Took(NamedTuple):
    """Seconds by the clock and of the processor."""

    wall: float
    cpu: float


def timed(act: Callable[[], object], rounds: int = 3) -> Took:
    """The best of some rounds."""
    found = []
    for _ in range(rounds):
        wall, cpu = perf_counter(), process_time()
        act()
        found.append(Took(perf_counter() - wall, process_time() - cpu))
    return min(found)


class Plain:
    """The tables in a DuckDB file with nothing of ours: what the engine alone takes for a question."""

    def __init__(self, store: Path) -> None:
        import duckdb

        self.connection = duckdb.connect()
        source = sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)
        for table, columns in (
            ("deal", "id, owner_id, company_id, stage_id, value, created_at, closed_at, expected_close, custom"),
            ("company", "id, region"),
            ("stage", "id, kind, probability"),
            ("stage_change", "deal_id, to_stage_id, at AS moment"),
            ("activity", "kind, status, at AS moment"),
        ):
            self._copy(source, table, columns)
        source.close()

    def _copy(self, source: sqlite3.Connection, table: str, columns: str) -> None:
        import pyarrow as pa

        cursor = source.execute(f"SELECT {columns} FROM {table}")  # noqa: S608
        names = [each[0] for each in cursor.description]
        made = False
        while rows := cursor.fetchmany(100_000):
            batch = pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=names)
            self.connection.register("batch", batch)
            picked = ", ".join(
                f"CAST({name} AS TIMESTAMP) AS {name}" if name.endswith("_at") or name == "moment" else name
                for name in names
            )
            start = f"INSERT INTO {table}" if made else f"CREATE TABLE {table} AS"
            self.connection.execute(f"{start} SELECT {picked} FROM batch")  # noqa: S608
            made = True

    def ask(self, sql: str) -> Callable[[], object]:
        """The question, to be timed."""
        return lambda: self.connection.execute(sql).fetchall()


_JOINED = "FROM deal d JOIN stage s ON s.id = d.stage_id LEFT JOIN company c ON c.id = d.company_id"
_WON = (
    f"count(*) FILTER (s.kind = 'won'), sum(d.value) FILTER (s.kind = 'won'), count(*) {_JOINED} WHERE s.kind <> 'open'"
)


def questions() -> list[tuple[str, dict[str, str], str]]:
    """Reports, their words, and the same question in SQL."""
    won = f"SELECT {{}}, {_WON} GROUP BY 1"
    took = "epoch(d.closed_at) - epoch(d.created_at)"
    stays = (
        "SELECT to_stage_id, median(t) FROM (SELECT to_stage_id, epoch(lead(moment) OVER (PARTITION BY deal_id ORDER BY moment))"
        " - epoch(moment) AS t FROM stage_change) GROUP BY 1"
    )
    return [
        ("won", {"by": "owner"}, won.format("d.owner_id")),
        ("won", {"by": "quarter"}, won.format("date_trunc('quarter', d.closed_at)")),
        ("sales", {"by": "region"}, won.format("c.region")),
        ("sales", {"by": "custom.product"}, won.format("json_extract_string(d.custom, '$.product')")),
        ("win-rate", {"by": "region"}, won.format("c.region")),
        ("lost", {}, won.format("1")),
        (
            "pipeline",
            {},
            f"SELECT d.stage_id, count(*), sum(d.value), sum(d.value * s.probability) {_JOINED} GROUP BY 1",
        ),
        (
            "funnel",
            {},
            "SELECT s, count(*) FROM (SELECT deal_id, max(to_stage_id) s FROM stage_change GROUP BY 1) GROUP BY 1",
        ),
        ("time-in-stage", {}, stays),
        ("cycle", {}, f"SELECT median({took}), quantile_cont({took}, 0.9) {_JOINED} WHERE s.kind = 'won'"),
        ("velocity", {}, f"SELECT {_WON}"),
        ("activity", {"by": "owner"}, "SELECT kind, count(*) FROM activity WHERE status = 'done' GROUP BY 1"),
    ]


def change(path: Path, share: float) -> int:
    """Change a share of the deals as people would, and add as many moves and activities in proportion; how many rows."""
    connection = sqlite3.connect(path, isolation_level=None)
    dice = random.Random(perf_counter())  # noqa: S311
    (last,) = connection.execute("SELECT max(id) FROM deal").fetchone()
    (changes,) = connection.execute("SELECT max(id) FROM change_set").fetchone()
    number, at = changes + 1, text(NOW)
    picked = dice.sample(range(1, last + 1), int(last * share))
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO change_set (id, uid, at, user_id, command, origin, summary, records) VALUES (?, ?, ?, 1, 'changed', ?, '', ?)",
        (number, f"ch_{number:026d}", at, "benchmark", len(picked) * 3),
    )
    log = "INSERT INTO change (set_id, noun, record_id, relation, row_id, action) VALUES (?, 'deal', ?, ?, ?, ?)"
    connection.executemany("UPDATE deal SET value = value + 100 WHERE id = ?", [(deal,) for deal in picked])
    connection.executemany(log, [(number, deal, "deal", deal, "update") for deal in picked])
    for table, columns, per in (("stage_change", "deal_id, from_stage_id, to_stage_id, at", 3), ("activity", "", 2)):
        (top,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608
        if table == "stage_change":
            rows = [(top + n, deal, 1, 2, at) for n, deal in enumerate(picked * per, 1)]
            connection.executemany(f"INSERT INTO {table} (id, {columns}) VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608
            connection.executemany(log, [(number, deal, table, row, "insert") for row, deal, *_ in rows])
        else:
            edited = [(row,) for row in dice.sample(range(1, top + 1), len(picked) * per)]
            connection.executemany("UPDATE activity SET duration = 15 WHERE id = ?", edited)
            connection.executemany(log, [(number, row, table, row, "update") for (row,) in edited])
    connection.execute("COMMIT")
    connection.close()
    return len(picked) * 6


def main() -> None:
    """Print what each question costs, and what the warehouse does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder to leave the store in, or to find it")
    parser.add_argument("--only", default="reports,warehouse,pivot", help="which of them, by comma")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"HOME": str(folder), "CRM_NOW": text(NOW)}
        store = folder / f"deals-{asked.deals}.db"
        if not store.exists():
            made = timed(lambda: make(store, Scale(asked.deals, 5 * asked.deals)), 1)
            sys.stdout.write(f"made {store.name} in {made.wall:.0f} s\n")
        load = " ".join(f"{each:.1f}" for each in os.getloadavg())
        sys.stdout.write(
            f"{asked.deals:,} deals; {os.cpu_count()} CPUs, load {load}; seconds by the clock (of the processor)\n"
        )
        compare(store, asked.only.split(","))


def line(label: str, took: Took, unit: Took | None = None) -> None:
    """One line: seconds, and the ratio to the same question asked of DuckDB."""
    ratio = f"{took.cpu / max(unit.cpu, 0.001):8.1f} x DuckDB's own {unit.cpu:.3f}" if unit else ""
    sys.stdout.write(f"{label:<40} {took.wall:8.2f} s ({took.cpu:.2f}) {ratio}\n")
    sys.stdout.flush()


def compare(store: Path, only: Sequence[str]) -> None:
    """A line for each."""
    from crmcli.context import AppContext, Flags
    from crmcli.reports.inquiry import Asked

    app, plain = AppContext(Flags(store=str(store), quiet=True)), Plain(store)
    if "warehouse" in only:
        full = timed(lambda: app.warehouse.refresh(full=True), 1)
        line("warehouse, full build", full)
        rows = change(store, 0.01)
        part = timed(app.warehouse.refresh, 1)
        line(f"warehouse, {rows:,} rows changed", part)
        sys.stdout.write(
            f"{'':<40} {part.wall / full.wall:8.1%} of a full build by the clock, {part.cpu / full.cpu:.1%} by CPU\n"
        )
    else:
        app.warehouse.refresh()
    for name, words, sql in questions() if "reports" in only else ():
        unit, query = timed(plain.ask(sql)), Asked(name, **words)
        label = f"{name} {words.get('by', '')}"
        line(f"{label}, SQLite", timed(lambda query=query: answered(app, query, large=False), 1), unit)
        line(f"{label}, warehouse", timed(lambda query=query: answered(app, query, large=True)), unit)
    if "pivot" in only:
        pivots(app, store, plain)


def answered(app: AppContext, query: Asked, *, large: bool) -> Report:
    """The report from the store alone, or from the warehouse where it can."""
    from crmcli.services import warehouse

    kept, warehouse.LARGE = warehouse.LARGE, 0 if large else 10**12
    try:
        return app.answer(query)
    finally:
        warehouse.LARGE = kept


def pivots(app: AppContext, store: Path, plain: Plain) -> None:
    """The question of the manual: the query itself, and the whole command."""
    from crmcli.reports.inquiry import Asked, understood
    from crmcli.reports.pivot import pivot_of, pivot_report

    sql = f"SELECT c.region, date_trunc('quarter', d.closed_at), {_WON} GROUP BY 1, 2"
    desk, inquiry = app.warehouse.copy_desk(), understood(app.desk, Asked("pivot"))
    asked, unit = pivot_of(["region"], ["quarter"], ["won_value", "win_rate"]), timed(plain.ask(sql))
    line("pivot region by quarter", timed(lambda: pivot_report(desk, inquiry, asked), 5), unit)
    words = ["pivot", "--rows", "region", "--cols", "quarter", "--values", "won_value,win_rate"]
    command = [str(Path(sys.executable).parent / "crm"), "--db", str(store), *words]
    whole = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    bare = timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    sys.stdout.write(f"{'the whole command':<40} {whole.wall:8.2f} s, {whole.wall / bare.wall:.1f} x python -c pass\n")


if __name__ == "__main__":
    main()

"""What reports cost on a store of a million deals, in multiples of what DuckDB takes for the same question by itself."""

from __future__ import annotations

import random
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

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

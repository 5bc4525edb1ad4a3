"""What a table and the search box wait for: the order by every field, a page, and each keystroke, in milliseconds.

    python benchmarks/tables.py STORE

The unit is the order by number of the same table, so that machines can be compared.
"""

from __future__ import annotations

import sys
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from crmcli.context import AppContext, Flags

if TYPE_CHECKING:
    from collections.abc import Callable

TYPED = ("anna kow", "ива пет", "offer labs 12", "+359 88 123", "上海", "#12", "e", "user.99@")


def best(ask: Callable[[], object]) -> float:
    """The least of three times, in milliseconds."""
    times = []
    for _ in range(3):
        start = perf_counter()
        ask()
        times.append((perf_counter() - start) * 1000)
    return min(times)


def main() -> None:
    """Print a line for each table and one for the box."""
    app = AppContext(Flags(store=sys.argv[1], quiet=True))
    tables = app.tables
    for noun in ("contact", "company", "deal", "activity"):
        numbers = tables.order(noun)
        unit = best(lambda noun=noun: tables.order(noun))  # type: ignore[misc]
        page = best(lambda noun=noun, numbers=numbers: tables.page(noun, numbers[:60]))  # type: ignore[misc]
        print(f"{noun:<9} {len(numbers):>8,} rows   order {unit:6.1f} ms   first page {page:5.1f} ms")
        for field in tables.sortable(noun):
            cost = best(lambda noun=noun, field=field: tables.order(noun, "", field))  # type: ignore[misc]
            print(f"  {field:<16} {cost:6.1f} ms {cost / unit:5.1f} x")
    keys = [best(lambda text=text: app.search.quick(text)) for word in TYPED for text in _beginnings(word)]  # type: ignore[misc]
    print(f"a keystroke in the search box: median {median(keys):.1f} ms, p95 {quantiles(keys, n=20)[-1]:.1f} ms")


def _beginnings(word: str) -> list[str]:
    return [word[:end] for end in range(1, len(word) + 1)]


if __name__ == "__main__":
    main()

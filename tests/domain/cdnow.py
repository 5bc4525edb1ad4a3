"""Purchases of the customers that Fader and Hardie published, from their own file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmcli.domain.purchasing import Purchase

if TYPE_CHECKING:
    from pathlib import Path

START, END = date(1997, 1, 1), date(1997, 10, 1)


def read(folder: Path) -> list[Purchase]:
    """Every line of the log: the customer's place in the sample, the day, dollars as cents, and the number of discs."""
    with (folder / "cdnow" / "CDNOW_sample.txt").open(encoding="ascii") as file:
        return [
            Purchase(
                line[7:11], date(int(line[12:16]), int(line[16:18]), int(line[18:20])), round(float(line[23:31]) * 100), None,
                int(line[20:23]),
            )
            for line in file
        ]  # fmt: skip

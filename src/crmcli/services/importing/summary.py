"""What became of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.errors import CrmError
    from crmcli.services.importing.diary import Change

MOST_SKIPPED = 1_000
MOST_REASONS = 10_000  # more are counted, and left out of the list


class Rejection(NamedTuple):
    """A row that was not taken: the line it starts on, and why."""

    line: int
    reason: str


class Skipped(NamedTuple):
    """A row whose record is there already and differs: the line it starts on, and the record."""

    line: int
    record: str


class Summary:
    """The tally of an import; ``linked`` counts records made because a row names them, ``notes`` what else happened."""

    def __init__(self) -> None:
        self.read = self.created = self.updated = self.skipped = self.unchanged = self.rejected = 0
        self.rejections: list[Rejection] = []
        self.skipped_rows: list[Skipped] = []  # the first of them
        self.linked: dict[str, int] = {}
        self.notes: dict[str, int] = {}
        self.custom: list[str] = []
        self.changes: list[Change] = []  # what a dry run would do, as far as it is written down
        self.changes_left_out = 0
        self.on_reject: Callable[[int, str], None] | None = None

    def reject(self, line: int, reason: str) -> None:
        """Count a row that is not taken."""
        self.rejected += 1
        if self.on_reject is not None:
            self.on_reject(line, reason)
        if len(self.rejections) < MOST_REASONS:
            self.rejections.append(Rejection(line, reason))

    def skip(self, line: int, record: str) -> bool:
        """Count a row whose record is there already and stays as it is; False when it is not listed any more."""
        self.skipped += 1
        if len(self.skipped_rows) >= MOST_SKIPPED:
            return False
        self.skipped_rows.append(Skipped(line, record))
        return True

    def link(self, noun: str) -> None:
        """Count a record made because a row names it."""
        self.linked[noun] = self.linked.get(noun, 0) + 1

    def note(self, what: str) -> None:
        """Count something that the user should know of."""
        self.notes[what] = self.notes.get(what, 0) + 1

    def reasons(self, most: int) -> tuple[str, ...]:
        """Why rows were rejected, each reason once, with the first line it happened on and how many more there are."""
        lines: dict[str, list[int]] = {}
        for rejection in self.rejections:
            lines.setdefault(rejection.reason, []).append(rejection.line)
        told = [
            f"  line {first}{f' and {len(others):,} more' if others else ''}: {reason}"
            for reason, (first, *others) in lines.items()
        ]
        return (*told[:most], "  …") if len(told) > most else tuple(told)

    def record(self) -> dict[str, object]:
        """The tally as a JSON object."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "skipped_rows": [skipped._asdict() for skipped in self.skipped_rows],
            "unchanged": self.unchanged,
            "rejected": [rejection._asdict() for rejection in sorted(self.rejections)],
            "rejected_count": self.rejected,
            "linked": dict(self.linked),
            "notes": dict(self.notes),
        }

    def told_changes(self) -> dict[str, object]:
        """What a dry run would do, as a JSON object."""
        return {
            "changes": [change.record() for change in self.changes],
            "changes_left_out": self.changes_left_out,
        }


def reason_of(error: CrmError) -> str:
    """Why a row was not taken, with the remedy."""
    return f"{error.message} ({error.hint})" if error.hint else error.message

"""A deal drawn as a card: four lines of text with a tone for each piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from datetime import date, datetime

    from crmcli.domain.board import BoardCard
    from crmcli.render.locale import Locale

LINES = 4
_GAP = 1  # cells between what stands left and what stands right
_MONTHS_FROM, _YEARS_FROM = 100, 730  # days


class Piece(NamedTuple):
    """A run of text and its meaning: title, text, muted, overdue, rotting, won or lost."""

    text: str
    tone: str = "text"


def card_tone(card: BoardCard, now: datetime) -> str:
    """How the deal stands, which colours its edge: won, lost, overdue, rotting or text."""
    if card.kind != "open":
        return card.kind
    return "overdue" if card.is_overdue(now) else "rotting" if card.rotting else "text"


def card_lines(card: BoardCard, cells: int, now: datetime, locale: Locale) -> list[list[Piece]]:
    """The lines of the card, each exactly ``cells`` wide; ``now`` is in the user's zone."""
    value = Piece(locale.money(card.value)) if card.value else Piece("no value", "muted")
    return [
        _line(Piece(visible(card.title), "title"), Piece(f"#{card.number}", "muted"), cells),
        _line(Piece(visible(card.company or ""), "muted"), Piece(visible(card.owner or ""), "muted"), cells),
        _line(value, _close(card, now, locale), cells, whole_left=True),
        _line(*_next_step(card, now), cells),
    ]


def distance(day: date, today: date) -> str:
    """How far off the day is, in a few cells: ``today``, ``in 13 d``, ``5 mo ago``, ``9 y ago``."""
    days = (day - today).days
    if abs(days) < 2:
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
    return f"in {length(days)}" if days > 0 else f"{length(-days)} ago"


def length(days: int) -> str:
    """So many days in a few cells: ``61 d``, ``5 mo``, ``9 y``."""
    return f"{days} d" if days < _MONTHS_FROM else f"{days // 30} mo" if days < _YEARS_FROM else f"{days // 365} y"


def _close(card: BoardCard, now: datetime, locale: Locale) -> Piece:
    if card.closed_at is not None:
        return Piece(distance(locale.local(card.closed_at).date(), now.date()), card.kind)
    if card.expected_close is None:
        return Piece("")
    late = card.expected_close < now.date()
    return Piece(distance(card.expected_close, now.date()), "overdue" if late else "muted")


def _next_step(card: BoardCard, now: datetime) -> tuple[Piece, Piece]:
    if card.kind == "won":
        return Piece("✓ won", "won"), Piece("")
    if card.kind == "lost":
        return Piece(f"✗ {visible(card.lost_reason or 'lost')}", "lost"), Piece("")
    idle = Piece(f"{length((now - card.touched).days)} idle", "rotting") if card.rotting else Piece("")
    if card.next_step is None and card.next_due is None:
        return Piece("no next step", "muted"), idle
    step = Piece(f"→ {visible(card.next_step or 'task')}")
    if card.next_due is None:
        return step, idle
    tone = "overdue" if card.is_step_late(now) else "muted"
    return step, Piece(distance(card.next_due.on, now.date()), tone)


def _line(left: Piece, right: Piece, cells: int, *, whole_left: bool = False) -> list[Piece]:
    """Left and right on one line; the right one is cut to half of it, or left out where the left one must stay whole."""
    room = cells - width(left.text) - _GAP
    fits = width(right.text) <= room
    tail = right.text if fits else "" if whole_left else cut(right.text, max(cells // 2, room, 0))
    if not tail:
        return [Piece(pad(left.text, cells), left.tone)]
    kept = cells - width(tail)
    return [Piece(pad(cut(left.text, kept - _GAP), kept), left.tone), Piece(tail, right.tone)]

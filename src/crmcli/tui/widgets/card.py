"""A deal drawn as a card: lines of text with a tone for each piece, closer together or further apart, or as plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmcli.render.cells import cut, pad, width
from crmcli.render.safe import visible
from crmcli.tui.widgets.amounts import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmcli.domain.board import BoardCard
    from crmcli.render.locale import Locale

LINES = {"comfortable": 4, "compact": 2, "plain": 2}
_GAP = 1  # cells between what stands left and what stands right
_LEAST = 6  # cells of what stands left, before what stands right is left out
_MONTHS_FROM, _YEARS_FROM = 100, 730  # days


class Piece(NamedTuple):
    """A run of text and its meaning: title, text, muted, overdue, rotting, won or lost."""

    text: str
    tone: str = "text"


_NONE = Piece("")


def card_tone(card: BoardCard, now: datetime) -> str:
    """How the deal stands, which colours its edge: won, lost, overdue, rotting or text."""
    if card.kind != "open":
        return card.kind
    return "overdue" if card.is_overdue(now) else "rotting" if card.rotting else "text"


def card_mark(card: BoardCard, now: datetime, *, marked: bool) -> str:
    """One sign for what the edge's colour says, so that it is never said by colour alone."""
    return "●" if marked else {"overdue": "!", "rotting": "~", "won": "✓", "lost": "✗"}.get(card_tone(card, now), " ")


def card_lines(
    card: BoardCard, cells: int, now: datetime, locale: Locale, density: str = "comfortable"
) -> list[list[Piece]]:
    """The lines of the card, each exactly ``cells`` wide; ``now`` is in the user's zone."""
    return {"comfortable": _comfortable, "compact": _compact, "plain": _plain}[density](card, cells, now, locale)


def _comfortable(card: BoardCard, cells: int, now: datetime, locale: Locale) -> list[list[Piece]]:
    return [
        _line(Piece(visible(card.title), "title"), [_age(card, now), Piece(f"#{card.number}", "muted")], cells),
        _line(Piece(visible(card.company or ""), "muted"), [Piece(visible(card.owner or ""), "muted")], cells),
        _line(_value(card, locale), [_close(card, now, locale)], cells, whole_left=True),
        _line(_next_step(card), [_due(card, now)], cells),
    ]


def _compact(card: BoardCard, cells: int, now: datetime, locale: Locale) -> list[list[Piece]]:
    who = visible(card.company or card.owner or "")
    when = _due(card, now) if card.kind == "open" else _closed(card, now, locale)
    if not when.text:
        when = _close(card, now, locale)
    # What is late is said before whose it is.
    return [
        _line(Piece(visible(card.title), "title"), [_age(card, now)], cells),
        _line(_value(card, locale, short=True), [when, Piece(who, "muted")], cells, whole_left=True),
    ]


def _plain(card: BoardCard, cells: int, now: datetime, locale: Locale) -> list[list[Piece]]:
    """Two lines of words, as they are read aloud."""
    tone = card_tone(card, now)
    first = (
        visible(card.title),
        f"#{card.number}",
        visible(card.company or ""),
        _value(card, locale).text,
        tone if tone != "text" else "",
    )
    step = visible(card.next_step or ("task" if card.next_due else ""))
    due = f" {distance(card.next_due.on, now.date())}" if card.next_due else ""
    second = (
        f"next: {step}{due}" if step else "no next step" if card.kind == "open" else visible(card.lost_reason or ""),
        f"closes {distance(card.expected_close, now.date())}" if card.expected_close and card.kind == "open" else "",
        f"{card.age(now)} days in stage",
        f"owner {visible(card.owner)}" if card.owner else "",
    )
    return [[Piece(pad(", ".join(part for part in parts if part), cells))] for parts in (first, second)]


def distance(day: date, today: date) -> str:
    """How far off the day is, in a few cells: ``today``, ``in 13 d``, ``5 mo ago``, ``9 y ago``."""
    days = (day - today).days
    if abs(days) < 2:
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
    return f"in {length(days)}" if days > 0 else f"{length(-days)} ago"


def length(days: int) -> str:
    """So many days in a few cells: ``61 d``, ``5 mo``, ``9 y``."""
    return f"{days} d" if days < _MONTHS_FROM else f"{days // 30} mo" if days < _YEARS_FROM else f"{days // 365} y"


def _value(card: BoardCard, locale: Locale, *, short: bool = False) -> Piece:
    if card.value is None:
        return Piece("no value", "muted")
    return Piece(locale.money(whole(card.value) if short else card.value))


def _age(card: BoardCard, now: datetime) -> Piece:
    """How long it has been in its stage, where that still counts."""
    if card.kind != "open":
        return _NONE
    days = card.age(now)
    return Piece(length(days) if days else "new", "muted")


def _closed(card: BoardCard, now: datetime, locale: Locale) -> Piece:
    if card.kind == "lost" and card.lost_reason:
        return Piece(f"✗ {visible(card.lost_reason)}", "lost")
    when = _close(card, now, locale)
    return Piece(f"{'✓' if card.kind == 'won' else '✗'} {when.text}".rstrip(), card.kind)


def _close(card: BoardCard, now: datetime, locale: Locale) -> Piece:
    if card.closed_at is not None:
        return Piece(distance(locale.local(card.closed_at).date(), now.date()), card.kind)
    if card.expected_close is None:
        return _NONE
    late = card.expected_close < now.date()
    return Piece(distance(card.expected_close, now.date()), "overdue" if late else "muted")


def _next_step(card: BoardCard) -> Piece:
    if card.kind == "won":
        return Piece("✓ won", "won")
    if card.kind == "lost":
        return Piece(f"✗ {visible(card.lost_reason or 'lost')}", "lost")
    if card.next_step is None and card.next_due is None:
        return Piece("no next step", "muted")
    return Piece(f"→ {visible(card.next_step or 'task')}")


def _due(card: BoardCard, now: datetime) -> Piece:
    """When the next step is due; how long nobody touched it when none is."""
    if card.kind != "open":
        return _NONE
    if card.next_due is not None:
        return Piece(distance(card.next_due.on, now.date()), "overdue" if card.is_step_late(now) else "muted")
    return Piece(f"{length((now - card.touched).days)} idle", "rotting") if card.rotting else _NONE


def _line(left: Piece, rights: Sequence[Piece], cells: int, *, whole_left: bool = False) -> list[Piece]:
    """Left, and the others at the right as far as there is room: the last ones go first.

    What is right is cut to half of the line, or left out where what is left must stay whole.
    """
    kept = [piece for piece in rights if piece.text]
    least = width(left.text) if whole_left else min(width(left.text), max(_LEAST, cells // 2))
    while len(kept) > 1 and least + sum(width(piece.text) + _GAP for piece in kept) > cells:
        kept.pop()
    if kept and least + sum(width(piece.text) + _GAP for piece in kept) > cells:
        kept = [] if whole_left else [Piece(cut(kept[0].text, cells // 2), kept[0].tone)] if cells > _LEAST else []
    room = cells - sum(width(piece.text) + _GAP for piece in kept)
    pieces = [Piece(pad(left.text, max(room, 0)), left.tone)]
    for piece in kept:
        pieces += [Piece(" " * _GAP), piece]
    return pieces if room >= 0 else [Piece(pad(left.text, cells), left.tone)]

"""A card is exactly as wide as its lane, whatever is in it, and says what matters."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from crmcli.domain.board import BoardCard
from crmcli.domain.money import Money
from crmcli.domain.views import Due
from crmcli.render.cells import width
from crmcli.render.locale import Locale
from crmcli.tui.widgets.amounts import amounts_text
from crmcli.tui.widgets.card import LINES, card_lines, card_mark, card_tone, distance

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = BoardCard(
    "dl_1", 7, "Acme pilot", "Acme", Money(1250000, "EUR"), 10, "maria", 1, "open", date(2026, 12, 4), None, None,
    "send the offer", Due(date(2026, 11, 23)), NOW, False, NOW - timedelta(days=12), 5,
)  # fmt: skip


def text(card: BoardCard, cells: int = 30, density: str = "comfortable") -> str:
    """The card as it is read."""
    lines = card_lines(card, cells, NOW, Locale(UTC), density)
    return "\n".join("".join(piece.text for piece in line) for line in lines)


TITLES = (
    "",
    "Acme",
    "张伟的合同和其他的东西很多很多",
    "👩\u200d👩\u200d👧\u200d👦 family plan",
    "صفقة جديدة",
    "x" * 10_000,
    "a\x1b[31mb\nc\x07",
    "[bold]no[/bold]",
)


@pytest.mark.parametrize("density", LINES)
@pytest.mark.parametrize("kind", ["open", "won", "lost"])
def test_every_line_is_as_wide_as_asked(density: str, kind: str) -> None:
    """In cells of the terminal, not in characters."""
    for title, cells in itertools.product(TITLES, (1, 5, 9, 17, 20, 33, 60)):
        card = PLAIN._replace(title=title, company=title, next_step=title, owner=title, kind=kind, lost_reason=title)
        lines = card_lines(card, cells, NOW, Locale(UTC), density)
        widths = [sum(width(piece.text) for piece in line) for line in lines]
        assert (title, [cells] * LINES[density]) == (title, widths)


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    """Escapes and newlines in a title do no harm."""
    shown = text(PLAIN._replace(title="a\x1b[31mb\nc"))
    assert "\x1b" not in shown
    assert "a␛[31mb⏎c" in shown


def test_a_card_says_all_that_matters() -> None:
    """Title, company, owner, value, dates, next step."""
    words = " ".join(text(PLAIN).split())
    assert words == "Acme pilot 12 d #7 Acme maria 12,500 EUR in 13 d → send the offer in 2 d"


def test_a_compact_card_says_what_is_due_before_whose_it_is() -> None:
    """Two lines; the company is left out first where there is no room."""
    assert " ".join(text(PLAIN, 40, "compact").split()) == "Acme pilot 12 d 12,500 EUR in 2 d Acme"
    assert " ".join(text(PLAIN, 20, "compact").split()) == "Acme pilot 12 d 12,500 EUR in 2 d"


def test_a_plain_card_is_read_as_words() -> None:
    """What a colour or a sign says elsewhere is a word."""
    late = PLAIN._replace(next_due=Due(date(2026, 11, 20)), rotting=True)
    assert [line.rstrip() for line in text(late, 120, "plain").split("\n")] == [
        "Acme pilot, #7, Acme, 12,500 EUR, overdue",
        "next: send the offer yesterday, closes in 13 d, 12 days in stage, owner maria",
    ]


@pytest.mark.parametrize(
    ("change", "marked", "mark"),
    [
        ({}, False, " "), ({}, True, "●"), ({"rotting": True}, False, "~"), ({"kind": "won"}, False, "✓"),
        ({"kind": "lost"}, False, "✗"), ({"expected_close": date(2026, 11, 1)}, False, "!"),
    ],
)  # fmt: skip
def test_a_sign_says_what_the_colour_says(change: dict[str, object], marked: bool, mark: str) -> None:
    """No state is told by colour alone."""
    assert mark == card_mark(PLAIN._replace(**change), NOW, marked=marked)


@pytest.mark.parametrize(
    ("change", "tone"),
    [
        ({}, "text"),
        ({"expected_close": date(2026, 11, 20)}, "overdue"),
        ({"expected_close": date(2026, 11, 21)}, "text"),
        ({"next_due": Due(date(2026, 11, 20))}, "overdue"),
        ({"next_due": Due(date(2026, 11, 21), NOW - timedelta(minutes=1))}, "overdue"),
        ({"rotting": True}, "rotting"),
        ({"rotting": True, "expected_close": date(2026, 11, 1)}, "overdue"),
        ({"kind": "won", "expected_close": date(2026, 11, 1)}, "won"),
        ({"kind": "lost"}, "lost"),
    ],
)
def test_the_edge_says_how_it_stands(change: dict[str, object], tone: str) -> None:
    """Overdue before rotting; a closed deal is neither."""
    assert tone == card_tone(PLAIN._replace(**change), NOW)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"value": None}, "no value"),
        ({"next_step": None, "next_due": None}, "no next step"),
        ({"next_step": None, "next_due": None, "rotting": True, "touched": NOW - timedelta(days=61)}, "61 d idle"),
        ({"kind": "lost", "lost_reason": "price", "closed_at": NOW - timedelta(days=3)}, "✗ price"),
        ({"kind": "won", "closed_at": NOW - timedelta(days=3)}, "3 d ago"),
        ({"next_step": None}, "→ task"),
    ],
)
def test_what_is_missing_is_said(change: dict[str, object], part: str) -> None:
    """In so many words."""
    assert part in text(PLAIN._replace(**change))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (13, "in 13 d"), (-99, "99 d ago"), (100, "in 3 mo"),
        (-729, "24 mo ago"), (-730, "2 y ago"), (-3285, "9 y ago"),
    ],
)  # fmt: skip
def test_distance(days: int, expected: str) -> None:
    """Short enough for a card, however far."""
    assert expected == distance(NOW.date() + timedelta(days=days), NOW.date())


@pytest.mark.parametrize(
    ("amounts", "cells", "expected"),
    [
        ((), 20, "—"),
        ((Money(120050, "EUR"),), 20, "1,200.50 EUR"),
        ((Money(120000, "EUR"), Money(500, "JPY")), 30, "1,200 EUR + 500 JPY"),
        ((Money(120000, "EUR"), Money(500, "JPY")), 15, "1,200 EUR +1"),
        ((Money(120000, "EUR"),), 5, "1,20…"),
    ],
)
def test_sums_of_several_currencies_never_mix(amounts: tuple[Money, ...], cells: int, expected: str) -> None:
    """Those that do not fit are counted."""
    assert expected == amounts_text(amounts, cells, Locale(UTC))

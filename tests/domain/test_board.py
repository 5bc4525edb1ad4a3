"""A pipeline as lanes of cards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from crmcli.domain.board import BoardCard, BoardPicture, Lane, in_order, sums
from crmcli.domain.money import Money
from crmcli.domain.views import Due, StageView

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def stage(number: int, kind: str = "open", probability: int = 10) -> StageView:
    """A stage."""
    return StageView(number, "sales", f"stage {number}", number, kind, probability, None, "pipeline", ())


def card(number: int, **values: object) -> BoardCard:
    """A card in the first stage."""
    plain = BoardCard(
        f"dl_{number}", number, f"deal {number}", None, Money(100 * number, "EUR"), 10, None, 1, "open", None, None, None, None,
        None, NOW, False,
    )  # fmt: skip
    return plain._replace(**values)  # type: ignore[arg-type]


def test_open_deals_are_in_the_order_in_which_they_are_due() -> None:
    """By the nearer of next activity and close; undated ones last, the dearest first."""
    cards = [card(1), card(2), card(3, expected_close=date(2026, 12, 1)), card(4, next_due=Due(date(2026, 11, 30)))]
    assert [c.number for c in in_order("open", cards)] == [4, 3, 2, 1]


def test_closed_deals_are_in_the_order_in_which_they_closed() -> None:
    """The last one first."""
    cards = [card(1, closed_at=NOW - timedelta(days=2)), card(2, closed_at=NOW), card(3)]
    assert [c.number for c in in_order("won", cards)] == [2, 1, 3]


def test_a_moved_card_takes_the_probability_of_its_new_stage() -> None:
    """And nothing else of the picture changes."""
    first, second = Lane(stage(1), (card(1, rotting=True), card(2))), Lane(stage(2, probability=50), ())
    picture = BoardPicture("sales", (first, second), (1, NOW.date())).moved(card(1), 2)
    assert [[c.number for c in lane.cards] for lane in picture.lanes] == [[2], [1]]
    moved = picture.lanes[1].cards[0]
    assert (moved.stage, moved.probability, moved.rotting) == (2, 50, False)
    assert picture.lanes[1].weighted == (Money(50, "EUR"),)


def test_sums_keep_currencies_apart() -> None:
    """The largest first."""
    amounts = [Money(100, "EUR"), None, Money(500, "USD"), Money(200, "EUR")]
    assert sums(amounts) == (Money(500, "USD"), Money(300, "EUR"))

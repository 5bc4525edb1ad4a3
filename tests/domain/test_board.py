"""A pipeline as lanes of cards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.domain.board import ORDERS, BoardCard, BoardPicture, in_order, lane_of, sums
from crmcli.domain.money import Money
from crmcli.domain.swimlanes import group_key, regrouped, swimlanes
from crmcli.domain.views import Due, StageView

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def stage(number: int, kind: str = "open", probability: int = 10, limit: int | None = None) -> StageView:
    """A stage."""
    return StageView(number, "sales", f"stage {number}", number, kind, probability, None, "pipeline", (), limit)


def card(number: int, **values: object) -> BoardCard:
    """A card in the first stage."""
    plain = BoardCard(
        f"dl_{number}", number, f"deal {number}", None, Money(100 * number, "EUR"), 10, None, 1, "open", None, None, None, None,
        None, NOW, False, NOW - timedelta(days=number),
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


def board(*lanes: tuple[StageView, list[BoardCard]]) -> BoardPicture:
    """A board of such stages."""
    return BoardPicture("sales", tuple(lane_of(each, cards) for each, cards in lanes), (1, NOW.date()))


def test_a_moved_card_takes_the_probability_of_its_new_stage() -> None:
    """And nothing else of the picture changes."""
    to = stage(2, probability=50)
    before = board((stage(1), [card(1, rotting=True), card(2)]), (to, []))
    picture = before.with_cards([before.lanes[0].cards[1].entering(to, NOW)])
    assert [[c.number for c in lane.cards] for lane in picture.lanes] == [[2], [1]]
    moved = picture.lanes[1].cards[0]
    assert (moved.stage, moved.probability, moved.rotting, moved.age(NOW)) == (2, 50, False, 0)
    assert picture.lanes[1].weighted == (Money(50, "EUR"),)
    assert picture.lanes[0].value == (Money(200, "EUR"),)


@pytest.mark.parametrize(("kind", "closed"), [("won", NOW), ("lost", NOW), ("open", None)])
def test_a_card_that_enters_a_closed_stage_is_closed(kind: str, closed: datetime | None) -> None:
    """And one that comes back is open; the reason goes only with a lost one."""
    entered = card(1, closed_at=NOW - timedelta(days=9)).entering(stage(3, kind), NOW, "price")
    assert (entered.kind, entered.closed_at, entered.lost_reason) == (kind, closed, "price" if kind == "lost" else None)


numbers = st.integers(1, 30)


@settings(
    suppress_health_check=[HealthCheck.too_slow]
)  # the first draw loads what Hypothesis needs, on a busy machine slowly
@given(
    st.lists(st.tuples(numbers, st.sampled_from(["EUR", "JPY"]), st.integers(-5, 500), st.integers(1, 3)), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(1, 3)), max_size=8),
    st.sampled_from(ORDERS),
)
def test_however_cards_are_moved_sums_and_order_stay_right(
    made: list[tuple[int, str, int, int]], moves: list[tuple[int, int]], order: str
) -> None:
    """As if each lane had been read anew."""
    stages = {number: stage(number, probability=10 * number) for number in (1, 2, 3)}
    cards = {
        n: card(n, value=Money(minor, currency), stage=at, probability=10 * at, title=f"d{minor}", owner=currency)
        for n, currency, minor, at in made
    }
    picture = board(*((each, [c for c in cards.values() if c.stage == each.number]) for each in stages.values()))
    picture = picture.sorted_by(order)
    for which, to in moves:
        if cards:
            moved = list(cards.values())[which % len(cards)].entering(stages[to], NOW)
            cards[moved.number] = moved
            picture = picture.with_cards([moved])
    for lane in picture.lanes:
        fresh = lane_of(lane.stage, [c for c in cards.values() if c.stage == lane.stage.number])
        assert lane == fresh._replace(cards=in_order("open", fresh.cards, order))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("due", [2, 1, 3]), ("value", [2, 1, 3]), ("age", [3, 2, 1]), ("title", [2, 3, 1]), ("chance", [1, 2, 3]),
        ("owner", [3, 1, 2]),
    ],
)  # fmt: skip
def test_cards_are_sorted_by_what_is_asked(order: str, expected: list[int]) -> None:
    """No owner comes last, as does no value."""
    cards = [
        card(1, title="żuk", owner="boris", probability=90),
        card(2, title="Acme", owner=None, value=Money(900, "EUR")),
        card(3, title="zet", owner="Ana", value=None),
    ]
    assert expected == [c.number for c in in_order("open", cards, order)]


@pytest.mark.parametrize(("limit", "over"), [(None, 0), (3, 0), (2, 0), (1, 1)])
def test_a_stage_is_over_its_limit(limit: int | None, over: int) -> None:
    """By so many cards."""
    assert over == lane_of(stage(1, limit=limit), [card(1), card(2)]).over


def test_swimlanes_are_in_the_order_of_names_and_no_one_comes_last() -> None:
    """Each with its cards by stage, and what is open in it."""
    won = stage(2, "won")
    cards = [card(1, owner="zoe"), card(2, owner=None), card(3, owner="Ana"), card(4, owner="zoe")]
    closed = card(5, owner="zoe", stage=2, kind="won")
    lanes = swimlanes(board((stage(1), cards), (won, [closed])), "owner")
    assert [(lane.key, lane.name, lane.deals) for lane in lanes] == [
        ("Ana", "Ana", 1),
        ("zoe", "zoe", 2),
        ("", None, 1),
    ]
    assert [[c.number for c in lanes[1].cards[number]] for number in (1, 2)] == [[4, 1], [5]]
    assert lanes[1].value == (Money(500, "EUR"),)


def test_two_companies_of_one_name_are_two_swimlanes() -> None:
    """The number tells them apart."""
    twins = [card(1, company="Acme", company_number=1), card(2, company="Acme", company_number=2)]
    assert [lane.name for lane in swimlanes(board((stage(1), twins)), "company")] == ["Acme", "Acme"]
    assert group_key(card(3), "company") == ""


def test_sums_keep_currencies_apart() -> None:
    """The largest first."""
    amounts = [Money(100, "EUR"), None, Money(500, "USD"), Money(200, "EUR")]
    assert sums(amounts) == (Money(500, "USD"), Money(300, "EUR"))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(numbers, st.sampled_from(["ana", "zoe", None]), st.integers(1, 3)), max_size=12),
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(1, 3), st.sampled_from(["ana", "boris", None])),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(ORDERS),
)
def test_however_cards_are_moved_swimlanes_stay_right(
    made: list[tuple[int, str | None, int]], moves: list[tuple[int, int, str | None]], order: str
) -> None:
    """As if they had been made anew of the picture, also when an owner comes or goes."""
    stages = {number: stage(number, kind) for number, kind in ((1, "open"), (2, "open"), (3, "won"))}
    cards = {n: card(n, owner=owner, stage=at, kind=stages[at].kind) for n, owner, at in made}
    picture = board(*((each, [c for c in cards.values() if c.stage == each.number]) for each in stages.values()))
    picture = picture.sorted_by(order)
    lanes = swimlanes(picture, "owner")
    for which, to, owner in moves if cards else []:
        was = list(cards.values())[which % len(cards)]
        now = cards[was.number] = was.entering(stages[to], NOW)._replace(owner=owner)
        after = picture.with_cards([now], [was])
        assert after == picture.with_cards([now])
        lanes = regrouped(lanes, after, "owner", [was], [now])
        assert lanes == swimlanes(after, "owner")
        picture = after


def test_a_card_that_is_not_where_it_was_said_to_be_is_found_all_the_same() -> None:
    """As when the board was read anew while a dialog was open."""
    before = board((stage(1), [card(1)]), (stage(2), [card(2, stage=2)]))
    stale = card(2)._replace(title="as it was", stage=1)
    now = card(2).entering(stage(1), NOW)
    picture = before.with_cards([now], [stale])
    assert [[c.number for c in lane.cards] for lane in picture.lanes] == [[2, 1], []]
    assert regrouped(swimlanes(before, "owner"), picture, "owner", [stale], [now]) == swimlanes(picture, "owner")

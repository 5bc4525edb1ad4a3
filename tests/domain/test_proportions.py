"""Two shares compared, by hand-computed figures."""

from __future__ import annotations

import pytest

from crmcli.domain.proportions import Share, compare, normal_quantile, verdict, wilson


def test_wilsons_interval_of_81_of_263_is_newcombes_own() -> None:
    assert (0.2553, 0.3662) == tuple(round(end, 4) for end in wilson(81, 263, normal_quantile(0.975)))


def test_the_difference_of_56_of_70_and_48_of_80_is_newcombes_own() -> None:
    found = compare(Share("a", 56, 70), Share("b", 48, 80))
    assert (0.2, 0.0524, 0.3339) == tuple(round(x or 0, 4) for x in (found.difference, found.low, found.high))


def test_the_two_proportion_test_of_56_of_70_and_48_of_80() -> None:
    """Pooled share 104/150, z = 0.2 / sqrt(0.69333 * 0.30667 * (1/70 + 1/80)) = 2.6501, two-sided p = 0.00805."""
    assert 0.00805 == round(compare(Share("a", 56, 70), Share("b", 48, 80)).p or 0, 5)


def test_none_of_ten_against_none_of_twenty_tells_nothing() -> None:
    assert 1.0 == compare(Share("a", 0, 10), Share("b", 0, 20)).p


@pytest.mark.parametrize(
    ("shares", "winner"),
    [
        ((Share("a", 56, 70), Share("b", 48, 80)), "a"),
        ((Share("a", 11, 100), Share("b", 10, 100)), None),
        ((Share("a", 56, 70), Share("b", 48, 80), Share("c", 55, 70)), None),
        ((Share("a", 5, 10),), None),
        ((Share("a", 0, 0), Share("b", 0, 0)), None),
    ],
)
def test_the_leader_wins_only_where_it_differs_from_every_other(shares: tuple[Share, ...], winner: str | None) -> None:
    assert winner == verdict(shares).winner


def test_a_share_of_nobody_has_no_rate() -> None:
    assert (None, None) == (Share("a", 0, 0).rate, compare(Share("a", 0, 0), Share("b", 1, 2)).difference)

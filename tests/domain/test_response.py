"""Who is likely to respond to a campaign."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.response import Bin, Person, auc, calibration, fit, logistic, propensities
from crmcli.errors import Refused


def crowd(n: int = 600, seed: int = 3) -> tuple[list[Person], list[bool]]:
    """People of whom those who bought lately and by telephone respond more often."""
    draw = np.random.default_rng(seed)
    people, did = [], []
    for place in range(n):
        since, channel = int(draw.integers(0, 400)), str(draw.choice(["email", "phone"]))
        people.append(
            Person(f"p{place:04}", since, int(draw.integers(1, 9)), int(draw.integers(0, 90_000)), channel, 4, 1)
        )
        did.append(bool(draw.random() < 1 / (1 + np.exp(0.02 * (since - 100) - 1.5 * (channel == "phone")))))
    return people, did


@pytest.mark.parametrize(
    ("scores", "happened", "expected"),
    [
        ([1, 2, 3, 4], [False, False, True, True], 1.0),
        ([1, 2, 3, 4], [True, False, True, False], 0.25),
        ([1, 1, 1], [True, False, False], 0.5),
        ([1, 2, 2, 3], [False, True, False, True], 0.875),
    ],
)
def test_auc_by_hand(scores: list[float], happened: list[bool], expected: float) -> None:
    """In the last, of four pairs three are won and one is a tie: 3.5 / 4."""
    assert expected == auc(scores, happened)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2).filter(
        lambda rows: len({did for _, did in rows}) == 2
    )
)
def test_auc_is_symmetric(rows: list[tuple[int, bool]]) -> None:
    scores, happened = [float(score) for score, _ in rows], [did for _, did in rows]
    found = auc(scores, happened)
    assert 0 <= found <= 1
    assert 1 - found == pytest.approx(auc([-score for score in scores], happened))
    assert 1 - found == pytest.approx(auc(scores, [not did for did in happened]))


def test_without_penalty_one_yes_no_figure_comes_to_the_odds_themselves() -> None:
    """Of ten without it two responded, of ten with it six: the odds are 1/4 and 3/2."""
    known = np.array([[0.0]] * 10 + [[1.0]] * 10)
    answers = np.array([1.0] * 2 + [0.0] * 8 + [1.0] * 6 + [0.0] * 4)
    assert (log(1 / 4), log(6)) == pytest.approx(tuple(logistic(known, answers, ridge=0.0)))


def test_the_penalised_slope_is_flat_at_the_weights_found() -> None:
    draw = np.random.default_rng(1)
    known, answers = draw.normal(size=(80, 3)), (draw.random(80) < 0.4).astype(float)
    weights = logistic(known, answers, ridge=2.0)
    rows = np.column_stack([np.ones(80), known])
    slope = rows.T @ (answers - 1 / (1 + np.exp(-rows @ weights))) - 2.0 * np.array([0, *weights[1:]])
    assert [0.0] * 4 == pytest.approx(slope.tolist(), abs=1e-8)


def test_a_figure_that_tells_all_apart_does_not_run_away() -> None:
    known = np.array([[-1.0]] * 60 + [[1.0]] * 60)
    weights = logistic(known, np.array([0.0] * 60 + [1.0] * 60))
    assert 1 < weights[1] < 10


def test_a_model_finds_who_responds_and_says_what_it_is_worth() -> None:
    people, did = crowd()
    model = fit(people, did)
    assert (600, sum(did), 180) == (model.n, model.responders, model.held_out)
    assert 0.75 < model.auc < 0.95
    weights = dict(zip(model.names, model.weights, strict=True))
    assert weights["days since purchase"] < -0.3
    assert weights["phone"] > 0.3
    near, far = propensities(model, [Person("x", 5, 3, 100, "phone", 4, 1), Person("y", 390, 3, 100, "email", 4, 1)])
    assert 0 < far < 0.3 < 0.6 < near < 1


def test_expected_shares_are_about_those_observed() -> None:
    people, did = crowd(3000)
    bins = fit(people, did).calibration
    assert (5, 900) == (len(bins), sum(each.n for each in bins))
    assert all(abs(each.expected - each.observed) < 0.1 for each in bins)


def test_who_is_held_out_does_not_hang_on_the_order_but_on_the_seed() -> None:
    people, did = crowd()
    forth, back = fit(people, did), fit(people[::-1], did[::-1])
    assert forth.auc == pytest.approx(back.auc)
    assert forth.weights == pytest.approx(back.weights)
    assert forth.auc != pytest.approx(fit(people, did, seed=1).auc)


def test_calibration_by_hand() -> None:
    found = calibration([0.1, 0.9, 0.2, 0.8], [False, True, True, True], bins=2)
    assert [Bin(2, pytest.approx(0.15), 0.5), Bin(2, pytest.approx(0.85), 1.0)] == found


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.1] * 100, [(100, 0.1, 0.25)]),
        ([0.1] * 50 + [0.4] * 50, [(50, 0.1, 0.3), (50, 0.4, 0.2)]),
        ([0.1] * 30 + [0.2] * 70, [(30, 0.1, 0.5), (70, 0.2, 10 / 70)]),
        ([0.1] * 20 + [0.2] * 21 + [0.3] * 59, [(20, 0.1, 0.75), (21, 0.2, 0.0), (59, 0.3, 10 / 59)]),
    ],
)
def test_who_scores_the_same_is_in_the_same_bin_whoever_responded(
    scores: list[float], expected: list[tuple[int, float, float]]
) -> None:
    """Of a hundred, fifteen of the first half responded and ten of the second."""
    happened = [place % 50 < (15 if place < 50 else 10) for place in range(100)]
    bins = [Bin(n, pytest.approx(share), pytest.approx(did)) for n, share, did in expected]
    assert (bins, bins) == (calibration(scores, happened), calibration(scores[::-1], happened[::-1]))


@pytest.mark.parametrize("responders", [0, 49, 551, 600])
def test_too_few_of_a_kind_are_refused_with_their_number(responders: int) -> None:
    people, _ = crowd()
    message = f"too little to learn from: {responders} responded and {600 - responders} did not, 50 of each are needed"
    with pytest.raises(Refused, match=message):
        fit(people, [place < responders for place in range(600)])


def test_who_never_bought_and_unknown_channels_are_rated_too() -> None:
    people, did = crowd()
    rated = propensities(fit(people, did), [Person("new", None, 0, 0, "fax"), Person("new", None, 0, 0, "email")])
    assert 0 < rated[0] < 1
    assert rated[0] == rated[1]
    assert [] == propensities(fit(people, did), [])

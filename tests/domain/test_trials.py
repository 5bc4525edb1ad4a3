"""On whom variants are tried, and what is kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.campaign_settings import (
    Decision,
    Trial,
    decision_of,
    read_sample,
    read_trial,
    show_trial,
    trial_of,
    with_decision,
    with_trial,
)
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    ("trial", "people", "sampled"),
    [
        (Trial(), 10, 10),
        (Trial(after_count=4), 10, 4),
        (Trial(after_count=40), 10, 10),
        (Trial(after_minutes=60), 10, 2),
        (Trial(after_minutes=60), 1, 1),
        (Trial(after_minutes=60, sample=0.3), 10, 3),
        (Trial(after_count=4, sample=0.5), 10, 5),
        (Trial(after_minutes=60, sample=1.0), 10, 10),
    ],
)
def test_so_many_of_the_people_get_a_variant(trial: Trial, people: int, sampled: int) -> None:
    assert sampled == sum(trial.samples(place) for place in range(people)) == trial.sampled_before(people)


def test_the_sample_is_spread_over_all() -> None:
    assert [0, 5, 10, 15] == [place for place in range(20) if Trial(after_minutes=1).samples(place)]


@given(st.integers(1, 1000), st.integers(0, 5000))
def test_the_sample_is_never_a_person_off(permille: int, people: int) -> None:
    trial = Trial(after_minutes=1, sample=permille / 1000)
    assert abs(trial.sampled_before(people) - people * permille / 1000) < 1


@pytest.mark.parametrize(("text", "share"), [("20%", 0.2), ("20", 0.2), ("0.2", 0.2), ("12,5 %", 0.125), ("100%", 1.0)])
def test_a_sample_is_read(text: str, share: float) -> None:
    assert share == read_sample(text)


@pytest.mark.parametrize("text", ["0", "0%", "101%", "some", "-5", ""])
def test_what_is_no_sample_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="sample"):
        read_sample(text)


def test_the_metric_may_be_told_as_a_pair() -> None:
    trial = read_trial("metric=clicked", "500", "99", None, "20%")
    assert Trial("clicked", 500, None, 0.99, 0.2) == trial == trial_of(with_trial("{}", trial))
    assert "clicked on 20 % of the people, winner after 500 messages at 99 %" == show_trial(trial)


def test_a_decision_is_kept_beside_the_trial() -> None:
    kept = with_decision(with_trial("{}", Trial("replied", 9)), Decision("2026-11-21T12:00:00Z", "test", 7))
    assert (Decision("2026-11-21T12:00:00Z", "test", 7), Trial("replied", 9)) == (decision_of(kept), trial_of(kept))
    assert None is decision_of(with_decision(kept, None))

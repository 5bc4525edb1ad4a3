"""The order in which advice is given."""

from __future__ import annotations

import pytest

from crmcli.domain.advice import BY_NAME, Advice, ranked, rule_named
from crmcli.domain.money import Money
from crmcli.errors import BadValue


def advice(rule: str, number: int, stake: int | None = None) -> Advice:
    money = None if stake is None else Money(stake, "EUR")
    return Advice(rule, "deal", number, f"dl_{number}", f"Deal {number}", "because", "crm …", money)


def test_the_rule_and_the_money_at_stake_make_the_score() -> None:
    """weight · (1 + stake / largest stake) / 2; without a stake as if half were at stake."""
    found = ranked([advice("slipping", 1, 1000), advice("slipping", 2, 250), advice("duplicates", 3)])
    assert [(1, 1.0), (2, 0.625), (3, 0.375)] == [(each.advice.number, each.score) for each in found]


def test_a_record_is_named_once_by_its_weightiest_rule() -> None:
    found = ranked([advice("rotting", 1, 900), advice("slipping", 1, 900), advice("no-next-step", 1, 900)])
    assert [("slipping", 1)] == [(each.advice.rule, each.advice.number) for each in found]


def test_no_rule_fills_the_list_alone() -> None:
    found = ranked([*(advice("slipping", n, 100) for n in range(9)), advice("duplicates", 50)], most=7, of_a_rule=3)
    assert ["slipping"] * 3 + ["duplicates"] == [each.advice.rule for each in found]


def test_rules_are_found_by_name_and_the_nearest_is_told() -> None:
    assert BY_NAME["no-next-step"] == rule_named("No next_step")
    with pytest.raises(BadValue) as refused:
        rule_named("rottin")
    assert "did you mean rotting?" == refused.value.hint

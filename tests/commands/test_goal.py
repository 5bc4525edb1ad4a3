"""`crm goal`: what is wanted, how far it is reached, and back; today is 21 November 2026."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


def test_a_goal_from_beginning_to_end(crm_on: Crm) -> None:
    """Set, reached, replaced, taken away, brought back; each an undo step that history tells of."""
    uid = crm_on("goal", "set", "won_value", "10k", "--owner", "ana", "--note", "with the fair").uid
    assert uid.startswith("gl_")
    crm_on("deal", "add", "Looms", "--value", "2500", "--stage", "won", "--owner", "ana")
    crm_on("deal", "add", "Spindles", "--value", "9999", "--stage", "won", "--owner", "boris")
    assert crm_on("goal", "list", "--format", "json").json() == [
        {
            "id": uid, "number": 1, "metric": "won_value", "owner": "ana", "period": "Q4-2026", "starts_on": "2026-10-01",
            "ends_on": "2026-12-31", "currency": "EUR", "target": 10000, "reached": 2500, "share": 0.25, "gap": 7500,
            "expected": 5652.17, "pace": pytest.approx(2500 / 5652.174), "note": "with the fair",
        }
    ]  # fmt: skip
    again = crm_on("goal", "set", "won-value", "20k", "--owner", "ana")
    assert (again.uid, again.stderr) == (uid, "goal #1: won_value 20000 EUR of ana in Q4-2026\n")
    changed = crm_on("history", "--format", "json", "--limit", "1").json()
    assert changed[0]["summary"] == "won_value of ana for Q4-2026"  # type: ignore[index]
    assert crm_on("goal", "rm", "won_value").stderr == "removed goal #1: won_value 20000 EUR of ana in Q4-2026\n"
    assert crm_on("goal", "list").lines[1:] == []
    crm_on("undo")
    assert [row["target"] for row in crm_on("goal", "list", "--format", "json").json()] == [20000]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("metric", "reached"),
    [("won", 1), ("new_deals", 2), ("new_value", 150), ("activities", 3), ("calls", 1), ("meetings", 1), ("leads", 2)],
)
def test_what_is_counted(crm_after: Callable[..., Crm], metric: str, reached: int) -> None:
    """By the month, of all; another person's are none of boris's."""
    crm = crm_after(
        ("deal", "add", "A", "--value", "100", "--stage", "won", "--owner", "ana"),
        ("deal", "add", "B", "--value", "50", "--owner", "ana"),
        ("contact", "add", "Jane", "--owner", "ana"),
        ("contact", "add", "Jim", "--owner", "ana"),
        ("log", "call", "one", "--contact", "Jane"),
        ("log", "meeting", "two", "--contact", "Jane"),
        ("log", "email", "three", "--contact", "Jane"),
        ("log", "call", "old", "--contact", "Jane", "--at", "2026-10-31 10:00"),
        ("task", "add", "Planned", "--due", "2026-11-30"),
        *[("goal", "set", each, "10", "--period", "2026-11") for each in METRICS],
        *[("goal", "set", each, "10", "--period", "2026-11", "--owner", "boris") for each in METRICS],
    )
    rows = crm("goal", "list", "--metric", metric, "--format", "json").json()
    assert [(row["owner"], row["reached"]) for row in rows] == [(None, reached), ("boris", 0)]  # type: ignore[attr-defined]


METRICS = ("won", "new_deals", "new_value", "activities", "calls", "meetings", "leads")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "won_valu", "5"), "metric: there is no metric 'won_valu' (did you mean won_value?)"),
        (("set", "won", "0"), 'target: "0" is not above zero'),
        (("set", "won", "many"), 'target: "many" is not a number'),
        (("set", "won", "3", "--period", "sometimes"), "period: can't read 'sometimes'"),
        (("rm", "9"), "no goal 9 (try: crm goal list)"),
        (("rm", "won"), "no goal won (try: crm goal list)"),
    ],
)
def test_what_can_not_be_wanted(crm: Crm, words: tuple[str, ...], said: str) -> None:
    refused = crm("goal", *words)
    assert refused.code in (2, 3)
    assert said in refused.stderr


def test_lists_choose_and_several_are_told_apart(crm: Crm) -> None:
    """By days in common, by whose and by which; a metric with two goals is no name of one. A list makes no store."""
    assert (crm("goal", "list", "--format", "json").json(), crm("goal", "list").code) == ([], 0)
    crm("goal", "set", "won", "3", "--period", "Q3-2026")
    crm("goal", "set", "won", "4", "--period", "FY2026", "--owner", "me")

    def listed(*words: str) -> list[str]:
        return [line.split("\t")[4] for line in crm("goal", "list", *words).lines[1:]]

    assert listed() == ["Q3-2026", "2026"]
    assert listed("--period", "2026-12") == ["2026"]
    assert listed("--owner", "maria") == ["2026"]
    assert listed("--metric", "calls") == []
    refused = crm("goal", "rm", "won")
    assert (refused.code, "won names 2 goals: #1 won for Q3-2026; #2 won of maria for 2026" in refused.stderr) == (
        4,
        True,
    )


def test_sales_by_a_custom_field_as_a_spreadsheet(crm: Crm) -> None:
    """The line that has to work as it is written."""
    crm("deal", "add", "A", "--value", "100", "--stage", "won", "--set", "product==GTX")
    assert crm("report", "sales", "--by", "custom.product", "--format", "csv").stdout == (
        "custom.product,rank,deals,value,share,cumulated,average,new,existing,currency\n"
        "'=GTX,1,1,100,1.0,1.0,100,,,EUR\n"
    ).replace("\n", "\r\n")


def test_the_forecast_as_a_chart(crm: Crm) -> None:
    """A bar for each month, wide enough for its screen; the seed of the simulation is told."""
    crm("deal", "add", "A", "--value", "100", "--stage", "proposal", "--expected-close", "2026-12-01")
    drawn = crm("report", "forecast", "--chart", tty=True).stdout
    assert "2026-12" in drawn
    assert "█" in drawn
    answer = crm("report", "forecast", "--format", "json", "--envelope", "--simulate", "50", "--seed", "9").json()
    assert (answer["model"]["futures"], answer["model"]["seed"]) == (50, 9)  # type: ignore[index]

"""``crm pipeline``: what lies in each stage, and the stages themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from crmcli.context import AppContext

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

STAGES = ["lead", "qualified", "proposal", "negotiation", "won", "lost"]


def rows(crm: Crm, *words: object) -> list[dict[str, object]]:
    return crm("pipeline", *words, "--format", "json").json()  # type: ignore[return-value]


def names(crm: Crm, pipeline: str = "sales") -> list[str]:
    return [row["stage"] for row in crm("pipeline", "list", "--pipeline", pipeline, "--format", "json").json()]


# -- what lies in the stages


def test_no_store_gives_stages_with_nothing_in_them_and_makes_none(crm: Crm, tmp_path: object) -> None:
    assert [(stage, 0) for stage in STAGES] == [(row["stage"], row["count"]) for row in rows(crm)]
    assert list(tmp_path.glob("*.db")) == []  # type: ignore[attr-defined]


def test_an_empty_store_shows_every_stage_in_the_default_currency(crm_on: Crm) -> None:
    assert [(stage, 0, 0, 0, "EUR") for stage in STAGES] == [
        (row["stage"], row["count"], row["value"], row["weighted"], row["currency"]) for row in rows(crm_on)
    ]


def test_weighted_value_is_value_times_probability(crm_on: Crm) -> None:
    """3800 at 90 per cent and 22500 at 20 per cent are 7920 weighted."""
    crm_on("deal", "add", "A", "--value", "3800", "--probability", "90", "--stage", "qualified")
    crm_on("deal", "add", "B", "--value", "22500", "--stage", "qualified")
    qualified = rows(crm_on)[1]
    assert qualified == {
        "stage": "qualified",
        "count": 2,
        "value": 26300,
        "weighted": 7920,
        "currency": "EUR",
        "kind": "open",
    }


def test_one_row_per_stage_and_currency(crm_on: Crm) -> None:
    for title, value in (("A", "100 EUR"), ("B", "50 USD"), ("C", "70 USD"), ("D", "1000 JPY")):
        crm_on("deal", "add", title, "--value", value)
    leads = [row for row in rows(crm_on) if row["stage"] == "lead"]
    assert [(row["count"], row["value"], row["weighted"], row["currency"]) for row in leads] == [
        (1, 100, 10, "EUR"),
        (1, 1000, 100, "JPY"),
        (2, 120, 12, "USD"),
    ]


def test_a_deal_without_value_counts_in_the_row_there_is(crm_on: Crm) -> None:
    crm_on("deal", "add", "A", "--value", "50 USD")
    for title, stage in (("B", "lead"), ("C", "won")):
        crm_on("deal", "add", title, "--stage", stage)
    found = {row["stage"]: (row["count"], row["value"], row["currency"]) for row in rows(crm_on)}
    assert (found["lead"], found["won"]) == ((2, 50, "USD"), (1, 0, "EUR"))
    assert len(STAGES) == len(rows(crm_on))


def test_a_filter_and_a_pipeline_narrow_it(crm_on: Crm) -> None:
    crm_on("pipeline", "add", "renewals", "--stage", "due")
    crm_on("deal", "add", "A", "--value", "100")
    crm_on("deal", "add", "B", "--value", "200", "--owner", "ana")
    crm_on("deal", "add", "C", "--value", "400", "--pipeline", "renewals")
    crm_on("deal", "rm", "A")
    assert rows(crm_on)[0]["value"] == 200
    assert rows(crm_on, "--filter", "owner = me")[0]["value"] == 0
    assert [row["stage"] for row in rows(crm_on, "--pipeline", "Renewals")] == ["due", "won", "lost"]
    assert rows(crm_on, "--pipeline", "renewals", "--filter", "owner = me")[0]["value"] == 400
    assert crm_on("pipeline", "--pipeline", "bogus").code == 3
    assert crm_on("pipeline", "--filter", "bogus = 1").code == 2


def test_every_format(crm: Crm) -> None:
    crm("deal", "add", "A", "--value", "100")
    expected = rows(crm)
    assert expected == [json.loads(line) for line in crm("pipeline", "--format", "jsonl").lines]
    assert expected == yaml.safe_load(crm("pipeline", "-o", "yaml").stdout)
    assert crm("pipeline").lines[:2] == ["stage\tcount\tvalue\tweighted\tcurrency\tkind", "lead\t1\t100\t10\tEUR\topen"]
    assert crm("pipeline", "--format", "csv").lines[1] == "lead,1,100,10,EUR,open"
    assert "lead" in crm("pipeline", "--format", "markdown").stdout
    assert crm("pipeline", "--format", "ids")[:2] == (2, "")
    assert crm("pipeline", "--fields", "stage,weighted").lines[:2] == ["stage\tweighted", "lead\t10"]
    assert crm("pipeline", "--fields", "bogus").code == 2


def test_a_terminal_gets_bars_and_the_open_total(crm: Crm) -> None:
    crm("deal", "add", "A", "--value", "100 USD")
    crm("deal", "add", "B", "--value", "300 USD", "--stage", "proposal")
    drawn = crm("pipeline", tty=True).stdout
    assert "█" in drawn
    total = next(line for line in drawn.splitlines() if "open" in line)
    assert all(part in total for part in ("2", "400", "160"))


# -- the stages themselves


def test_pipelines_and_their_stages(crm_on: Crm) -> None:
    done = crm_on(
        "pipeline",
        "add",
        "Подновяване",
        "--stage",
        "due",
        "--stage",
        "yes",
        "--stage",
        "no",
        "--won-stage",
        "yes",
        "--lost-stage",
        "no",
    )
    assert done == (0, "", "added pipeline Подновяване: due, yes, no\n")
    listed = crm_on("pipeline", "list", "--format", "json").json()
    assert [row["stage"] for row in listed] == [*STAGES, "due", "yes", "no"]
    assert [(r["stage"], r["kind"]) for r in listed if r["pipeline"] == "Подновяване"] == [
        ("due", "open"),
        ("yes", "won"),
        ("no", "lost"),
    ]
    assert names(crm_on, "подновяване") == ["due", "yes", "no"]


def test_a_pipeline_without_stages_gets_the_configured_ones(crm: Crm) -> None:
    crm("pipeline", "add", "second")
    assert names(crm, "second") == STAGES


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "Sales"), 4, "there is a pipeline"),
        (("add", ""), 2, "name"),
        (("add", "x", "--stage", "a", "--stage", "A"), 4, "a"),
        (("edit", "sales"), 2, "nothing to change"),
        (("edit", "bogus", "--default"), 3, "no pipeline bogus"),
        (("stage-add", "Lead"), 4, "has a stage Lead already"),
        (("stage-add", ""), 2, "name"),
        (("stage-add", "x", "--kind", "maybe"), 2, "kind"),
        (("stage-add", "x", "--probability", "500"), 2, "probability"),
        (("stage-add", "x", "--rot-days", "0"), 2, "rot-days"),
        (("stage-add", "x", "--require", "bogus"), 2, "bogus"),
        (("stage-add", "x", "--forecast-category", "bogus"), 2, "forecast-category"),
        (("stage-add", "x", "--position", "-1"), 2, "--position"),
        (("stage-edit", "lead"), 2, "nothing to change"),
        (("stage-edit", "bogus", "--probability", "5"), 3, "bogus"),
        (("stage-edit", "lead", "--name", "WON"), 4, "WON"),
        (("stage-edit", "lead", "--name", "a,b"), 2, "name"),
        (("stage-rm", "won"), 5, "only won stage"),
        (("stage-rm", "bogus"), 3, "bogus"),
        (("bogus",), 2, "bogus"),
        (("--pipeline", "sales", "list"), 2, "after the verb"),
    ],
)
def test_what_is_refused_changes_nothing(crm_on: Crm, words: tuple[str, ...], code: int, said: str) -> None:
    before = crm_on("pipeline", "list").stdout
    answer = crm_on("pipeline", *words)
    assert (code, "") == (answer.code, answer.stdout)
    assert said in answer.stderr
    assert before == crm_on("pipeline", "list").stdout


def test_rename_and_make_default(crm_on: Crm) -> None:
    crm_on("pipeline", "add", "second", "--stage", "due")
    answer = crm_on("pipeline", "edit", "second", "--name", "Renewals", "--default", "--format", "json")
    assert [row["pipeline"] for row in answer.json()] == ["Renewals"] * 3
    crm_on("deal", "add", "A")
    assert tuple(crm_on("deal", "show", "A", "--format", "json").json()[k] for k in ("pipeline", "stage")) == (
        "Renewals",
        "due",
    )
    assert [row["stage"] for row in rows(crm_on)] == ["due", "won", "lost"]
    AppContext().history.undo("2")
    assert rows(crm_on)[0]["stage"] == "lead"


def test_a_new_stage_comes_before_the_closed_ones_unless_placed(crm_on: Crm) -> None:
    flags = ("--probability", "60", "--rot-days", "14", "--require", "value", "--forecast-category", "best_case")
    made = crm_on("pipeline", "stage-add", "pilot", *flags, "--format", "json").json()[0]
    assert tuple(
        made[name] for name in ("stage", "kind", "probability", "rot_days", "forecast_category", "required")
    ) == ("pilot", "open", 60, 14, "best_case", ["value"])
    assert crm_on("pipeline", "stage-add", "first", "--position", "0").code == 0
    assert ["first", *STAGES[:4], "pilot", *STAGES[4:]] == names(crm_on)
    AppContext().history.undo()
    assert [*STAGES[:4], "pilot", *STAGES[4:]] == names(crm_on)


def test_a_stage_is_changed_and_its_deals_stay(crm_on: Crm) -> None:
    crm_on("deal", "add", "A", "--value", "100")
    assert crm_on("pipeline", "stage-edit", "lead", "--name", "Нов", "--probability", "30", "--no-rot").code == 0
    assert tuple(rows(crm_on)[0][name] for name in ("stage", "count", "weighted")) == ("Нов", 1, 30)
    assert crm_on("deal", "show", "A", "--format", "json").json()["stage"] == "Нов"
    assert crm_on("pipeline", "stage-edit", "Нов", "--position", "2").code == 0
    assert names(crm_on)[:3] == ["qualified", "proposal", "Нов"]
    assert crm_on("pipeline", "stage-edit", "proposal", "--require", "value").code == 0
    assert crm_on("pipeline", "stage-edit", "proposal", "--no-require").code == 0
    listed = crm_on("pipeline", "list", "--format", "json").json()
    assert next(row["required"] for row in listed if row["stage"] == "proposal") == []


def test_a_stage_with_deals_needs_to_be_told_where_they_go(crm_on: Crm) -> None:
    for title in ("A", "B"):
        crm_on("deal", "add", title)
    refused = crm_on("pipeline", "stage-rm", "lead")
    assert (refused.code, "2 deals" in refused.stderr, "--move-to" in refused.stderr) == (5, True, True)
    asked = crm_on("pipeline", "stage-rm", "lead", "--move-to", "qualified")
    assert (asked.code, "move 2 deals from lead to qualified?" in asked.stderr, "--yes" in asked.stderr) == (
        2,
        True,
        True,
    )
    tried = crm_on("pipeline", "stage-rm", "lead", "--move-to", "qualified", "--dry-run")
    assert tried.stderr.splitlines() == [
        "would move #1 A",
        "would move #2 B",
        "would remove stage lead and move 2 deals to qualified",
    ]
    assert STAGES == names(crm_on)
    done = crm_on("pipeline", "stage-rm", "lead", "--move-to", "qualified", "--yes")
    assert (done.code, done.stderr) == (0, "removed stage lead; 2 deals moved to qualified (crm undo takes it back)\n")
    assert STAGES[1:] == names(crm_on)
    assert [v["stage"] for v in crm_on("deal", "show", "A", "--format", "json").json()["stage_history"]] == [
        "lead",
        "qualified",
    ]
    AppContext().history.undo()
    assert names(crm_on) == STAGES
    assert tuple(row["count"] for row in rows(crm_on)[:2]) == (2, 0)


def test_help_has_examples(crm: Crm) -> None:
    for words in ((), ("list",), ("add",), ("edit",), ("stage-add",), ("stage-edit",), ("stage-rm",)):
        answer = crm("pipeline", *words, "--help")
        assert (answer.code, "crm pipeline" in answer.stdout.partition("Examples:")[2]) == (0, True)


def test_deals_of_a_removed_stage_obey_what_the_other_requires(crm_on: Crm) -> None:
    """One that lacks it stops them all, and the stage stays."""
    crm_on("deal", "add", "A", "--value", "100")
    crm_on("deal", "add", "B")
    crm_on("pipeline", "stage-edit", "proposal", "--require", "value")
    refused = crm_on("pipeline", "stage-rm", "lead", "--move-to", "proposal", "--yes")
    assert (5, "stage proposal requires value (try: crm deal edit 2 --value …)") == (
        refused.code,
        refused.stderr.strip().partition("error: ")[2],
    )
    assert STAGES == names(crm_on)


def test_a_stage_is_removed_when_that_is_confirmed(crm: Crm) -> None:
    """On a terminal it asks, and no leaves everything as it is."""
    crm("deal", "add", "A")
    assert (
        "nothing was changed" in crm("pipeline", "stage-rm", "lead", "--move-to", "won", stdin="n\n", tty=True).stderr
    )
    done = crm("pipeline", "stage-rm", "lead", "--move-to", "won", stdin="y\n", tty=True)
    assert "removed stage lead; 1 deal moved to won" in done.stderr


def test_without_a_store_the_pipeline_is_the_one_a_new_store_would_have(crm: Crm, tmp_path: Path) -> None:
    """With nothing in it, and none is made."""
    without = [crm(*words, "--format", "json").json() for words in (("pipeline",), ("pipeline", "list"))]
    assert 3 == crm("pipeline", "--pipeline", "bogus").code
    assert not (tmp_path / "crm.db").exists()
    crm("store", "init")
    assert without == [crm(*words, "--format", "json").json() for words in (("pipeline",), ("pipeline", "list"))]


def test_a_stage_cannot_move_to_itself(crm_on: Callable[..., Result]) -> None:
    """Said so, whether deals are in it or not."""
    crm_on("pipeline", "list")
    crm_on("deal", "add", "Pilot")
    found = crm_on("pipeline", "stage-rm", "lead", "--move-to", "Lead")
    assert (2, "crm: error: move-to: lead can't move to itself (try: another stage)\n") == (found.code, found.stderr)


# -- how many deals are enough


def test_a_stage_has_a_limit_that_can_be_taken_away(crm_on: Crm) -> None:
    """It is logged and undone like everything else of a stage."""

    def limits() -> dict[str, object]:
        return {row["stage"]: row["wip_limit"] for row in rows(crm_on, "list") if row["wip_limit"] is not None}

    assert 0 == crm_on("pipeline", "stage-add", "pilot", "--wip", "3").code
    assert 0 == crm_on("pipeline", "stage-edit", "proposal", "--wip", "20").code
    assert {"pilot": 3, "proposal": 20} == limits()
    assert 0 == crm_on("pipeline", "stage-edit", "proposal", "--no-wip").code
    assert {"pilot": 3} == limits()
    assert 0 == crm_on("undo").code
    assert {"pilot": 3, "proposal": 20} == limits()
    refused = crm_on("pipeline", "stage-edit", "proposal", "--wip", "0")
    assert (2, "", "crm: error: wip: 0 is not between 1 and 1000000\n") == refused
    shown = crm_on(
        "sql", "select stage, wip_limit from v_stage where wip_limit is not null order by 1", "--format", "tsv"
    )
    assert "stage\twip_limit\npilot\t3\nproposal\t20\n" == shown.stdout

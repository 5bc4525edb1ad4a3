"""`crm campaign report` and `crm report campaigns`: what a person reads and what a script gets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.campaign_results import Figures
from crmcli.render.cells import width

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]

FAIR = (
    ("campaign", "add", "Winter", "--kind", "exhibition", "--start", "2026-01-10"),
    ("campaign", "start", "Winter"),
    ("campaign", "respond", "Winter", "old@x.com"),
    ("campaign", "cost", "add", "Winter", "100"),
    ("campaign", "add", "Fair", "--kind", "exhibition", "--code", "K26", "--start", "2026-11-01", "--budget", "1000",
     "--goal", "responses=4", "--goal", "revenue=10000", "--goal", "roi=150%"),
    ("campaign", "start", "Fair"),
    ("campaign", "respond", "--code", "K26", "anna@x.com", "ben@x.com", "zoë@x.com"),
    ("campaign", "cost", "add", "Fair", "400", "--note", "stand"),
    ("campaign", "cost", "add", "Fair", "250", "--state", "planned"),
    ("deal", "add", "Big", "--value", "3000", "--contact", "anna@x.com", "--campaign", "Fair"),
    ("deal", "win", "Big"),
    ("deal", "add", "Small", "--value", "2000", "--contact", "ben@x.com"),
    ("deal", "win", "Small"),
    ("deal", "add", "Open", "--value", "900", "--contact", "ben@x.com"),
)  # fmt: skip


@pytest.fixture
def crm(crm_after: Callable[..., Run]) -> Run:
    """A trade fair that cost 400, and three deals of its visitors, two of them won; and one of the year before."""
    return crm_after(*FAIR)


def row(crm: Run, *flags: str) -> dict[str, Any]:
    """The one row of the report."""
    (found,) = crm("campaign", "report", "Fair", *flags, "--format", "json").json()  # type: ignore[misc]
    return dict(found)


def test_from_a_trade_fair_to_its_return(crm: Run) -> None:
    """5,000 won for 400 spent: (5000 - 400) / 400 = 11.5; what is planned to be spent is not spent."""
    found = row(crm)
    expected = {
        "responded": 3, "leads": 3, "deals": 3, "won": 2, "won_revenue": 5000, "cost": 400, "cost_per_response": 133.33,
        "cost_per_lead": 133.33, "cost_per_win": 200, "roi": 11.5, "currency": "EUR", "other_currencies": None,
        "converted": 2, "response_rate": None, "sent": 0, "opened": None, "clicked": None, "unreliable": [],
    }  # fmt: skip
    assert expected == {name: found[name] for name in expected}
    assert set(Figures._fields) <= set(found)


def test_goals_have_target_actual_and_share(crm: Run) -> None:
    assert [
        {"metric": "responses", "target": 4, "actual": 3, "reached": 0.75},
        {"metric": "revenue", "target": 10000, "actual": 5000, "reached": 0.5},
        {"metric": "roi", "target": 1.5, "actual": 11.5, "reached": 11.5 / 1.5},
    ] == row(crm)["goals"]


def test_it_is_held_against_the_one_of_its_kind_before(crm: Run) -> None:
    before = row(crm)["previous"]
    assert ("Winter", 2, 5000, 300, 3) == (
        before["name"], before["delta"]["responded"], before["delta"]["won_revenue"], before["delta"]["cost"],
        before["delta"]["deals"],
    )  # fmt: skip


def test_the_previous_part_of_the_same_whole_comes_before_the_kind(crm_on: Run) -> None:
    for words in (
        ("Year",), ("One", "--parent", "Year", "--kind", "email", "--start", "2026-01-01", "--status", "planned"),
        ("Other", "--kind", "webinar", "--start", "2026-05-01", "--status", "planned"),
        ("Two", "--parent", "Year", "--kind", "webinar", "--start", "2026-06-01", "--status", "planned"),
    ):  # fmt: skip
        assert crm_on("campaign", "add", *words).code == 0
    for name, before in (("Two", "One"), ("Other", None), ("One", None)):
        (found,) = crm_on("campaign", "report", name, "--format", "json").json()  # type: ignore[misc]
        assert before == (found["previous"] and found["previous"]["name"])


def test_the_return_is_the_same_when_the_revenue_comes_from_more_deals(crm_on: Run) -> None:
    for name, values in (("One", ("900",)), ("Three", ("300", "250.50", "349.50"))):
        assert crm_on("campaign", "add", name, "--kind", "exhibition").code == 0
        assert crm_on("campaign", "cost", "add", name, "70").code == 0
        for value in values:
            assert crm_on("deal", "add", f"{name} {value}", "--value", value, "--campaign", name).code == 0
            assert crm_on("deal", "win", f"{name} {value}").code == 0
    rows: Any = crm_on("report", "campaigns", "--format", "json").json()
    assert {"One": (1, (900 - 70) / 70), "Three": (3, (900 - 70) / 70)} == {
        each["campaign"]: (each["won"], each["roi"]) for each in rows
    }


def test_a_period_counts_what_happened_in_it(crm: Run) -> None:
    found = row(crm, "--period", "2025")
    assert [] == crm("report", "campaigns", "--period", "2025", "--format", "json").json()
    assert 2 == len(crm("report", "campaigns", "--period", "2026", "--format", "json").json())  # type: ignore[arg-type]
    assert (0, 0, 0, None, None) == tuple(found[name] for name in ("responded", "deals", "cost", "roi", "previous"))


def test_the_envelope_has_n_formula_and_model(crm: Run) -> None:
    found: Any = crm("campaign", "report", "Fair", "--attribution", "first", "--format", "json", "--envelope").json()
    assert ("campaign", 3, "EUR") == (found["report"], found["n"], found["currency"])
    assert "ROI = (won revenue - cost) / cost" in found["formula"]
    assert found["model"].startswith("first: ")


def test_groups_of_people(crm: Run) -> None:
    rows: Any = crm("campaign", "report", "Fair", "--by", "source", "--format", "json").json()
    assert [(None, 3, 3)] == [(each["source"], each["responded"], each["deals"]) for each in rows]
    assert "roi" not in rows[0]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Fare",), 3, "did you mean Fair?"),
        (("Fair", "--attribution", "lst"), 2, "did you mean last?"),
        (("Fair", "--by", "sex"), 2, "segment"),
        (("Fair", "--period", "someday"), 2, "someday"),
        (("Fair", "--envelope"), 2, "--envelope"),
    ],
)
def test_what_can_not_be_asked_is_refused(crm: Run, words: tuple[str, ...], code: int, said: str) -> None:
    done = crm("campaign", "report", *words)
    assert (code, "") == (done.code, done.stdout)
    assert said in done.stderr


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_a_person_gets_a_page_that_fits(crm: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    done = crm("campaign", "report", "Fair", tty=True)
    assert "\x1b" not in done.stdout
    assert [] == [line for line in done.lines if width(line) > int(columns)]
    for part in ("people", "what it brought", "goals", "responses", "against Winter", "1,150.0%", "2026-11-21"):
        assert part in done.stdout, part


def test_a_campaign_without_anything_has_a_page(crm: Run) -> None:
    assert crm("campaign", "report", "Winter", tty=True).code == 0


def test_names_from_outside_stay_text(crm_on: Run) -> None:
    assert crm_on("campaign", "add", "[bold]=1+1", "--kind", "exhibition").code == 0
    assert "[bold]=1+1" in crm_on("campaign", "report", "[bold]=1+1", tty=True).stdout
    assert "[bold]=1+1" in crm_on("report", "campaigns", tty=True).stdout
    assert "'[bold]=1+1" not in crm_on("report", "campaigns", "--format", "csv").stdout
    assert crm_on("campaign", "edit", "[bold]=1+1", "--name", "=1+1").code == 0
    assert "'=1+1," in crm_on("report", "campaigns", "--format", "csv").stdout


def test_the_list_is_a_spreadsheet_too(crm: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(crm("report", "campaigns", "--format", "csv").stdout)))
    assert [("Fair", "11.5", "5000"), ("Winter", "-1.0", "0")] == [
        (each["campaign"], each["roi"], each["won_revenue"]) for each in rows
    ]


def test_the_list_fits_a_narrow_screen(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = crm("report", "campaigns", tty=True).lines
    assert "Fair" in lines[2]
    assert "1,150.0%" in lines[2]


def test_who_opened_is_told_as_unreliable_where_it_is_tracked(
    crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "crm.toml"
    config.write_text('[marketing]\ntracking_url = "https://acme.com/t"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    found = row(crm)
    assert (0, 0, ["opened", "clicked"]) == (found["opened"], found["clicked"], found["unreliable"])
    monkeypatch.setenv("NO_COLOR", "1")
    shown = crm("campaign", "report", "Fair", tty=True).stdout
    assert "opened and clicked are unreliable" in shown.replace("\n", " ")
    assert "opened (unreliable)" in shown


def test_show_has_the_same_goals(crm: Run) -> None:
    shown: Any = crm("campaign", "show", "Fair", "--format", "json").json()
    assert [(each["metric"], each["actual"]) for each in row(crm)["goals"]] == [
        (each["metric"], each["reached"]) for each in shown["goals"]
    ]

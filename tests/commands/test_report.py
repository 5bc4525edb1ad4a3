"""``crm report``: the formats and flags around the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

REPORTS = ("pipeline", "won", "lost", "activity", "stale")


@pytest.fixture
@once
def sold(crm: Crm) -> Crm:
    """A store in which something was won."""
    crm("deal", "add", "Tea", "--value", "1000", "--company", "Acme", "--owner", "ana", "--set", "product=green")
    crm("deal", "win", "Tea")
    crm("deal", "add", "Coffee", "--value", "500", "--owner", "boris")
    return crm


def test_pipeline_rows(sold: Crm) -> None:
    """The documented keys, for every stage."""
    found: Any = sold("report", "pipeline", "--format", "json").json()
    assert [row["stage"] for row in found] == ["lead", "qualified", "proposal", "negotiation", "won", "lost"]
    lead = {key: found[0][key] for key in ("stage", "count", "value", "weighted")}
    assert lead == {"stage": "lead", "count": 1, "value": 500, "weighted": 50}


def test_won_by_a_custom_field(sold: Crm) -> None:
    """The group's column is called after it."""
    assert sold("report", "won", "--by", "product", "--format", "tsv").lines == [
        "product\twon\tvalue\taverage\twin_rate\tcycle_mean\tcycle_median\tcurrency",
        "green\t1\t1000\t1000\t1.0\t0.0\t0.0\tEUR",
    ]


def test_a_table_shows_a_dash_for_no_value(sold: Crm) -> None:
    """Rates are per cent for a person, and what the figures rest on is below."""
    result = sold("report", "won", "--by", "owner", tty=True)
    assert "100.0%" in result.stdout
    assert "n = 1" in result.stdout
    empty = sold("report", "won", "--filter", "owner = nobody", tty=True)
    assert "—" in empty.stdout


def test_the_envelope_tells_what_figures_rest_on(sold: Crm) -> None:
    """n, period, currency and formula around the rows."""
    found: Any = sold("report", "won", "--period", "2026-11", "--envelope", "-o", "json").json()
    assert (found["report"], found["period"], found["n"], found["currency"]) == ("won", "2026-11", 1, "EUR")
    assert found["rows"][0]["won"] == 1
    assert "win rate" in found["formula"]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "jsonl", "yaml", "markdown"])
def test_every_report_in_every_format(sold: Crm, name: str, form: str) -> None:
    """None of them fails, with something to tell or without."""
    result = sold("report", name, "--format", form)
    assert (result.code, result.stderr) == (0, "")


@pytest.mark.parametrize("name", REPORTS)
def test_a_missing_store_is_an_empty_one(crm: Crm, name: str, tmp_path: Path) -> None:
    """A question creates nothing."""
    assert crm("report", name).code == 0
    assert not (tmp_path / "crm.db").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("won", "--by", "colour"), "colour"),
        (("won", "--period", "whenever"), "whenever"),
        (("won", "--since", "2026-01-02", "--until", "2026-01-01"), "before"),
        (("stale", "--days", "-1"), "days"),
        (("stale", "--days", "abc"), "days"),
        (("pipeline", "--filter", "ownr = me"), "ownr"),
        (("won", "--format", "ids"), "ids"),
    ],
)
def test_what_can_not_be_asked(sold: Crm, words: tuple[str, ...], message: str) -> None:
    """Exit 2, nothing on stdout, one line that names it."""
    result = sold("report", *words)
    assert (result.code, result.stdout) == (2, "")
    assert message in result.stderr


def test_an_unknown_pipeline(sold: Crm) -> None:
    """Exit 3 and those there are."""
    result = sold("report", "pipeline", "--pipeline", "salse")
    assert (result.code, result.stdout) == (3, "")
    assert "sales" in result.stderr

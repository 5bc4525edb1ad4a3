"""``crm report``: charts, files, explanations and the records behind the figures, as they come out of the program."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def fill(crm: Crm) -> dict[str, str]:
    """Three deals won and one open; their uids."""
    made = {}
    for title, owner, value in (("Tea", "ana", "1000"), ("Milk", "ana", "300"), ("Coffee", "boris", "500")):
        made[title] = crm("deal", "add", title, "--value", value, "--owner", owner).uid
        crm("deal", "win", title)
    made["Cocoa"] = crm("deal", "add", "Cocoa", "--value", "700", "--owner", "ana").uid
    return made


@pytest.fixture
@once
def sold(crm: Crm) -> Crm:
    """A store in which something was won."""
    fill(crm)
    return crm


def test_the_records_behind_figures(crm_on: Crm) -> None:
    """Ids alone, of all rows, of one by its label or place; and with their noun where records are asked for."""
    made = fill(crm_on)
    won = ("report", "won", "--by", "owner", "--drill")
    assert sorted(made[title] for title in ("Tea", "Milk", "Coffee")) == sorted(crm_on(*won).lines)
    assert sorted(made[title] for title in ("Tea", "Milk")) == sorted(crm_on(*won, "--row", "ana", tty=True).lines)
    assert [made["Coffee"]] == crm_on(*won, "--row", "2", "--column", "value").lines
    assert [{"noun": "deal", "id": made["Coffee"]}] == crm_on(*won, "--row", "Boris", "--format", "json").json()
    assert [made["Cocoa"]] == crm_on("report", "pipeline", "--drill", "--row", "lead", "--format", "ids").lines


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--drill", "--row", "anna"), 3, "did you mean ana?"),
        (("--drill", "--column", "vale"), 3, "did you mean value?"),
        (("--row", "ana"), 2, "--drill"),
        (("--column", "won"), 2, "--drill"),
        (("--drill", "--chart"), 2, "--drill and --chart"),
        (("--drill", "--output", "x.csv"), 2, "--drill and --output"),
        (("--chart", "--format", "json"), 2, "json"),
        (("--output", "won.doc"), 2, ".html, .svg, .png, .csv, .xlsx, .md"),
        (("--output", "-"), 2, ".html, .svg, .png, .csv, .xlsx, .md"),
        (("--output", "no/won.html"), 2, "mkdir -p no"),
    ],
)
def test_what_can_not_be_asked(sold: Crm, words: tuple[str, ...], code: int, message: str) -> None:
    """Nothing on stdout, and one line that names the remedy."""
    result = sold("report", "won", "--by", "owner", *words)
    assert (code, "") == (result.code, result.stdout)
    assert message in result.stderr
    assert 1 == len(result.stderr.splitlines())


def test_a_chart_in_place_of_the_table(sold: Crm) -> None:
    """In a pipe too, where nothing else has a chart; on a terminal the table stands above it."""
    drawn = sold("report", "won", "--by", "owner", "--chart")
    assert (0, "") == (drawn.code, drawn.stderr)
    assert "█" in drawn.stdout
    assert "win rate" not in drawn.stdout
    assert "█" not in sold("report", "won", "--by", "owner").stdout


def test_a_page_for_the_boss(sold: Crm, tmp_path: Path) -> None:
    """One file that says what it is, and a word on stderr."""
    result = sold("report", "won", "--by", "owner", "--output", "won.html")
    assert (0, "", "wrote won.html\n") == result
    page = ET.parse(tmp_path / "won.html")
    told = "".join(page.getroot().itertext())
    assert "ana" in told
    assert "1,300 EUR" in told
    assert "win rate = won / (won + lost)" in told


@pytest.mark.parametrize(
    ("ending", "start"),
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"owner,won"), ("xlsx", b"PK"), ("md", b"# won deals")],
)
def test_every_kind_of_file(sold: Crm, tmp_path: Path, ending: str, start: bytes) -> None:
    """As its ending says; an old file is replaced."""
    path = tmp_path / f"won.{ending}"
    path.write_text("old")
    assert 0 == sold("report", "won", "--by", "owner", "--output", str(path), "--quiet").code
    assert path.read_bytes().startswith(start)


def test_a_file_of_figures_left_out(sold: Crm, tmp_path: Path) -> None:
    """A currency without a rate is named beside a file that has no place for it."""
    sold("deal", "add", "Far", "--value", "9 CHF", "--owner", "ana")
    sold("deal", "win", "Far")
    assert "CHF" in sold("report", "won", "--output", "won.csv").stderr
    page = sold("report", "won", "--output", "won.html")
    assert "CHF" not in page.stderr
    assert "CHF" in (tmp_path / "won.html").read_text()


def test_to_explain(sold: Crm) -> None:
    """Below the table for a person, in the envelope for a program, beside the data in a pipe."""
    table = sold("report", "won", "--by", "owner", "--explain", "--format", "table").stdout
    assert "win rate: won / (won + lost)" in table
    assert "n: 3" in table.splitlines()
    found: Any = sold("report", "won", "--explain", "--format", "json").json()
    assert {"name": "won", "kind": "integer"}.items() <= found["columns"][0].items()
    assert (3, None, []) == (found["n"], found["compared"], found["notes"])
    piped = sold("report", "won", "--explain")
    assert "won / (won + lost)" not in piped.stdout
    assert "win rate: won / (won + lost)" in piped.stderr


def test_a_number_without_bounds_names_none(crm: Crm) -> None:
    """The help of a flag says which numbers it takes only where not all are taken."""
    told = crm("report", "forecast", "--help").stdout
    assert "[x>=0]" in told
    assert "None" not in told


@pytest.mark.parametrize("report", ["forecast", "sales", "dashboard", "hygiene"])
def test_nothing_to_draw_yet_is_no_error(crm: Crm, report: str) -> None:
    """An empty store is told calmly, with what would fill it."""
    drawn = crm("report", report, "--chart")
    assert (drawn.code, drawn.stderr) == (0, "")
    assert "nothing to draw yet (" in drawn.stdout

"""``crm demo``: the example store."""

from __future__ import annotations

import json
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.conftest import NOW, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result


@pytest.fixture
def place(home: Path) -> Path:
    """Where the example store lies unless said."""
    return home / ".local" / "share" / "crmcli" / "demo.db"


def ask(place: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the example store."""
    with sqlite3.connect(place) as connection:
        return connection.execute(sql).fetchall()


def count(place: Path, table: str, where: str = "1 = 1") -> int:
    """How many rows there are."""
    return int(str(ask(place, f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0]))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An example store of this Saturday, made once by `crm demo`."""
    path = tmp_path_factory.mktemp("example") / "demo.db"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CRM_NOW": NOW, "TZ": "UTC", "LOGNAME": "maria", "HOME": str(path.parent)}.items():
            patch.setenv(name, value)
        result = run("demo", "--path", path)
    assert 0 == result.code, result.stderr
    return path


@pytest.fixture
def made(crm: Callable[..., Result], example: Path, place: Path) -> Path:
    """A copy of it where it lies unless said."""
    place.parent.mkdir(parents=True)
    shutil.copy2(example, place)
    return place


def test_it_is_big_enough_to_look_around_in(made: Path) -> None:
    """80 people, 40 companies and 60 deals at the least, over every stage, with several owners."""
    assert count(made, "contact") >= 80
    assert count(made, "company") >= 40
    assert count(made, "deal") >= 60
    assert 6 == len(ask(made, "SELECT DISTINCT stage_id FROM deal"))
    assert 4 == len(ask(made, "SELECT DISTINCT owner_id FROM deal"))


def test_it_speaks_several_scripts(made: Path) -> None:
    """Latin, Polish, Cyrillic and Greek names."""
    names = "".join(str(name) for (name,) in ask(made, "SELECT name FROM contact"))
    assert [] == [letter for letter in "ŁżśęóźöäéřžșЕЈіΧ" if letter not in names]


def test_it_tells_a_year_that_ends_today(made: Path) -> None:
    """Activities from nearly a year ago to planned ones; won and lost deals with reasons all through it."""
    ((first, last),) = ask(made, "SELECT MIN(at), MAX(at) FROM activity")
    assert "2025-11" < str(first) < "2026-03"
    assert str(last) > "2026-11-22"
    assert {"call", "meeting", "email", "note", "decision", "task"} <= {
        str(k) for (k,) in ask(made, "SELECT DISTINCT kind FROM activity")
    }
    months = ask(made, "SELECT DISTINCT substr(closed_at, 1, 7) FROM deal WHERE closed_at IS NOT NULL")
    assert len(months) > 8
    assert 0 == count(made, "deal", "lost_reason IS NULL AND stage_id = (SELECT id FROM stage WHERE kind = 'lost')")
    assert len(ask(made, "SELECT DISTINCT lost_reason FROM deal WHERE lost_reason IS NOT NULL")) > 5


def test_stage_history_is_in_order_and_ends_in_the_present_stage(made: Path) -> None:
    """Every deal began in the first stage and went on from there, never into the future."""
    rows = ask(made, "SELECT deal_id, from_stage_id, to_stage_id, at FROM stage_change ORDER BY deal_id, id")
    last: dict[object, tuple[object, object]] = {}
    for deal, before, after, at in rows:
        kept = last.get(deal)
        assert (kept[0] if kept else None) == before
        assert kept is None or str(kept[1]) <= str(at)
        assert str(at) <= "2026-11-21T23"
        last[deal] = (after, at)
    now = {deal: (stage, since) for deal, stage, since in ask(made, "SELECT id, stage_id, stage_since FROM deal")}
    assert now == last


def test_today_has_something_of_everything(crm: Callable[..., Result], made: Path) -> None:
    """Overdue and due tasks, a meeting, deals without a next step, rotting ones, birthdays."""
    found = crm("--db", made, "today", "--format", "json").json()
    groups = {item["group"] for item in found}  # type: ignore[attr-defined]
    assert {"overdue", "today", "meetings", "past close", "no next step", "rotting", "birthdays"} <= groups


def test_it_shows_pipeline_and_today_and_says_what_next(crm: Callable[..., Result], place: Path) -> None:
    """The answer on stdout, the advice on stderr."""
    result = crm("demo")
    assert "negotiation" in result.stdout
    assert "overdue" in result.stdout
    assert f"export CRM_DB={place}" in result.stderr
    assert "crm tui" in result.stderr


def test_it_is_for_eyes_also_through_a_pipe(crm: Callable[..., Result], made: Path) -> None:
    """A table, unless another format is asked for."""
    assert made.exists()
    assert "█" in crm("demo").stdout
    assert "stage\tcount\tvalue" == crm("demo", "-o", "tsv").stdout[:17]


@pytest.mark.parametrize("name", ["tsv", "csv"])
def test_it_keeps_to_the_configured_format(
    crm: Callable[..., Result], made: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Who sets a format means it."""
    assert made.exists()
    monkeypatch.setenv("CRM_FORMAT", name)
    assert "█" not in crm("demo").stdout


def test_json_is_one_document(crm: Callable[..., Result], place: Path) -> None:
    """A script gets one object."""
    found = json.loads(crm("demo", "--format", "json").stdout)
    assert list(found) == ["store", "pipeline", "today"]
    assert str(place) == found["store"]


def test_the_users_own_store_is_not_touched(crm: Callable[..., Result], tmp_path: Path, place: Path) -> None:
    """CRM_DB is not where the example goes."""
    crm("contact", "add", "Jane Doe")
    before = (tmp_path / "crm.db").read_bytes()
    assert 0 == crm("demo").code
    assert 0 == crm("demo", "--reset").code
    assert before == (tmp_path / "crm.db").read_bytes()
    assert place.exists()


@pytest.mark.parametrize("words", [("demo",), ("demo", "--reset")])
def test_a_store_that_is_no_example_is_refused(
    crm: Callable[..., Result], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """--path can't be pointed at something precious."""
    crm("contact", "add", "Jane Doe")
    before = (tmp_path / "crm.db").read_bytes()
    result = crm(*words, "--path", tmp_path / "crm.db")
    assert (5, "") == (result.code, result.stdout)
    assert "is not an example store" in result.stderr
    assert before == (tmp_path / "crm.db").read_bytes()


def test_a_file_that_is_no_store_is_refused(crm: Callable[..., Result], tmp_path: Path) -> None:
    """A text file stays a text file."""
    (tmp_path / "letter.txt").write_text("dear Jane, " * 200)
    result = crm("demo", "--path", tmp_path / "letter.txt", "--reset")
    assert (6, "") == (result.code, result.stdout)
    assert (tmp_path / "letter.txt").read_text() == "dear Jane, " * 200


def test_the_second_time_it_is_just_shown(crm: Callable[..., Result], made: Path) -> None:
    """Nothing is made anew on the same day."""
    before = ask(made, "SELECT uid FROM contact")
    result = crm("demo")
    assert before == ask(made, "SELECT uid FROM contact")
    assert "made the example store" not in result.stderr


def test_after_a_day_it_is_made_anew(crm: Callable[..., Result], made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never looks stale."""
    monkeypatch.setenv("CRM_NOW", "2026-11-25T12:00:00Z")
    assert "made the example store" in crm("demo").stderr
    assert count(made, "activity", "at > '2026-11-26'") > 3


def test_what_was_worked_on_is_kept(crm: Callable[..., Result], made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until --reset says otherwise."""
    crm("--db", made, "contact", "add", "Jane Doe")
    monkeypatch.setenv("CRM_NOW", "2026-11-25T12:00:00Z")
    assert "was worked on" in crm("demo").stderr
    assert 1 == count(made, "contact", "name = 'Jane Doe'")
    assert 0 == crm("demo", "--reset").code
    assert 0 == count(made, "contact", "name = 'Jane Doe'")


def test_the_same_day_gives_the_same_year(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Two examples of one day differ in nothing but their uids."""
    for name in ("a.db", "b.db"):
        assert 0 == crm("demo", "--path", tmp_path / name).code
    for sql in (
        "SELECT name, birthday FROM contact",
        "SELECT title, value, stage_since FROM deal",
        "SELECT kind, subject, at FROM activity",
    ):
        assert ask(tmp_path / "a.db", sql) == ask(tmp_path / "b.db", sql)


@pytest.mark.parametrize(
    "day", ["2024-02-29T08:00:00Z", "2027-01-01T23:30:00Z", "2026-03-29T01:30:00Z", "2026-07-06T00:10:00Z"]
)
def test_any_day_will_do(crm: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, place: Path, day: str) -> None:
    """Leap days, New Year, the night the clocks change, a Monday."""
    monkeypatch.setenv("CRM_NOW", day)
    monkeypatch.setenv("CRM_TIMEZONE", "Europe/Sofia")
    assert 0 == crm("demo").code
    assert 0 == crm("--db", place, "store", "check").code


def test_stages_of_ones_own_are_used(crm: Callable[..., Result], home: Path) -> None:
    """The example follows the configured pipeline."""
    settings = home / ".config" / "crmcli" / "crm.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '[pipeline]\nstages = ["ново", "оферта", "спечелена", "загубена"]\nwon_stage = "спечелена"\nlost_stage = "загубена"\n',
        "utf-8",
    )
    result = crm("demo")
    assert 0 == result.code, result.stderr
    assert "оферта" in result.stdout


def test_undo_takes_the_whole_year_back(crm: Callable[..., Result], made: Path) -> None:
    """It is one undo step like any other."""
    assert 0 == crm("--db", made, "undo").code
    assert 0 == count(made, "contact", "deleted_at IS NULL")
    assert 0 == count(made, "activity", "deleted_at IS NULL")

"""``crm import``: what is rejected, what is reported, and what a dry run shows."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.io.rejects import COLUMNS, RejectsFile
from tests.commands.test_import import listed, tally, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.commands.test_import import Crm

__all__ = ["write"]  # a fixture

LEADS = "Name;Email;Notes\nЖана;jana@x.bg;=1+1\nBad;nope;two\nWide;w@x.com;a;b\nOk;ok@x.com;x\n"


def rows_of(path: Path, delimiter: str = ";") -> list[list[str]]:
    """The cells of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


# -- the file of rejected rows


def test_the_line_of_a_nightly_job(crm_on: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """One JSON object on stdout, the error alone on stderr, exit 7, and the bad rows in a file of their own."""
    bad = tmp_path / "bad.csv"
    flags = ["--key", "email", "--mode", "upsert", "--rejects", str(bad), "--report", "json", "--quiet"]
    result = crm_on("import", "contacts", write(LEADS, "leads.csv"), *flags)
    assert (result.code, tally(result)) == (7, {"read": 4, "created": 2, "rejected": 2})
    assert result.stderr.splitlines()[0] == f"crm: error: 2 of 4 rows were rejected (try: mend {bad} and import it)"
    assert [line[:8] for line in result.stderr.splitlines()[1:]] == ["  line 3", "  line 4"]
    report: Any = json.loads(result.stdout)
    told = {name: report[name] for name in ("source", "noun", "mode", "dry_run", "rejects", "change_set", "linked")}
    assert told == {
        "source": "leads", "noun": "contact", "mode": "upsert", "dry_run": False, "rejects": str(bad),
        "change_set": 1, "linked": {},
    }  # fmt: skip
    assert report["mapping"] == {"Name": "name", "Email": "emails", "Notes": "note"}
    assert rows_of(bad) == [
        ["Name", "Email", "Notes", "reject_line", "reject_reason"],
        ["Bad", "nope", "two", "3", report["rejected"][0]["reason"]],
        ["Wide", "w@x.com", "a", "4", "it has 4 cells for 3 columns", "b"],
    ]
    assert stat.S_IMODE(bad.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "bad" in path.name) == ["bad.csv"]


def test_a_quiet_run_without_rejects_says_nothing(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """No file either, and the phone that is kept as text is in the report."""
    file = write("Name,Phone\nAna,088 123 4567\n")
    result = crm("import", "contacts", file, "--rejects", str(tmp_path / "bad.csv"), "--report", "json", "--quiet")
    assert (result.code, result.stderr, (tmp_path / "bad.csv").exists()) == (0, "", False)
    assert [note for note in json.loads(result.stdout)["notes"] if "phone_original" in note]
    assert crm("import", "contacts", file, "--quiet").stderr == ""


def test_mended_rows_go_in(crm_on: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """The same command reads the file of rejects; the two columns that say why are no fields."""
    bad = tmp_path / "bad.csv"
    crm_on("import", "contacts", write(LEADS), "--rejects", str(bad))
    bad.write_text(bad.read_text("utf-8").replace("nope", "mended@x.com").replace(";b\n", "\n"), "utf-8")
    result = crm_on("import", "contacts", str(bad), "--rejects", str(tmp_path / "worse.csv"), "-o", "json")
    assert (result.code, tally(result), (tmp_path / "worse.csv").exists()) == (0, {"read": 2, "created": 2}, False)
    people = {person["name"]: person for person in listed(crm_on, "contact")}
    assert (people["Bad"]["emails"], people["Bad"]["custom_fields"]) == (["mended@x.com"], {})
    assert (people["Wide"]["note"], people["Жана"]["note"]) == ("a", "=1+1")


def test_what_nobody_mended_is_rejected_again(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """However often: a row that can't be read is never taken for one that can."""
    nasty = b'Name,Email\nA\xff,a@x.com\nB\0,b@x.com\nOk,ok@x.com\nC,c@x.com,x\n"D"d,d@x.com\n"E,e@x.com\n'
    file = write(nasty)
    raw = []
    for turn in range(4):
        bad = tmp_path / f"bad{turn}.csv"
        result = crm("import", "contacts", file, "--rejects", str(bad), "--encoding", "utf-8", "--format", "json")
        assert len(json.loads(result.stdout)["rejected"]) == 5, turn
        rows = rows_of(bad, ",")
        assert rows[0] == ["Name", "Email", *COLUMNS]
        raw.append([[*row[:2], *row[4:]] for row in rows[1:]])
        file = str(bad)
    assert raw == [raw[0]] * 4
    assert [person["name"] for person in listed(crm, "contact")] == ["Ok"]


def test_rejects_of_a_rule_that_the_store_knows(crm_on: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """Rows that fail when they are written come back as they stood, in the order of the file."""
    crm_on("contact", "add", "Jane", "--email", "jane@x.com")
    file = write("Name,Email\n Jane ,JANE@X.com\nBad,nope\nNew,new@x.com\n")
    bad = tmp_path / "bad.csv"
    result = crm_on("import", "contacts", file, "--on-duplicate", "fail", "--rejects", str(bad))
    assert (result.code, [row[:3] for row in rows_of(bad, ",")[1:]]) == (
        7,
        [[" Jane ", "JANE@X.com", "2"], ["Bad", "nope", "3"]],
    )


def test_a_dry_run_writes_the_rejects_and_nothing_else(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """What would be rejected can be mended first."""
    bad = tmp_path / "bad.csv"
    result = crm("import", "contacts", write(LEADS), "--rejects", str(bad), "--dry-run")
    assert (result.code, len(rows_of(bad)), listed(crm, "contact")) == (7, 3, [])


def test_the_file_that_is_read_is_not_overwritten(crm: Crm, write: Callable[..., str]) -> None:
    """Nor is what lies where nothing was rejected."""
    file = write(LEADS)
    result = crm("import", "contacts", file, "--rejects", file)
    assert (result.code, "is the file that is read" in result.stderr) == (2, True)
    assert Path(file).read_text("utf-8") == LEADS
    other = write("kept", "other.csv")
    crm("import", "contacts", write("Name\nA\n", "good.csv"), "--rejects", other)
    assert Path(other).read_text("utf-8") == "kept"


@pytest.mark.parametrize(("most", "code", "stored"), [("0", 2, 0), ("1", 2, 0), ("2", 7, 2), ("3", 7, 2)])
def test_too_many_errors_store_nothing(
    crm_on: Crm, write: Callable[..., str], tmp_path: Path, most: str, code: int, stored: int
) -> None:
    """Up to the limit the others are stored; beyond it the reasons are told, and the rows given back."""
    bad = tmp_path / "bad.csv"
    result = crm_on("import", "contacts", write(LEADS), "--max-errors", most, "--rejects", str(bad))
    assert (result.code, len(listed(crm_on, "contact")), len(rows_of(bad))) == (code, stored, 3)
    assert "line 3: email" in result.stderr
    if code == 2:
        assert f"more than {most} rows can't be imported; nothing was stored" in result.stderr


def test_a_report_tells_also_that_nothing_was_stored(crm_on: Crm, write: Callable[..., str]) -> None:
    """One object on stdout whatever came of it, and the error on stderr."""
    flags = ["--report", "json", "--quiet"]
    for more, stored, code in ((["--max-errors", "1"], False, 2), ([], False, 2), (["--skip-errors"], True, 7)):
        result = crm_on("import", "contacts", write(LEADS), *flags, *more)
        report: Any = json.loads(result.stdout)
        assert (result.code, report["stored"], len(report["rejected"])) == (code, stored, 2)
        assert (report["change_set"] is not None, result.stderr.startswith("crm: error: ")) == (stored, True)


def test_a_run_with_too_many_errors_stops_early(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """A wrong file of many rows is not read to its end."""
    bad = tmp_path / "bad.csv"
    file = write("Name,Email\n" + "A,bad\n" * 5_000)
    result = crm("import", "contacts", file, "--max-errors", "10", "--rejects", str(bad))
    assert (result.code, len(rows_of(bad, ",")) < 1_000) == (2, True)


def test_rejects_of_other_formats_are_a_table(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """Lines of JSON come back as CSV in columns of their own."""
    bad = tmp_path / "bad.csv"
    file = write('{"Name": "Bad", "Email": "nope"}\n{"Name": "Ok", "Email": "ok@x.com"}\n', "people.jsonl")
    assert crm("import", "contacts", file, "--rejects", str(bad)).code == 7
    assert [row[:2] for row in rows_of(bad, ",")] == [["Name", "Email"], ["Bad", "nope"]]


@given(
    rows=st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=2, max_size=2), max_size=5),
    delimiter=st.sampled_from(",;\t|"),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    """Quotes, delimiters, line ends, formulas, controls."""
    path = tmp_path / "any.csv"
    path.unlink(missing_ok=True)
    file = RejectsFile(path, ("a", "b", *COLUMNS), delimiter)
    for row in rows:
        file.write(7, "why", row)
    assert file.keep() is bool(rows)
    found = rows_of(path, delimiter) if rows else []
    assert found == ([["a", "b", *COLUMNS], *[[*row, "7", "why"] for row in rows]] if rows else [])


def test_a_file_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    """Nor the one beside it."""
    file = RejectsFile(tmp_path / "bad.csv", ("a",), ",")
    file.write(2, "why", ["x"])
    file.drop()
    assert [path.name for path in tmp_path.iterdir() if "bad" in path.name] == []


# -- the dry run


def test_a_dry_run_shows_each_field_that_would_change(crm_on: Crm, write: Callable[..., str]) -> None:
    """New, changed field by field, rejected; the unchanged are counted, and the store is as it was."""
    crm_on("contact", "add", "Jane", "--email", "jane@x.com", "--title", "CTO", "--set", "tea=green")
    crm_on("contact", "add", "Same", "--email", "same@x.com")
    file = write(
        "Name,Email,Title,Tea,Company,Tags\nJane,jane@x.com,CEO,black,Acme,vip\nNew,new@x.com,,,,\nBad,nope,,,,\nSame,same@x.com,,,,\n"
    )
    flags = ["--update", "--dry-run", "--skip-errors"]
    before = listed(crm_on, "contact")
    report: Any = json.loads(crm_on("import", "contacts", file, *flags, "--report", "json").stdout)
    jane, new = report["changes"]
    uid = before[0]["id"]
    assert (jane["line"], jane["action"], jane["id"], jane["number"], jane["name"]) == (2, "update", uid, 1, "Jane")
    fields = {name: (change["from"], change["to"]) for name, change in jane["fields"].items()}
    assert [company["name"] for company in fields.pop("companies")[1]] == ["Acme"]
    assert fields == {"title": ("CTO", "CEO"), "tags": ([], ["vip"]), "custom.tea": ("green", "black")}
    assert new == {"line": 3, "action": "create", "id": None, "number": None, "name": "New", "fields": {}}
    assert (report["changes_left_out"], report["unchanged"], report["change_set"], report["dry_run"]) == (
        0,
        1,
        None,
        True,
    )
    assert listed(crm_on, "contact") == before
    table = crm_on("import", "contacts", file, *flags)
    lines = [line.split("\t") for line in table.stdout.splitlines()]
    assert lines[0] == ["line", "action", "record", "field", "from", "to"]
    assert ["2", "update", "#1 Jane", "title", "CTO", "CEO"] in lines
    assert ["2", "update", "#1 Jane", "companies", "", "Acme"] in lines
    assert ["3", "create", "New", "", "", ""] in lines
    assert [line[:2] for line in lines[1:] if line[1] == "reject"] == [["4", "reject"]]
    assert "would import people: 4 read, 1 created, 1 updated, 1 unchanged, 1 rejected" in table.stderr


def test_a_dry_run_shows_a_move_between_stages(crm_on: Crm, write: Callable[..., str]) -> None:
    """And what goes with it."""
    crm_on("deal", "add", "Pilot", "--value", "100", "--stage", "qualified")
    file = write("Title,Stage,Amount\nPilot,won,200\n")
    report: Any = json.loads(
        crm_on("import", "deals", file, "--key", "title", "--update", "--dry-run", "--report", "json").stdout
    )
    fields = report["changes"][0]["fields"]
    assert (fields["stage"], fields["value"]) == ({"from": "qualified", "to": "won"}, {"from": 100, "to": 200})


def test_a_dry_run_lists_no_more_than_a_thousand(crm: Crm, write: Callable[..., str]) -> None:
    """The others are counted."""
    file = write("Name,Email\n" + "".join(f"P{n},p{n}@x.com\n" for n in range(1_200)))
    report: Any = json.loads(crm("import", "contacts", file, "--dry-run", "--report", "json").stdout)
    assert (len(report["changes"]), report["changes_left_out"], report["created"]) == (1_000, 200, 1_200)


def test_a_dry_run_on_a_terminal_is_a_table(crm: Crm, write: Callable[..., str]) -> None:
    """With its title."""
    crm("contact", "add", "Jane", "--email", "jane@x.com", "--title", "CTO")
    result = crm(
        "import", "contacts", write("Name,Email,Title\nJane,jane@x.com,CEO\n"), "--update", "--dry-run", tty=True
    )
    assert ("would import people" in result.stdout, "CTO" in result.stdout) == (True, True)


def test_errors_are_json_when_that_is_the_format(crm: Crm, write: Callable[..., str]) -> None:
    """The report on stdout, the error as an object on stderr."""
    result = crm("import", "contacts", write(LEADS), "--skip-errors", "--quiet", "--format", "json")
    assert (result.code, json.loads(result.stderr)["error"]["code"]) == (7, "partly_done")
    assert json.loads(result.stdout)["rejected_count"] == 2

"""``crm export`` and ``crm import all``: stdout, stderr, files and exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import stat
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]

NASTY = 'Łukasz; "Żak" O\'Neil | ::: ИВАН 🎉'
FORMATS = ("csv", "tsv", "xlsx", "json", "jsonl", "yaml", "markdown", "ids", "parquet", "vcard", "vcard3")


def filled(crm: Crm) -> None:
    """A company, a person, a deal, a call and two tasks, with whatever is hard to write down."""
    crm(
        "company",
        "add",
        'Smith; Sons, "Ltd"',
        "--website",
        "smith.example",
        "--annual-revenue",
        "1.5m USD",
        "--note",
        "=1+1",
    )
    crm("company", "add", "Plain", "--website", "plain.example")
    crm(
        "contact", "add", NASTY, "--email", "l@zak.pl", "--email", "second@zak.pl", "--phone", "+359 88 123 4567",
        "--company", "Smith; Sons, \"Ltd\"", "--company", "Plain", "--tag", "a,b", "--tag", "c", "--birthday", "1980-02-29",
        "--note", "=cmd|' /C calc'!A0\nsecond line\ttab", "--set", "segment=smb; or, not", "--set", "json:score=7",
    )  # fmt: skip
    crm(
        "deal",
        "add",
        "--title",
        "-5% off",
        "--value",
        "12500.50 EUR",
        "--contact",
        "l@zak.pl",
        "--expected-close",
        "2026-12-24",
        "--tag",
        "x;y",
    )
    crm(
        "log",
        "call",
        'said: "yes", then\nnothing',
        "--contact",
        "l@zak.pl",
        "--at",
        "2026-11-20T09:30",
        "--duration",
        "15m",
    )
    crm("task", "add", "send; offer", "--contact", "l@zak.pl", "--due", "2026-11-25")
    crm("task", "add", "call back", "--due", "2026-11-26T14:30")
    crm("task", "done", "3")


def here() -> list[str]:
    """The files beside the store."""
    return sorted(path.name for path in Path().iterdir() if path.is_file() and not path.name.startswith("crm.db"))


def sheets(file: Path | io.BytesIO) -> dict[str, list[list[Any]]]:
    """The rows of every sheet of a workbook."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(file) if isinstance(file, Path) else CalamineWorkbook.from_filelike(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# -- formats


def test_csv_goes_to_standard_output_unless_told_otherwise(crm: Crm) -> None:
    """The same text that a list gives."""
    filled(crm)
    exported, listed = crm("export", "contacts"), crm("contact", "list", "--format", "csv")
    assert (0, listed.stdout, "") == exported
    (row,) = csv.DictReader(io.StringIO(exported.stdout))
    assert (NASTY, "'+359 88 123 4567", '["a,b","c"]') == (row["name"], row["phones"], row["tags"])
    assert '["Smith; Sons, \\"Ltd\\"","Plain"]' == row["companies"]
    assert row["note"].startswith("'=cmd")
    assert "=cmd" == crm("export", "contacts", "--raw", "--fields", "note").lines[1][1:5]


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl", "yaml", "ids"])
def test_text_is_what_a_list_gives(crm: Crm, form: str) -> None:
    filled(crm)
    for noun, one in (("contacts", "contact"), ("companies", "company"), ("deals", "deal"), ("activities", "activity")):
        assert crm(one, "list", "--format", form).stdout == crm("export", noun, "--format", form).stdout


def test_markdown_is_a_table(crm: Crm) -> None:
    filled(crm)
    assert "| 1 | \\-5% off |" in crm("export", "deals", "--format", "markdown").stdout.replace("| -5", "| \\-5")


def test_a_workbook_holds_numbers_dates_and_text_as_what_they_are(crm: Crm, tmp_path: Path) -> None:
    filled(crm)
    assert (0, "") == crm("export", "deals", "--output", "d.xlsx")[:2]
    (header, row) = sheets(tmp_path / "d.xlsx")["deals"]
    deal = dict(zip(header, row, strict=True))
    assert ("-5% off", 12500.5, "EUR", date(2026, 12, 24)) == tuple(
        deal[name] for name in ("title", "value", "currency", "expected_close")
    )
    assert "2026-11-21 12:00:00" == str(deal["created_at"])
    crm("export", "contacts", "--output", "c.xlsx")
    (header, row) = sheets(tmp_path / "c.xlsx")["contacts"]
    person = dict(zip(header, row, strict=True))
    assert (NASTY, "+359 88 123 4567", '["a,b","c"]') == tuple(person[name] for name in ("name", "phones", "tags"))
    assert "=cmd|' /C calc'!A0\nsecond line\ttab" == person["note"]
    assert ("smb; or, not", 7) == (person["custom.segment"], person["custom.score"])
    assert "custom_fields" not in person


def test_times_in_a_workbook_are_the_users(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spreadsheet has no zones, so its reader's own is the one."""
    filled(crm)
    (tmp_path / "crm.toml").write_text('[defaults]\ntimezone = "Europe/Sofia"\n')
    crm("export", "deals", "--output", "d.xlsx", "--fields", "created_at")
    assert [["created_at"], ["2026-11-21 14:00:00"]] == [
        [str(cell) for cell in row] for row in sheets(tmp_path / "d.xlsx")["deals"]
    ]


def test_parquet_has_types_whatever_the_records(crm: Crm, tmp_path: Path) -> None:
    from pyarrow import parquet

    crm("export", "deals", "--output", "empty.parquet")
    filled(crm)
    crm("export", "deals", "--output", "d.parquet")
    table = parquet.read_table(tmp_path / "d.parquet")
    assert parquet.read_schema(tmp_path / "empty.parquet") == table.schema
    kinds = {
        name: str(table.schema.field(name).type)
        for name in ("number", "value", "expected_close", "created_at", "tags", "company")
    }
    assert {
        "number": "int64", "value": "decimal128(24, 4)", "expected_close": "date32[day]", "tags": "list<element: string>",
        "created_at": "timestamp[us, tz=UTC]", "company": "struct<id: string, name: string>",
    } == kinds  # fmt: skip
    (deal,) = table.to_pylist()
    assert (Decimal("12500.5000"), date(2026, 12, 24), ["x;y"]) == (deal["value"], deal["expected_close"], deal["tags"])
    assert (NASTY, 'Smith; Sons, "Ltd"') == (deal["contacts"][0]["name"], deal["company"]["name"])
    assert (datetime(2026, 11, 21, 12, tzinfo=UTC), "{}") == (deal["created_at"], deal["custom_fields"])


def test_parquet_without_its_library_names_the_extra(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    crm("contact", "add", "Ana")
    refused = crm("export", "contacts", "--output", "c.parquet")
    assert (2, "crm: error: parquet needs pyarrow (try: pip install 'crmcli[parquet]')\n") == (
        refused.code,
        refused.stderr,
    )
    assert not Path("c.parquet").exists()


@pytest.mark.parametrize(("form", "version"), [("vcard", "4.0"), ("vcard3", "3.0")])
def test_contacts_are_cards(crm: Crm, form: str, version: str) -> None:
    filled(crm)
    (tmp := Path("labelled.vcf")).write_text(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nTEL;TYPE=WORK:+359888000111\nEND:VCARD\n"
    )
    assert 0 == crm("import", "contacts", tmp).code
    crm("export", "contacts", "--format", form, "--output", "people.vcf")
    cards = Path("people.vcf").read_bytes().decode().split("BEGIN:VCARD\r\n")[1:]
    assert 2 == len(cards)
    assert all(card.startswith(f"VERSION:{version}\r\n") and card.endswith("END:VCARD\r\n") for card in cards)
    assert "l@zak.pl" in cards[0]
    assert "TYPE=work" in cards[1]
    refused = crm("export", "deals", "--format", form)
    assert (2, "") == refused[:2]
    assert f"--format {form} is for contacts" in refused.stderr


def test_tasks_are_a_calendar(crm: Crm) -> None:
    filled(crm)
    import icalendar

    crm("export", "tasks", "--output", "tasks.ics")
    entries = icalendar.Calendar.from_ical(Path("tasks.ics").read_bytes()).walk("VTODO")
    assert {("send; offer", "NEEDS-ACTION"), ("call back", "COMPLETED")} == {
        (str(entry["SUMMARY"]), str(entry["STATUS"])) for entry in entries
    }
    feed = crm("export", "calendar")
    assert "Birthday: " in feed.stdout
    assert "Birthday: " not in crm("export", "calendar", "--no-birthdays").stdout
    crm("export", "calendar", "--output", "feed.ics", "--filter", "owner = nobody", "--no-birthdays")
    assert [] == icalendar.Calendar.from_ical(Path("feed.ics").read_bytes()).subcomponents


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_store_gives_an_empty_file(crm: Crm, form: str, tmp_path: Path) -> None:
    """With its header where the format has one; no store is made for it."""
    done = crm("export", "contacts", "--format", form, "--output", "x")
    assert (0, "") == done[:2]
    assert "wrote 0 contacts to x" in done.stderr
    content = Path("x").read_bytes()
    assert content.startswith(
        {"csv": b"id,", "tsv": b"id\t", "json": b"[]", "yaml": b"[]", "markdown": b"| "}.get(form, b"")
    )
    if form == "xlsx":
        assert "name" in sheets(io.BytesIO(content))["contacts"][0]
    assert not (tmp_path / "crm.db").exists()


# -- which records


def test_records_are_chosen_as_in_a_list(crm: Crm) -> None:
    filled(crm)
    crm("deal", "add", "Second", "--value", "100", "--stage", "proposal")

    def titles(*words: str) -> list[str]:
        return crm("export", "deals", "--fields", "title", *words).lines[1:]

    assert ["'-5% off", "Second"] == titles()
    assert ["Second"] == titles("--filter", "value < 1k")
    assert ["Second"] == titles("--stage", "proposal")
    assert ["'-5% off"] == titles("--tag", "x;y", "--min-value", "10k")
    assert ["Second", "'-5% off"] == titles("--sort", "title", "--reverse")
    assert ["'-5% off"] == titles("--limit", "1")
    assert ["type", "call"] == crm("export", "activities", "--fields", "type", "--type", "call").lines
    assert ["subject", "call back"] == crm("export", "tasks", "--fields", "subject", "--status", "done").lines
    assert 1 == len(crm("export", "tasks", "--since", "2026-11-26", "--fields", "subject").lines[1:])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("contacts", "--format", "xslx"), 2, "did you mean xlsx?"),
        (("contacts", "--output", "people.doc"), 2, "people.doc does not say a format"),
        (("contacts", "--fields", "nmae"), 2, "did you mean name?"),
        (("contacts", "--fields", "name", "--format", "vcard"), 2, "vcard has fields of its own"),
        (("contacts", "--filter", "nmae = x"), 2, "column 1"),
        (("contacts", "--sort", "nmae"), 2, "did you mean name?"),
        (("contacts", "--output", "nowhere/x.csv"), 2, "mkdir -p nowhere"),
        (("contacts", "--output", "x.xlsx.gz"), 2, "xlsx is packed as it is"),
        (("deals", "--stage", "nowhere"), 3, "nowhere"),
        (("people",), 2, "no verb"),
        (("all", "--format", "csv"), 2, "several files"),
        (("all", "--format", "markdown", "--output", "all.md"), 2, "several files"),
        (("all", "--format", "vcard", "--output", "folder/"), 2, "all can't be vcard"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_said(crm: Crm, words: tuple[str, ...], code: int, said: str) -> None:
    """And no file is left."""
    crm("contact", "add", "Ana")
    before = here()
    refused = crm("export", *words)
    assert (code, "") == refused[:2]
    assert said in refused.stderr
    assert before == here()


# -- files


def test_a_file_is_private_and_not_replaced_unasked(crm: Crm) -> None:
    crm("contact", "add", "Ana")
    assert "wrote 1 contact to a.csv\n" == crm("export", "contacts", "--output", "a.csv").stderr
    assert 0o600 == stat.S_IMODE(Path("a.csv").stat().st_mode)
    crm("contact", "add", "Boris")
    refused = crm("export", "contacts", "--output", "a.csv")
    assert (4, "crm: error: a.csv is there already (try: --force replaces it)\n") == (refused.code, refused.stderr)
    assert 0 == crm("export", "contacts", "--output", "a.csv", "--force").code
    assert 3 == len(Path("a.csv").read_text().splitlines())
    assert "" == crm("--quiet", "export", "contacts", "--output", "a.csv", "--force").stderr


def test_a_failure_leaves_the_old_file_and_nothing_else(crm: Crm) -> None:
    crm("contact", "add", "Ana")
    Path("a.xlsx").write_text("old")
    refused = crm("export", "contacts", "--output", "a.xlsx", "--force", "--fields", "nothing")
    assert (2, "old") == (refused.code, Path("a.xlsx").read_text())
    assert ["a.xlsx"] == here()


def test_a_link_stays_a_link(crm: Crm) -> None:
    crm("contact", "add", "Ana")
    Path("real.csv").write_text("old")
    Path("a.csv").symlink_to("real.csv")
    assert 0 == crm("export", "contacts", "--output", "a.csv", "--force").code
    assert Path("a.csv").is_symlink()
    assert "Ana" in Path("real.csv").read_text()


def test_a_packed_file_is_the_same_each_time(crm: Crm) -> None:
    crm("contact", "add", "Ana")
    crm("export", "contacts", "--output", "a.csv.gz")
    crm("export", "contacts", "--output", "b.csv.gz")
    assert Path("a.csv.gz").read_bytes() == Path("b.csv.gz").read_bytes()
    assert crm("export", "contacts").stdout == gzip.decompress(Path("a.csv.gz").read_bytes()).decode().replace(
        "\r\n", "\r\n"
    )


def test_a_mark_tells_excel_that_it_is_unicode(crm: Crm) -> None:
    crm("contact", "add", "Żaneta")
    crm("export", "contacts", "--output", "a.csv", "--bom")
    assert Path("a.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")


def test_a_device_is_written_as_it_comes(crm: Crm) -> None:
    crm("contact", "add", "Ana")
    for form in ("csv", "xlsx", "parquet"):
        assert 0 == crm("export", "contacts", "--format", form, "--output", "/dev/null").code
    assert 0 == crm("export", "all", "--output", "/dev/null").code
    assert Path("/dev/null").is_char_device()


def test_a_terminal_gets_text_only_and_harmless(crm: Crm) -> None:
    crm("contact", "add", "Ana\x1b[31m", "--note", "\x9bm")
    for form in ("xlsx", "parquet"):
        refused = crm("export", "contacts", "--format", form, tty=True)
        assert (2, f"crm: \x1b[1;31merror\x1b[0m: {form} is not for a terminal (try: --output FILE.{form})\n") == (
            refused.code,
            refused.stderr,
        )
    for words in (
        ("contacts",),
        ("contacts", "--format", "vcard"),
        ("all",),
        ("all", "--format", "json"),
        ("calendar",),
    ):
        shown = crm("export", *words, tty=True)
        assert 0 == shown.code
        assert not set("\x1b\x9b") & set(shown.stdout), words


# -- out and in again


def records(crm: Crm, noun: str) -> list[dict[str, Any]]:
    """The records of a noun without what a new store gives them anew."""
    left = {
        "id",
        "number",
        "created_by",
        "updated_at",
        "updated_by",
        "external_id",
        "last_activity",
        "next_task",
        "deals",
    }
    found = crm(noun, "list", "--format", "json", "--limit", "0").json()
    return [_bare({key: value for key, value in record.items() if key not in left}) for record in found]  # type: ignore[attr-defined]


def _bare(record: dict[str, Any]) -> dict[str, Any]:
    """Links by their names, and custom fields as the texts that they come back as."""
    for key, value in record.items():
        if isinstance(value, dict) and "name" in value and "id" in value:
            record[key] = value["name"]
        elif isinstance(value, list):
            record[key] = [each["name"] if isinstance(each, dict) else each for each in value]
    custom = record["custom_fields"]
    record["custom_fields"] = {k: v if isinstance(v, str) else json.dumps(v) for k, v in sorted(custom.items())}
    return record


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl"])
def test_what_goes_out_comes_in_again(crm: Crm, form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Noun by noun into another store: the same records, whatever stands in them."""
    filled(crm)
    nouns = {"company": "companies", "contact": "contacts", "deal": "deals", "activity": "activities"}
    before = {noun: records(crm, noun) for noun in nouns}
    for plural in nouns.values():
        assert 0 == crm("export", plural, "--output", f"{plural}.{form}").code
    monkeypatch.setenv("CRM_DB", str(tmp_path / "other.db"))
    for noun, plural in nouns.items():
        done = crm("import", plural, f"{plural}.{form}")
        assert 0 == done.code, done.stderr
        after = records(crm, noun)
        assert len(before[noun]) == len(after)
        for old, new in zip(before[noun], after, strict=True):
            assert {} == {key: (old[key], new[key]) for key in old if old[key] != new[key]}


# -- the whole store


def test_a_whole_store_goes_into_a_new_one(crm_on: Crm, tmp_path: Path) -> None:
    """The example of the help, on both engines: records, history, undo; the text is the same again."""
    filled(crm_on)
    assert 0 == crm_on("export", "all", "--output", "store.jsonl").code
    done = crm_on("--db", tmp_path / "new.db", "import", "all", "store.jsonl")
    assert (0, ["contacts\tcompanies\tdeals\tactivities\tchanges", "1\t2\t1\t3\t8"]) == (done.code, done.lines)
    for words in (
        ("contact", "list"),
        ("deal", "list"),
        ("activity", "list"),
        ("history",),
        ("pipeline", "list"),
        ("tag", "list"),
    ):
        mine, theirs = (
            crm_on(*where, *words, "--format", "json").json() for where in ((), ("--db", tmp_path / "new.db"))
        )
        assert mine == theirs
    assert 0 == crm_on("--db", tmp_path / "new.db", "store", "check").code
    assert (
        "planned"
        in crm_on("--db", tmp_path / "new.db", "undo").stdout
        + crm_on("--db", tmp_path / "new.db", "task", "list").stdout
    )
    crm_on("--db", tmp_path / "again.db", "import", "all", "store.jsonl")
    assert Path("store.jsonl").read_text() == crm_on(
        "--db", tmp_path / "again.db", "export", "all"
    ).stdout or "postgresql" in str(crm_on("store", "info").stdout)


def test_a_whole_store_through_a_pipe_and_packed(crm: Crm) -> None:
    filled(crm)
    text = crm("export", "all").stdout
    assert json.loads(text.splitlines()[0])["crm"] == "store"
    piped = crm("--db", "piped.db", "--format", "json", "import", "all", "-", stdin=text)
    assert {"contacts": 1, "companies": 2, "deals": 1, "activities": 3, "changes": 8} == piped.json()
    crm("export", "all", "--output", "store.jsonl.gz")
    assert 0 == crm("--db", "packed.db", "import", "all", "store.jsonl.gz").code
    assert crm("--db", "piped.db", "export", "all").stdout == crm("--db", "packed.db", "export", "all").stdout


def test_a_store_in_use_and_a_broken_file_are_refused(crm: Crm) -> None:
    filled(crm)
    crm("export", "all", "--output", "store.jsonl")
    refused = crm("import", "all", "store.jsonl")
    assert 4 == refused.code
    assert "holds records already (try: crm --db NEW.db import all FILE, into a new store)" in refused.stderr
    Path("cut.jsonl").write_text("".join(Path("store.jsonl").read_text().splitlines(keepends=True)[:-3]))
    refused = crm("--db", "new.db", "import", "all", "cut.jsonl")
    assert (2, False) == (refused.code, Path("new.db").exists())
    assert "cut.jsonl is cut off after line" in refused.stderr
    assert 3 == crm("import", "all", "missing.jsonl").code


def test_all_in_one_workbook_or_one_object(crm: Crm, tmp_path: Path) -> None:
    filled(crm)
    crm("export", "all", "--output", "all.xlsx")
    assert {"contacts": 2, "companies": 3, "deals": 2, "activities": 4} == {
        name: len(rows) for name, rows in sheets(tmp_path / "all.xlsx").items()
    }
    everything: Any = crm("export", "all", "--format", "json").json()
    for plural, noun in (
        ("contacts", "contact"),
        ("companies", "company"),
        ("deals", "deal"),
        ("activities", "activity"),
    ):
        assert crm(noun, "list", "--format", "json").json() == everything[plural]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_all_in_a_file_for_each_noun(crm: Crm, form: str) -> None:
    filled(crm)
    names = {f"{noun}.{form}" for noun in ("contacts", "companies", "deals", "activities")}
    assert 0 == crm("export", "all", "--format", form, "--output", "folder/").code
    assert names == {path.name for path in Path("folder").iterdir()}
    assert 4 == crm("export", "all", "--format", form, "--output", "folder").code
    assert 0 == crm("export", "all", "--format", form, "--output", "folder", "--force").code
    assert 0 == crm("export", "all", "--format", form, "--output", "all.zip").code
    with zipfile.ZipFile("all.zip") as bundle:
        assert None is bundle.testzip()
        assert names == set(bundle.namelist())
        if form in ("csv", "jsonl"):
            assert Path(f"folder/deals.{form}").read_bytes() == bundle.read(f"deals.{form}")


def test_a_store_that_is_not_there_goes_out_empty(tmp_path: Path) -> None:
    """Into a store that is as a new one is."""
    out = run("--db", tmp_path / "none.db", "export", "all")
    assert (0, 2) == (out.code, len(out.lines))
    assert 0 == run("--db", tmp_path / "new.db", "import", "all", "-", stdin=out.stdout).code
    assert not (tmp_path / "none.db").exists()
    assert 6 == len(run("--db", tmp_path / "new.db", "pipeline", "list", "--format", "ids").lines or range(6))


@pytest.mark.parametrize(
    ("asked", "title"),
    [("Num", "Num"), ("num", "num"), ("custom.num", "custom.num"), ("deal-size", "deal-size"), ("Title", "title")],
)
def test_a_custom_field_is_chosen_by_the_name_that_a_filter_knows(crm: Crm, asked: str, title: str) -> None:
    """On list and on export; a field of that name goes first."""
    crm("contact", "add", "Jane Roe", "--title", "3", "--set", "Num=3", "--set", "Deal Size=3", "--set", "ttl=4")
    assert [title, "3"] == crm("export", "contacts", "--fields", asked).lines
    assert ["3"] == crm("contact", "list", "--fields", asked, "--format", "csv").lines[1:]

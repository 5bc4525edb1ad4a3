"""``crm import``: what goes in, what is said of it, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

COUNTS = ("read", "created", "updated", "skipped", "unchanged", "rejected")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Put a text or bytes into a file and give its path."""

    def into(content: str | bytes, name: str = "people.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return into


def tally(result: Result) -> dict[str, int]:
    """The counts that are not 0."""
    found: Any = json.loads(result.stdout)
    counts = {name: len(found[name]) if name == "rejected" else found[name] for name in COUNTS}
    return {name: count for name, count in counts.items() if count}


def listed(crm: Crm, noun: str, *words: str) -> list[dict[str, Any]]:
    """A noun's records."""
    found: Any = crm(noun, "list", "--format", "json", *words).json()
    return found  # type: ignore[no-any-return]


# -- what goes in


def test_a_contact_with_everything(crm_on: Crm, write: Callable[..., str]) -> None:
    """Each column reaches its field, unknown ones become custom fields."""
    file = write(
        "Full Name,E-mail Address,Phone,Company,Job Title,Tags,LinkedIn,Birthday,Lifecycle Stage,Favourite Tea\n"
        "Łukasz Żak,lukasz@ACME.pl,+48 22 123 45 67,Acme,CTO,vip; fair,https://linkedin.com/in/lukaszzak,1980-05-01,Customer,sencha\n"
    )
    result = crm_on("import", "contacts", file, "--format", "json")
    assert tally(result) == {"read": 1, "created": 1}
    (person,) = listed(crm_on, "contact")
    wanted = {
        "name": "Łukasz Żak",
        "emails": ["lukasz@acme.pl"],
        "phones": ["+48 22 123 45 67"],
        "title": "CTO",
        "tags": ["fair", "vip"],
        "linkedin": "lukaszzak",
        "birthday": "1980-05-01",
        "lifecycle": "customer",
        "owner": "maria",
        "custom_fields": {"favourite_tea": "sencha"},
    }
    assert wanted == {key: person[key] for key in wanted}
    assert [company["name"] for company in person["companies"]] == ["Acme"]
    assert "1 new company that rows name" in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeffFull Name,E-mail Address\r\nЖана Петрова,jana@x.bg\r\n".encode(), id="BOM and CRLF"),
        pytest.param("Full Name;E-mail Address\nЖана Петрова;jana@x.bg\n".encode(), id="semicolons"),
        pytest.param("Full Name\tE-mail Address\nЖана Петрова\tjana@x.bg\n".encode(), id="tabs"),
        pytest.param("Full Name,E-mail Address\nЖана Петрова,jana@x.bg\n".encode("windows-1251"), id="windows-1251"),
        pytest.param("First Name,Last Name,Email\nЖана,Петрова,jana@x.bg".encode(), id="name in parts"),
        pytest.param("Full Name,E-mail Address\rЖана Петрова,jana@x.bg\r".encode(), id="old Mac line ends"),
    ],
)
def test_files_as_they_come(crm: Crm, write: Callable[..., str], content: bytes) -> None:
    """Encodings, line ends, delimiters and headers of every kind give the same person."""
    assert crm("import", "contacts", write(content)).code == 0
    (person,) = listed(crm, "contact")
    assert (person["name"], person["emails"]) == ("Жана Петрова", ["jana@x.bg"])


def test_quoted_newlines_and_formulas_stay_text(crm: Crm, write: Callable[..., str]) -> None:
    """A cell may hold lines and look like a formula; it is kept as it is."""
    crm("import", "contacts", write('Name,Email,Notes\n"=1+1",a@x.com,"first\nsecond, ""third"""\n'))
    (person,) = listed(crm, "contact")
    assert (person["name"], person["note"]) == ("=1+1", 'first\nsecond, "third"')


def test_a_company_column_makes_each_company_once(crm_on: Crm, write: Callable[..., str]) -> None:
    """However it is spelled, and also when the company is there already."""
    uid = crm_on("company", "add", "Zażółć S.A.").uid
    rows = ["A,a@x.com,Acme", "B,b@x.com,ACME", "C,c@x.com,zazolc s.a.", "D,d@x.com,acme"]
    crm_on("import", "contacts", write("Name,Email,Company\n" + "\n".join(rows)))
    companies = listed(crm_on, "company")
    assert [company["name"] for company in companies] == ["Zażółć S.A.", "Acme"]
    people = {person["name"]: person["companies"][0]["id"] for person in listed(crm_on, "contact")}
    assert {"A": companies[1]["id"], "B": companies[1]["id"], "C": uid, "D": companies[1]["id"]} == people


def test_phones_are_read_with_the_default_country(crm: Crm, write: Callable[..., str], home: Path) -> None:
    """With a default country a national number is one; without, it is kept as text and said so."""
    file = write("Name,Phone\nAna,088 123 4567\n")
    result = crm("import", "contacts", file)
    assert "phone_original" in result.stderr
    (person,) = listed(crm, "contact")
    assert (person["phones"], person["custom_fields"]["phone_original"]) == ([], "088 123 4567")
    crm("undo")
    (home.parent / "crm.toml").write_text('[phone]\ndefault_country = "BG"\n')
    crm("import", "contacts", file)
    assert listed(crm, "contact")[0]["phones"] == ["+359 88 123 4567"]


def test_a_shared_switchboard_is_no_shared_person(crm_on: Crm, write: Callable[..., str]) -> None:
    """Two people with e-mails and names of their own stay two; the number stays with the first."""
    rows = "Ana,ana@x.com,+359 2 987 6543\nBoris,boris@x.com,+359 2 987 6543\n"
    result = crm_on("import", "contacts", write("Name,Email,Phone\n" + rows), "--format", "json")
    assert tally(result) == {"read": 2, "created": 2}
    second = listed(crm_on, "contact")[1]
    assert (second["phones"], second["custom_fields"]["phone_original"]) == ([], "+359 2 987 6543")


def test_other_programs_choices_are_kept_as_text(crm: Crm, write: Callable[..., str]) -> None:
    """A lifecycle that is not ours does not cost the row."""
    crm("import", "contacts", write("Name,Email,Lifecycle Stage\nA,a@x.com,Marketing Qualified Lead\n"))
    (person,) = listed(crm, "contact", "--filter", 'lifecycle_original = "marketing qualified lead"')
    assert person["lifecycle"] is None


def test_null_cells_are_empty(crm: Crm, write: Callable[..., str]) -> None:
    """A database's NULL is nothing; somebody called Null is somebody."""
    crm("import", "contacts", write("Name,Email,Address\nJennifer Null,j@x.com,NULL\nNull,n@x.com,\\N\n"))
    assert [(p["name"], p["address"]) for p in listed(crm, "contact")] == [("Jennifer Null", None), ("Null", None)]


def test_standard_input(crm: Crm) -> None:
    """A dash reads a pipe, whose ids come from `stdin` unless told otherwise."""
    crm("import", "companies", "-", stdin="Name,Company ID\nAcme,7\n")
    crm("import", "companies", "-", "--source", "sap", stdin="Name,Company ID\nBetty,7\n")
    assert [company["external_id"] for company in listed(crm, "company")] == ["stdin:7", "sap:7"]


def test_map_default_and_dotted_targets(crm: Crm, write: Callable[..., str]) -> None:
    """Columns go where the user sends them; what a row lacks comes from the defaults."""
    file = write("Who,At,Site,Junk,Source\nAna,ana@x.com,acme.com,x,\nBoris,boris@x.com,acme.com,y,fair\n")
    words = ["--map", "Who=name", "--map", "At=email", "--map", "Site=company.website", "--map", "junk=-"]
    crm("import", "contacts", file, *words, "--default", "source=web", "--default", "custom.lot=7")
    people = listed(crm, "contact")
    assert [(p["source"], p["custom_fields"]) for p in people] == [("web", {"lot": "7"}), ("fair", {"lot": "7"})]
    assert [company["websites"] for company in listed(crm, "company")] == [["acme.com"]]


def test_several_values_in_a_cell(crm: Crm, write: Callable[..., str]) -> None:
    """Lists of e-mails and phones are taken apart."""
    crm("import", "contacts", write('Name,Email,Phone\nA,"a@x.com, b@x.com","+359 2 987 6543; +48 22 123 45 67"\n'))
    (person,) = listed(crm, "contact")
    assert person["emails"] == ["a@x.com", "b@x.com"]
    assert person["phones"] == ["+359 2 987 6543", "+48 22 123 45 67"]


def test_a_fresh_store_is_made_on_the_way(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """The first thing ever done may be an import."""
    assert not (tmp_path / "crm.db").exists()
    assert crm("import", "contacts", write("Name,Email\nA,a@x.com\n")).code == 0
    assert len(listed(crm, "contact")) == 1


# -- the second time


def test_the_second_run_changes_nothing(crm_on: Crm, write: Callable[..., str]) -> None:
    """Whatever a row is known by, and even if by nothing, it is known again; no change set is made."""
    file = write(
        "Name,Email,Phone,Telegram,Company,Tags,Shoe\nA,a@x.com,,,Acme,vip,41\nB,,+48 22 123 45 67,,,,\n"
        "C,,,@cccccc,,,\nD,,,,Acme,,44\nD,,,,Acme,,45\n"
    )
    first = crm_on("import", "contacts", file, "--format", "json")
    assert tally(first) == {"read": 5, "created": 5}
    for words in ([], ["--update"]):
        again = crm_on("import", "contacts", file, "--format", "json", *words)
        assert tally(again) == {"read": 5, "unchanged": 5}
        assert "nothing was changed" in again.stderr
    assert len(crm_on("history", "--format", "ids").lines) == 1


@pytest.mark.parametrize(
    ("words", "expected", "title"),
    [
        ([], {"read": 2, "created": 1, "skipped": 1}, None),
        (["--update"], {"read": 2, "created": 1, "updated": 1}, "CTO"),
        (["--on-duplicate", "update"], {"read": 2, "created": 1, "updated": 1}, "CTO"),
        (["--on-duplicate", "fail", "--skip-errors"], {"read": 2, "created": 1, "rejected": 1}, None),
    ],
)
def test_duplicates(
    crm_on: Crm, write: Callable[..., str], words: list[str], expected: dict[str, int], title: str | None
) -> None:
    """Somebody there already is left alone, changed or rejected, as asked."""
    uid = crm_on("contact", "add", "Ana", "--email", "ana@x.com").uid
    result = crm_on(
        "import", "contacts", write("Name,Email,Title\nAna,ANA@X.com,CTO\nBo,bo@x.com,\n"), "-o", "json", *words
    )
    assert expected == tally(result)
    found: Any = crm_on("contact", "show", uid, "-o", "json").json()
    assert title == found["title"]


def test_an_update_adds_and_is_logged(crm_on: Crm, write: Callable[..., str]) -> None:
    """Many-valued fields are added to, empty cells change nothing, and the history says what changed."""
    uid = crm_on(
        "contact", "add", "Ana", "--email", "ana@x.com", "--tag", "old", "--title", "CEO", "--note", "keep"
    ).uid
    file = write("Name,Email,Other Email,Tags,Title,Notes,Company\nAna,ana@x.com,ana@home.net,new,CTO,,Acme\n")
    crm_on("import", "contacts", file, "--update")
    found: Any = crm_on("contact", "show", uid, "-o", "json").json()
    assert found["emails"] == ["ana@x.com", "ana@home.net"]
    assert (found["tags"], found["title"], found["note"]) == (["new", "old"], "CTO", "keep")
    assert [company["name"] for company in found["companies"]] == ["Acme"]
    crm_on("undo")
    before: Any = crm_on("contact", "show", uid, "-o", "json").json()
    assert (before["emails"], before["tags"], before["title"], before["companies"]) == (
        ["ana@x.com"],
        ["old"],
        "CEO",
        [],
    )
    assert listed(crm_on, "company") == []


def test_rows_of_one_person_meet_in_the_file(crm_on: Crm, write: Callable[..., str]) -> None:
    """A later row changes what an earlier one made, and undo takes both back as one; undoing that brings both again."""
    file = write("Name,Email,Title,Other Email\nAna,ana@x.com,,\nAna,ana@x.com,CTO,ana@home.net\n")
    result = crm_on("import", "contacts", file, "--update", "-o", "json")
    assert tally(result) == {"read": 2, "created": 1, "updated": 1}
    assert crm_on("undo").code == 0
    assert listed(crm_on, "contact") == []
    assert crm_on("undo").code == 0
    (person,) = listed(crm_on, "contact")
    assert (person["title"], person["emails"]) == ("CTO", ["ana@x.com", "ana@home.net"])


def test_a_new_record_can_follow_an_update(crm_on: Crm, write: Callable[..., str]) -> None:
    """Numbers given in bulk and one at a time never meet."""
    crm_on("contact", "add", "Ana", "--email", "ana@x.com")
    rows = [
        "Bo,bo@x.com,b2@x.com",
        "Ana,ana@x.com,a2@x.com",
        "Cy,cy@x.com,c2@x.com",
        "Bo,bo@x.com,b3@x.com",
        "Di,di@x.com,",
    ]
    result = crm_on("import", "contacts", write("Name,Email,Other Email\n" + "\n".join(rows)), "--update", "-o", "json")
    assert tally(result) == {"read": 5, "created": 3, "updated": 2}
    assert crm_on("contact", "add", "Eve", "--email", "eve@x.com").code == 0
    assert [person["emails"] for person in listed(crm_on, "contact")][:2] == [
        ["ana@x.com", "a2@x.com"],
        ["bo@x.com", "b2@x.com", "b3@x.com"],
    ]


def test_an_update_that_takes_anothers_address_is_rejected(crm_on: Crm, write: Callable[..., str]) -> None:
    """The row says whose it is, and nothing of the row is stored."""
    crm_on("import", "contacts", write("Contact ID,Name,Email\n1,Ana,ana@x.com\n2,Bo,bo@x.com\n"))
    file = write("Contact ID,Name,Email,Title\n2,Bo,ana@x.com,CTO\n1,Ana,ana@x.com,CEO\n")
    result = crm_on("import", "contacts", file, "--update", "--skip-errors", "-o", "json")
    assert (result.code, tally(result)) == (7, {"read": 2, "updated": 1, "rejected": 1})
    assert "belongs to contact #1 Ana" in result.stderr
    assert [person["title"] for person in listed(crm_on, "contact")] == ["CEO", None]


# -- what is refused


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,not-an-email,,", "email"),
        ("A,a@x.com,03/04/26,", "03/04/26"),
        ("A,a@x.com,2026-02-31,", "2026-02-31"),
        ("A,a@x.com,,12", "phone"),
        ("A,a@x.com,,call me", "phone"),
        (",,,+48 22 123 45 67", "name"),
        ("A,a@x.com,,,extra,cells", "cells"),
    ],
)
def test_a_bad_row_stops_everything(crm_on: Crm, write: Callable[..., str], row: str, reason: str) -> None:
    """Unless bad rows are to be skipped nothing is stored; the line and the reason are told."""
    file = write(f"Name,Email,Birthday,Phone\nGood,good@x.com,,\n{row}\n")
    result = crm_on("import", "contacts", file)
    assert (result.code, result.stdout) == (2, "")
    assert "1 of 2 rows" in result.stderr
    assert "line 3: " in result.stderr
    assert reason in result.stderr.split("line 3: ")[1]
    assert listed(crm_on, "contact") == []
    skipped = crm_on("import", "contacts", file, "--skip-errors", "--format", "json")
    assert (skipped.code, tally(skipped)) == (7, {"read": 2, "created": 1, "rejected": 1})
    assert json.loads(skipped.stdout)["rejected"][0]["line"] == 3
    assert [person["name"] for person in listed(crm_on, "contact")] == ["Good"]


def test_lines_are_counted_through_quoted_newlines(crm: Crm, write: Callable[..., str]) -> None:
    """The line is the file's, not the row's."""
    result = crm("import", "contacts", write('Name,Email,Notes\nA,a@x.com,"1\n2\n3"\nB,bad,\n'))
    assert "line 5: " in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--map", "Name"], 2, "map"),
        (["--map", "Nmae=name"], 2, "no column 'Nmae'"),
        (["--map", "Name=nmae"], 2, "did you mean name?"),
        (["--map", "Name=created_by"], 2, "created_by"),
        (["--default", "colour=red"], 2, "default"),
        (["--default", "source"], 2, "FIELD=VALUE"),
        (["--on-duplicate", "merge"], 2, "skip, update, fail"),
        (["--delimiter", "ab"], 2, "delimiter"),
        (["--encoding", "klingon"], 2, "encoding"),
        (["--source", "a:b"], 2, "source"),
    ],
)
def test_wrong_settings(crm: Crm, write: Callable[..., str], words: list[str], code: int, message: str) -> None:
    """A setting that can't be meant is told before anything is read."""
    result = crm("import", "contacts", write("Name,Email\nA,a@x.com\n"), *words)
    assert (code, "") == (result.code, result.stdout)
    assert message in result.stderr
    assert listed(crm, "contact") == []


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [(None, 3, "no file"), ("", 2, "is empty"), (b"PK\x03\x04rest", 2, "cannot unpack")],
)
def test_files_that_are_none(
    crm: Crm, write: Callable[..., str], content: str | bytes | None, code: int, message: str
) -> None:
    """A missing, empty or alien file is one line on stderr."""
    result = crm("import", "contacts", "nowhere.csv" if content is None else write(content))
    assert (code, "") == (result.code, result.stdout)
    assert message in result.stderr


def test_a_header_alone(crm: Crm, write: Callable[..., str]) -> None:
    """There is nothing to do, and that is all right."""
    result = crm("import", "contacts", write("Name,Email\n"), "--format", "json")
    assert (result.code, tally(result)) == (0, {})


def test_a_dry_run_says_and_changes_nothing(crm_on: Crm, write: Callable[..., str]) -> None:
    """The tally is the one that the real run gives; the mapping is told."""
    file = write("Name,E-mail Address,Firm Owner,Company\nA,a@x.com,x,Acme\nB,bad,y,Acme\n")
    result = crm_on("import", "contacts", file, "--dry-run", "--skip-errors", "--format", "json")
    assert (result.code, tally(result)) == (7, {"read": 2, "created": 1, "rejected": 1})
    assert "E-mail Address → emails" in result.stderr
    assert "Firm Owner → custom.firm_owner" in result.stderr
    assert "dry run: nothing was changed" in result.stderr
    assert (listed(crm_on, "contact"), listed(crm_on, "company")) == ([], [])
    assert crm_on("history", "--format", "ids").lines == []


def test_a_dry_run_makes_no_store(crm: Crm, write: Callable[..., str], tmp_path: Path) -> None:
    """Where there is no store yet, there is none afterwards."""
    result = crm("import", "contacts", write("Name,Email\nA,a@x.com\n"), "--dry-run", "--format", "json")
    assert (result.code, tally(result)) == (0, {"read": 1, "created": 1})
    assert not (tmp_path / "crm.db").exists()


def test_progress_and_summary_on_a_terminal(crm: Crm, write: Callable[..., str]) -> None:
    """The answer is a table; how to take it back is told."""
    result = crm("import", "contacts", write("Name,Email\nA,a@x.com\n"), tty=True)
    assert "imported people" in result.stdout
    assert "crm undo" in result.stderr


# -- companies


def test_a_parent_may_come_later(crm_on: Crm, write: Callable[..., str]) -> None:
    """A company belongs to one further down, and to one that is nowhere in the file, which is made."""
    file = write("Name,Subsidiary of,Industry\nChild,Mother,tea\nMother,Grand,\nOther,Mother,\n", "firms.csv")
    result = crm_on("import", "companies", file, "--format", "json")
    assert tally(result) == {"read": 3, "created": 3}
    parents = {c["name"]: c["parent"] and c["parent"]["name"] for c in listed(crm_on, "company")}
    assert parents == {"Child": "Mother", "Mother": "Grand", "Other": "Mother", "Grand": None}
    again = crm_on("import", "companies", file, "--update", "--format", "json")
    assert tally(again) == {"read": 3, "unchanged": 3}
    crm_on("undo")
    assert listed(crm_on, "company") == []


def test_companies_can_not_run_in_a_ring(crm: Crm, write: Callable[..., str]) -> None:
    """Neither alone nor by way of others."""
    alone = crm("import", "companies", write("Name,Parent\nA,A\n"))
    assert (alone.code, "itself" in alone.stderr) == (2, True)
    ring = crm("import", "companies", write("Name,Parent\nA,B\nB,A\n"))
    assert (ring.code, "itself" in ring.stderr) == (5, True)
    assert listed(crm, "company") == []


def test_two_companies_of_one_name_with_ids_of_their_own(crm: Crm, write: Callable[..., str]) -> None:
    """One system's two records are two here as well."""
    result = crm("import", "companies", write("Company ID,Name\n1,Smith\n2,Smith\n"), "--format", "json")
    assert tally(result) == {"read": 2, "created": 2}


def test_money_of_a_company(crm: Crm, write: Callable[..., str]) -> None:
    """Amounts without a currency are in the one told."""
    crm("import", "companies", write("Name,Annual Revenue\nA,1100.04\nB,€ 500\n"), "--currency", "usd")
    found = [(c["annual_revenue"], c["annual_revenue_currency"]) for c in listed(crm, "company")]
    assert found == [(1100.04, "USD"), (500, "EUR")]


# -- deals


DEALS = (
    "Deal ID,Deal Name,Company,Contact Email,Amount,Currency,Stage,Create Date,Close Date,Closed Lost Reason,Probability\n"
    "1,Big,Acme,ana@acme.com,1000,USD,Won,2026-01-01,2026-01-31,,\n"
    "2,Small,Acme,ana@acme.com,0,,Closed Lost,2026-02-01,2026-02-11,Competitor,0\n"
    "3,Odd,,,,,lost,2026-02-01,2026-02-11,Lost Interest,\n"
    "4,Open,Beta,,500,,Talking,2026-03-01,2026-12-24,,50.0\n"
)


def test_deals_with_everything(crm_on: Crm, write: Callable[..., str]) -> None:
    """Stage, dates, money, links and reasons are as the file tells."""
    result = crm_on("import", "deals", write(DEALS), "--stage-map", "talking=proposal", "--format", "json")
    assert tally(result) == {"read": 4, "created": 4}
    big, small, odd, still_open = listed(crm_on, "deal")
    assert tuple(big[key] for key in ("value", "currency", "stage", "closed_at")) == (
        1000,
        "USD",
        "won",
        "2026-01-31T00:00:00Z",
    )
    assert (
        big["created_at"], [c["name"] for c in big["contacts"]], big["company"]["name"],
    ) == ("2026-01-01T00:00:00Z", ["ana"], "Acme")  # fmt: skip
    assert tuple(small[k] for k in ("value", "currency", "stage", "lost_reason")) == (0, "EUR", "lost", "competition")
    assert (odd["lost_reason"], odd["lost_note"]) == ("other", "Lost Interest")
    assert tuple(still_open[key] for key in ("stage", "expected_close", "closed_at", "probability_source")) == (
        "proposal",
        "2026-12-24",
        None,
        "stage",
    )
    assert [person["name"] for person in listed(crm_on, "contact", "--company", "Acme")] == ["ana"]


def test_the_stage_history_follows_from_the_dates(crm_on: Crm, write: Callable[..., str]) -> None:
    """A closed deal was open from the day it was made; an open one entered its stage then."""
    crm_on("import", "deals", write(DEALS), "--stage-map", "talking=proposal")
    won: Any = crm_on("deal", "show", "Big", "-o", "json").json()
    visits = [(visit["stage"], visit["at"], visit["days"]) for visit in won["stage_history"]]
    assert visits == [("lead", "2026-01-01T00:00:00Z", 30.0), ("won", "2026-01-31T00:00:00Z", 0.0)]
    still_open: Any = crm_on("deal", "show", "Open", "-o", "json").json()
    assert [(v["stage"], v["at"]) for v in still_open["stage_history"]] == [("proposal", "2026-03-01T00:00:00Z")]


def test_an_update_moves_a_deal(crm_on: Crm, write: Callable[..., str]) -> None:
    """A new stage is a move at the closing date, a corrected date corrects the move, and undo takes each back."""
    crm_on("import", "deals", write(DEALS, "a.csv"), "--stage-map", "talking=proposal")
    first = write("Deal ID,Stage,Close Date,Closed Lost Reason\n4,Lost,2026-05-01,Price\n", "a.csv")
    assert tally(crm_on("import", "deals", first, "--update", "-o", "json")) == {"read": 1, "updated": 1}
    found: Any = crm_on("deal", "show", "Open", "-o", "json").json()
    assert [(v["stage"], v["at"]) for v in found["stage_history"]] == [
        ("proposal", "2026-03-01T00:00:00Z"),
        ("lost", "2026-05-01T00:00:00Z"),
    ]
    assert (found["lost_reason"], found["closed_at"]) == ("price", "2026-05-01T00:00:00Z")
    second = write("Deal ID,Stage,Close Date\n4,Lost,2026-06-01\n", "a.csv")
    assert tally(crm_on("import", "deals", second, "--update", "-o", "json")) == {"read": 1, "updated": 1}
    found = crm_on("deal", "show", "Open", "-o", "json").json()
    assert "2026-06-01T00:00:00Z" == found["stage_history"][-1]["at"] == found["closed_at"]
    crm_on("undo", "3")
    crm_on("undo", "2")
    found = crm_on("deal", "show", "Open", "-o", "json").json()
    assert (found["stage"], found["closed_at"]) == ("proposal", None)


def test_unknown_stages_name_the_known_ones(crm: Crm, write: Callable[..., str]) -> None:
    """The same reason is told once, with how often it holds."""
    rows = "".join(f"{n},Deal {n},Talking\n" for n in range(1, 31))
    result = crm("import", "deals", write("Deal ID,Deal Name,Stage\n" + rows))
    assert result.code == 2
    assert "line 2 and 29 more: stage: no stage 'Talking'" in result.stderr
    assert "--stage-map 'Talking=…'" in result.stderr
    assert "negotiation" in result.stderr


def test_a_stage_map_to_nowhere(crm: Crm, write: Callable[..., str]) -> None:
    """A stage that we don't have either is told at once."""
    result = crm("import", "deals", write(DEALS), "--stage-map", "Talking=shouting")
    assert (result.code, "there is no stage 'shouting'" in result.stderr) == (2, True)


def test_a_deal_without_a_title_is_called_after_company_and_product(crm: Crm, write: Callable[..., str]) -> None:
    """Else after its number; a title put right by hand stays."""
    file = write("Opportunity ID,Account,Product\nX1,Acme,Tea\nX2,,Tea\nX3,Acme,\nX4,,\n", "d.csv")
    crm("import", "deals", file)
    assert [deal["title"] for deal in listed(crm, "deal")] == ["Acme – Tea", "Tea", "Acme", "X4"]
    crm("deal", "edit", "Tea", "--title", "Green tea")
    assert tally(crm("import", "deals", file, "--update", "-o", "json")) == {"read": 4, "unchanged": 4}


def test_deals_without_ids_are_known_by_title_company_and_date(crm_on: Crm, write: Callable[..., str]) -> None:
    """The same title for another company, or made on another day, is another deal."""
    rows = "Renewal,Acme,2025-01-01,5\nRenewal,Acme,2026-01-01,6\nRenewal,Beta,2025-01-01,7\n"
    file = write("Deal Name,Company,Create Date,Amount\n" + rows)
    assert tally(crm_on("import", "deals", file, "-o", "json")) == {"read": 3, "created": 3}
    assert tally(crm_on("import", "deals", file, "-o", "json")) == {"read": 3, "unchanged": 3}


def test_an_unknown_pipeline_is_kept_as_text(crm: Crm, write: Callable[..., str]) -> None:
    """The deal goes to the default pipeline, and what the file said is not lost."""
    crm("import", "deals", write("Deal Name,Pipeline,Stage\nA,Renewals Pipeline,won\n"))
    (deal,) = listed(crm, "deal")
    assert (deal["pipeline"], deal["custom_fields"]["pipeline_original"]) == ("sales", "Renewals Pipeline")


# -- activities


ACTIVITIES = (
    "Activity ID,Type,Date,Subject,Notes,Contact Email,Duration,Due Date,Status\n"
    "1,Call,2026-10-01T10:00Z,,Talked of tea,ana@acme.com,15m,,\n"
    "2,Task,2026-10-02,Send offer,,ana@acme.com,,2026-12-01,Not Started\n"
    "3,Task,2026-10-02,Write,,bo@acme.com,,2026-10-05,Completed\n"
    "4,Smoke signal,2026-10-03,Hello,,,,,\n"
)


def test_activities_with_everything(crm_on: Crm, write: Callable[..., str]) -> None:
    """What was done and what is planned, with whom; unknown kinds are notes that keep their word."""
    crm_on("contact", "add", "Ana", "--email", "ana@acme.com", "--company", "Acme")
    file = write(ACTIVITIES)
    assert tally(crm_on("import", "activities", file, "-o", "json")) == {"read": 4, "created": 4}
    found = {a["external_id"][-1]: a for a in listed(crm_on, "activity")}
    call, task, done, other = (found[number] for number in "1234")
    assert (
        call["type"], call["subject"], call["duration"], call["status"], call["company"]["name"],
    ) == ("call", "Talked of tea", 15, "done", "Acme")  # fmt: skip
    assert (task["status"], task["due"], task["created_at"]) == ("planned", "2026-12-01", "2026-10-02T00:00:00Z")
    assert (done["status"], [c["name"] for c in done["contacts"]]) == ("done", ["bo"])
    assert (other["type"], other["custom_fields"]["type_original"]) == ("note", "Smoke signal")
    assert tally(crm_on("import", "activities", file, "-o", "json")) == {"read": 4, "unchanged": 4}


def test_activities_without_ids_are_known_by_all_they_say(crm_on: Crm, write: Callable[..., str]) -> None:
    """Calls of one day with different people are different; the very same row is the same."""
    rows = "Call,2026-10-01,Hello,a@x.com\nCall,2026-10-01,Hello,b@x.com\nCall,2026-10-01,Hello,a@x.com\nNote,,Bye,a@x.com\n"
    file = write("Type,Date,Subject,Contact Email\n" + rows)
    assert tally(crm_on("import", "activities", file, "-o", "json")) == {"read": 4, "created": 3, "unchanged": 1}
    assert tally(crm_on("import", "activities", file, "-o", "json")) == {"read": 4, "unchanged": 4}


def test_an_activity_of_an_unknown_deal_is_rejected(crm: Crm, write: Callable[..., str]) -> None:
    """Deals are never made on the way."""
    crm("deal", "add", "Tea", "--company", "Acme")
    file = write("Subject,Deal\nHello,tea\nBye,coffee\n")
    result = crm("import", "activities", file, "--skip-errors", "-o", "json")
    assert tally(result) == {"read": 2, "created": 1, "rejected": 1}
    assert "no deal 'coffee'" in result.stderr
    (activity,) = listed(crm, "activity")
    assert (activity["deal"]["name"], activity["company"]["name"]) == ("Tea", "Acme")


# -- one undo step


def test_one_import_is_one_undo_step(crm_on: Crm, write: Callable[..., str]) -> None:
    """Records, those that rows name, and the search index go and come back together."""
    crm_on("import", "deals", write(DEALS), "--stage-map", "talking=proposal")
    lines: Any = crm_on("history", "-o", "json").json()
    assert (lines[0]["command"], lines[0]["records"]) == ("import deals", 7)
    assert crm_on("undo").code == 0
    assert [listed(crm_on, noun) for noun in ("deal", "company", "contact")] == [[], [], []]
    assert crm_on("search", "acme", "-o", "json").json() == []
    assert crm_on("undo").code == 0
    assert [len(listed(crm_on, noun)) for noun in ("deal", "company", "contact")] == [4, 2, 1]
    assert len(crm_on("search", "acme", "-o", "json").json()) == 2  # type: ignore[arg-type]


def test_hooks_run_only_when_told(crm: Crm, write: Callable[..., str], home: Path, tmp_path: Path) -> None:
    """A bulk import is quiet; with --hooks each record is told, and a pre-hook can stop it all."""
    folder = home / ".config" / "crmcli"
    folder.mkdir(parents=True)
    said = tmp_path / "said"
    (folder / "crm.toml").write_text(
        f'[hooks]\npre-contact-add = "cat >> {said}"\npost-contact-add = "cat >> {said}"\n'
    )
    file = write("Name,Email\nA,a@x.com\n")
    crm("import", "contacts", file)
    assert not said.exists()
    crm("undo")
    crm("import", "contacts", file, "--hooks")
    assert said.read_text().count('"name": "A"') == 2
    crm("undo")
    (folder / "crm.toml").write_text('[hooks]\npre-contact-add = "exit 1"\n')
    refused = crm("import", "contacts", file, "--hooks")
    assert refused.code == 5
    assert listed(crm, "contact") == []

"""``crm import PLAN.toml``, ``FOLDER`` and ``FILE``: several linked files in one go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]

COMPANIES = "Company ID,Name\n11,Beta\n12,Gamma\n"
CONTACTS = "ID,Name,Email,Firm No\n1,Eve,eve@x.com,11\n2,Bob,bob@x.com,12\n"
DEALS = "ID,Deal Title,Stage,Contact ID\n7,Big one,lead,2\n"
CALLS = "ID,Type,Subject,Deal ID\n9,call,Asked for more,7\n"
MAIL = (
    "From ana@x.com Mon Nov  2 10:00:00 2026\nFrom: Eve <eve@x.com>\nTo: me@acme.com\nSubject: Hello\n"
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <a@x>\n\nHi.\n"
)
PLAN = """
source = "hub"

[[file]]
noun = "mail"
path = "talk.mbox"
owner_address = "me@acme.com"

[[file]]
noun = "activities"
path = "calls.csv"
map = { "Deal ID" = "deal.external_id" }

[[file]]
noun = "deals"
path = "deals.csv"
map = ["Contact ID=contact.external_id"]

[[file]]
noun = "contacts"
path = "contacts.csv"
map = { "Firm No" = "company.external_id" }
key = "external_id,email"
mode = "upsert"

[[file]]
noun = "companies"
path = "sub/companies.csv"
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan of five linked files, written backwards."""
    folder = tmp_path / "move"
    (folder / "sub").mkdir(parents=True)
    for name, text in {
        "sub/companies.csv": COMPANIES, "contacts.csv": CONTACTS, "deals.csv": DEALS, "calls.csv": CALLS,
        "talk.mbox": MAIL, "plan.toml": PLAN,
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    return folder / "plan.toml"


def told(result: Result) -> dict[str, Any]:
    """The report of an import."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def counts(result: Result) -> dict[str, tuple[int, int]]:
    """Read and created, by the name of each file."""
    return {Path(each["file"]).name: (each["read"], each["created"]) for each in told(result)["files"]}


# -- a plan


def test_a_plan_brings_linked_files_in(crm_on: Crm, plan: Path) -> None:
    """In the order in which they need each other, in one change; again it changes nothing; one undo takes all back."""
    result = crm_on("import", plan, "--report", "json")
    assert result.code == 0, result.stderr
    report = told(result)
    assert counts(result) == {
        "companies.csv": (2, 2), "contacts.csv": (2, 2), "deals.csv": (1, 1), "calls.csv": (1, 1), "talk.mbox": (1, 1),
    }  # fmt: skip
    assert list(counts(result)) == ["companies.csv", "contacts.csv", "deals.csv", "calls.csv", "talk.mbox"]
    assert report["totals"] == {
        "read": 7, "created": 7, "updated": 0, "skipped": 0, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    assert (report["change_set"], report["stored"], {each["change_set"] for each in report["files"]}) == (1, True, {1})
    eve: Any = crm_on("contact", "show", "hub:1", "--format", "json").json()
    assert [each["name"] for each in eve["companies"]] == ["Beta"]
    deal: Any = crm_on("deal", "show", "hub:7", "--format", "json").json()
    assert ([each["name"] for each in deal["contacts"]], deal["company"]["name"]) == (["Bob"], "Gamma")
    activities: Any = crm_on("activity", "list", "--format", "json").json()
    assert {(each["subject"], (each["deal"] or {}).get("name")) for each in activities} == {
        ("Asked for more", "Big one"), ("Hello", None),
    }  # fmt: skip
    again = told(crm_on("import", plan, "--report", "json"))
    assert (again["totals"]["created"], again["totals"]["updated"], again["totals"]["unchanged"]) == (0, 0, 7)
    history: Any = crm_on("history", "--format", "json").json()
    assert [(each["command"], each["records"]) for each in history] == [
        ("import companies, contacts, deals, activities, mail", 7)
    ]
    crm_on("undo")
    assert [crm_on(noun, "list", "--format", "ids").stdout for noun in ("company", "contact", "deal", "activity")] == [
        ""
    ] * 4


def test_a_dry_run_shows_it_and_stores_nothing(crm: Crm, plan: Path) -> None:
    """Each file sees what the ones before it would have made."""
    result = crm("import", plan, "--dry-run", "--format", "tsv")
    assert [line.split("\t")[1:4] for line in result.lines[1:]] == [
        ["companies", "2", "2"], ["contacts", "2", "2"], ["deals", "1", "1"], ["activities", "1", "1"], ["mail", "1", "1"],
    ]  # fmt: skip
    assert "dry run: nothing was changed" in result.stderr
    assert crm("contact", "list", "--format", "ids").stdout == ""
    assert not Path("crm.db").exists()


def test_one_bad_row_stores_nothing_of_any_file(crm: Crm, plan: Path) -> None:
    """Unless bad rows are to be skipped: exit 2 and 7."""
    (plan.parent / "contacts.csv").write_text(CONTACTS + "3,Nobody,no-address,11\n")
    refused = crm("import", plan, "--report", "json")
    assert (refused.code, told(refused)["stored"], told(refused)["totals"]["rejected"]) == (2, False, 1)
    assert "contacts.csv" in refused.stderr
    assert crm("company", "list", "--format", "ids").stdout == ""
    partly = crm("import", plan, "--report", "json", "--skip-errors")
    assert (partly.code, told(partly)["totals"]["created"], told(partly)["totals"]["rejected"]) == (7, 7, 1)


def test_rejected_rows_go_to_a_file_for_each(crm: Crm, plan: Path, tmp_path: Path) -> None:
    """With the folder named on the command line, beside the plan when it says so."""
    (plan.parent / "contacts.csv").write_text(CONTACTS + "3,Nobody,no-address,11\n")
    assert crm("import", plan, "--rejects", tmp_path).code == 7
    assert (tmp_path / "contacts.csv.rejects.csv").read_text().splitlines()[1].startswith("3,Nobody,no-address,11,4,")
    plan.write_text(PLAN.replace('mode = "upsert"', 'mode = "upsert"\nrejects = "bad.csv"'))
    assert crm("import", plan).code == 7
    assert (plan.parent / "bad.csv").exists()


def test_files_can_be_taken_as_written(crm: Crm, plan: Path) -> None:
    """Then the calls come before their deal, which is not there, and are refused."""
    plan.write_text('order = "as written"\n' + PLAN)
    refused = crm("import", plan)
    assert refused.code == 2
    assert "no deal" in refused.stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('key = "external_id,email"', "kye = 1", ":23: there is no 'kye' (did you mean key?)"),
        ('mode = "upsert"', "mode = 3", ":24: mode is a text"),
        ('noun = "deals"', 'noun = "dealz"', ":15: 'dealz' is none of"),
        ('path = "deals.csv"', "", ":14: path is missing"),
        ('source = "hub"', 'sorce = "hub"', ":2: there is no 'sorce' (did you mean source?)"),
        ('source = "hub"', 'order = "up"', ":2: 'up' is neither 'dependency' nor 'as written'"),
        ("[[file]]", "[[fiel]]", "there is no 'fiel' (did you mean file?)"),
        ('owner_address = "me@acme.com"', 'owner_address = [1]', ":7: owner_address is a list of texts"),
        ('mode = "upsert"', 'stage_map = { A = "lead" }', ":24: stage_map is for deals"),
        ('owner_address = "me@acme.com"', 'preset = "x"', ":7: there is no 'preset'"),
        ('source = "hub"', "source = ", "(at line 2, column"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_is_told_with_its_line(crm: Crm, plan: Path, old: str, new: str, says: str) -> None:
    """And the nearest name; nothing is stored."""
    plan.write_text(PLAN.replace(old, new))
    result = crm("import", plan)
    assert (result.code, result.stdout) == (2, "")
    assert f"{plan}" in result.stderr
    assert says in result.stderr


def test_a_plan_of_nothing_and_no_plan(crm: Crm, tmp_path: Path) -> None:
    """A plan names files; a missing one is not found; a file of it that is missing is named."""
    (tmp_path / "empty.toml").write_text("")
    assert "names no file" in crm("import", tmp_path / "empty.toml").stderr
    assert crm("import", tmp_path / "none.toml").code == 3
    (tmp_path / "gone.toml").write_text('[[file]]\nnoun = "contacts"\npath = "gone.csv"\n')
    gone = crm("import", tmp_path / "gone.toml")
    assert (gone.code, f"no file {tmp_path / 'gone.csv'}" in gone.stderr) == (3, True)


# -- a folder


def test_a_folder_is_told_file_by_file(crm: Crm, tmp_path: Path) -> None:
    """By format, name and titles; its own name is the source by which ids are known; the rest is left out and named."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in {
        "Контакти 2026.csv": "Име,Имейл\nЖана,jana@x.bg\n",
        "Kontakte.csv": "Name;E-Mail\nUwe;uwe@x.de\n",
        "firmen.csv": "Name,Website\nBeta,beta.example\n",
        "list7.csv": "Full Name,E-mail Address\nOla,ola@x.com\n",
        "card.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:Cy\nEMAIL:cy@x.com\nEND:VCARD\n",
        "talk.mbox": MAIL.replace("eve@", "ola@"),
        "prices.csv": "Product,Price\nMill,3\n",
        ".hidden.csv": "Name,Email\nX,x@x.com\n",
        "contacts.csv.part": "Name,Email\nX,x@x.com\n",
    }.items():
        (folder / name).write_text(text)
    (folder / "sub").mkdir()
    result = crm("import", folder, "--report", "json")
    assert result.code == 0, result.stderr
    assert [(Path(each["file"]).name, each["noun"], each["created"]) for each in told(result)["files"]] == [
        ("firmen.csv", "company", 1), ("Kontakte.csv", "contact", 1), ("card.vcf", "contact", 1),
        ("list7.csv", "contact", 1), ("Контакти 2026.csv", "contact", 1), ("talk.mbox", "mail", 1),
    ]  # fmt: skip
    assert [(Path(each["file"]).name, each["reason"]) for each in told(result)["left_out"]] == [
        ("prices.csv", "neither its name nor its titles say what it holds"), ("sub", "a folder"),
    ]  # fmt: skip
    assert {each["source"] for each in told(result)["files"]} == {"export", "talk.mbox"}


def test_a_folder_of_nothing_is_refused(crm: Crm, tmp_path: Path) -> None:
    """Exit 2."""
    (tmp_path / "export").mkdir()
    assert crm("import", tmp_path / "export").code == 2


def test_hubspot_comes_as_a_folder(crm: Crm, shared: Path) -> None:
    """All 3,950 records with their links; again nothing changes; undone in one step."""
    folder = shared / "hubspot_like"
    result = crm("import", folder, "--report", "json")
    assert result.code == 0, result.stderr
    assert counts(result) == {
        "hubspot_companies.csv": (200, 200), "hubspot_contacts.csv": (950, 950), "hubspot_deals.csv": (500, 500),
        "hubspot_activities.csv": (2000, 2000), "hubspot_tickets.csv": (300, 300),
    }  # fmt: skip
    assert {each["source"] for each in told(result)["files"]} == {"hubspot"}
    assert all(each["linked"] == {} for each in told(result)["files"])
    deals: Any = crm("deal", "list", "--format", "json", "--limit", "0").json()
    assert sum(bool(deal["company"]) for deal in deals) == 500
    again = told(crm("import", folder, "--report", "json"))["totals"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3950)
    crm("undo")
    assert [crm(noun, "list", "--format", "ids").stdout for noun in ("company", "contact", "deal", "activity")] == [
        ""
    ] * 4


def test_maven_comes_as_a_folder(crm: Crm, shared: Path) -> None:
    """Its 85 accounts and 8,800 deals; tables of products, teams and words are left out."""
    flags = ["--stage-map", "Prospecting=lead", "--stage-map", "Engaging=qualified", "--currency", "USD"]
    result = crm("import", shared / "crm_maven", "--report", "json", *flags)
    assert result.code == 0, result.stderr
    assert counts(result) == {"accounts.csv": (85, 85), "sales_pipeline.csv": (8800, 8800)}
    left_out = [Path(each["file"]).name for each in told(result)["left_out"]]
    assert left_out == ["data_dictionary.csv", "products.csv", "sales_teams.csv"]
    assert len(crm("company", "list", "--format", "ids").lines) == 85


def test_northwind_comes_as_far_as_it_is_a_crm(crm: Crm, shared: Path) -> None:
    """Customers and suppliers are people at companies, shippers companies; orders and products are left out."""
    result = crm("import", shared / "northwind", "--report", "json")
    assert result.code == 0, result.stderr
    assert counts(result) == {"shippers.csv": (3, 3), "customers.csv": (91, 91), "suppliers.csv": (29, 29)}
    assert len(crm("company", "list", "--format", "ids").lines) == 3 + 91 + 29


# -- files


def test_a_file_that_says_what_it_holds(crm: Crm, tmp_path: Path) -> None:
    """Is imported as if its noun had been named."""
    (tmp_path / "people.csv").write_text("Name,Email\nJane,jane@x.com\n")
    result = crm("import", tmp_path / "people.csv", "--report", "json")
    assert (result.code, told(result)["noun"], told(result)["source"], told(result)["created"]) == (
        0,
        "contact",
        "people",
        1,
    )
    (tmp_path / "talk.mbox").write_text(MAIL.replace("eve@", "jane@"))
    assert crm("import", tmp_path / "talk.mbox").code == 0
    assert len(crm("activity", "list", "--format", "ids").lines) == 1


def test_a_file_that_does_not_say_it(crm: Crm, tmp_path: Path) -> None:
    """Wants its noun; a missing one is not found; what is neither verb nor file is a verb that there is not."""
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    unsure = crm("import", tmp_path / "x.csv")
    assert (unsure.code, "crm import contacts" in unsure.stderr) == (2, True)
    assert crm("import", tmp_path / "none.csv").code == 3
    assert "no verb 'contcts'" in crm("import", "contcts").stderr


def test_files_of_several_kinds_on_one_line(crm: Crm, tmp_path: Path) -> None:
    """In their order, in one change."""
    (tmp_path / "contacts.csv").write_text("Name,Email,Company\nJane,jane@x.com,Beta\n")
    (tmp_path / "companies.csv").write_text("Name,Website\nBeta,beta.example\n")
    result = crm("import", tmp_path / "contacts.csv", tmp_path / "companies.csv", "--report", "json")
    assert counts(result) == {"companies.csv": (1, 1), "contacts.csv": (1, 1)}
    assert told(result)["files"][1]["linked"] == {}


def test_several_files_can_not_be_resumed(crm: Crm, plan: Path) -> None:
    """They are one transaction."""
    assert "--resume is for one file" in crm("import", plan, "--resume").stderr


def test_half_an_import_is_told_of_and_settled(crm: Crm, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by an import of that file alone."""
    from crmcli.services.importing import run as run_module

    lines = "".join(f"{n},P{n},p{n}@x.com,\n" for n in range(3, 30))
    (plan.parent / "contacts.csv").write_text(CONTACTS + lines)

    def cut(_self: run_module.Run) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(run_module, "ROWS", 20)
        patch.setattr(run_module.Run, "tell_hooks", cut)
        crm("import", "contacts", plan.parent / "contacts.csv", "--source", "hub", "--resume")
    (half,) = crm("store", "info", "--format", "json").json()["half_imports"]  # type: ignore[index, call-overload]
    assert half == "an import of contacts from hub stopped after 20 rows (change #1)"
    result = crm("import", plan)
    assert (result.code, half in result.stderr) == (0, True)
    assert crm("store", "info", "--format", "json").json()["half_imports"] == []  # type: ignore[index, call-overload]
    assert len(crm("contact", "list", "--format", "ids").lines) == 29

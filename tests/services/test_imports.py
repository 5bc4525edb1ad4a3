"""Files that nobody on the team wrote, imported whole, with their counts and figures held against known ones."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from crmcli.services.importing.plan import Plan
from crmcli.services.records import Query
from tests.reports.asking import report_of

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext
    from crmcli.services.importing.summary import Summary

MAVEN_STAGES = ("Prospecting=lead", "Engaging=qualified")
HUBSPOT_STAGES = (
    "Appointment Scheduled=lead",
    "Qualified to Buy=qualified",
    "Presentation Scheduled=proposal",
    "Decision Maker Bought-In=negotiation",
    "Contract Sent=negotiation",
)
SALESFORCE_STAGES = (
    "Prospecting=lead",
    "Needs Analysis=qualified",
    "Id. Decision Makers=qualified",
    "Value Proposition=proposal",
    "Perception Analysis=proposal",
    "Proposal/Price Quote=proposal",
    "Negotiation/Review=negotiation",
)


def take(app: AppContext, plan: Plan, path: Path) -> Summary:
    """Import a file."""
    with app.imports.opened(plan, path) as run:
        return run.go()


def counts(summary: Summary) -> tuple[int, int, int, int, int, int]:
    """Read, created, updated, skipped, unchanged, rejected."""
    return (
        summary.read, summary.created, summary.updated, summary.skipped, summary.unchanged, summary.rejected,
    )  # fmt: skip


def all_of(app: AppContext, noun: str) -> list[Any]:
    """Every record of a noun."""
    return list(app.records(noun).list(Query()))


def test_maven_becomes_8800_deals(app: AppContext, shared: Path) -> None:
    """The figures are the known ones; a second run changes nothing; undo takes all back, and again brings it back."""
    plan, path = Plan("deal", stage_map=MAVEN_STAGES), shared / "crm_maven" / "sales_pipeline.csv"
    first = take(app, plan, path)
    assert (counts(first), first.linked) == ((8800, 8800, 0, 0, 0, 0), {"company": 85})
    stages = {row[0]: row[1] for row in report_of(app, "pipeline").rows}
    assert stages == {"lead": 500, "qualified": 1589, "proposal": 0, "negotiation": 0, "won": 4238, "lost": 2473}
    (row,) = report_of(app, "won").rows
    count, value, _, rate, cycle, _, _ = row
    assert (count, value.number, round(rate, 6), round(cycle, 3)) == (4238, 10_005_534, 0.631501, 51.782)  # type: ignore[attr-defined, call-overload]
    assert won_by_region(app, shared) == {"Central": 3_346_293, "East": 3_090_594, "West": 3_568_647}
    deal = app.deals.get("sales_pipeline:1C1I7A6R")
    assert (deal.owner, deal.company.name, deal.custom_fields) == (
        "Moses Frase",
        "Cancity",
        {"product": "GTX Plus Basic"},
    )
    assert counts(take(app, plan, path)) == (8800, 0, 0, 0, 8800, 0)
    assert len(list(app.history.list())) == 1
    app.history.undo()
    assert (all_of(app, "deal"), all_of(app, "company")) == ([], [])
    app.history.undo()
    assert (len(all_of(app, "deal")), len(all_of(app, "company"))) == (8800, 85)


def won_by_region(app: AppContext, shared: Path) -> dict[str, int]:
    """Won value by the region of the agent."""
    with (shared / "crm_maven" / "sales_teams.csv").open() as file:
        regions = {row["sales_agent"]: row["regional_office"] for row in csv.DictReader(file)}
    found: dict[str, int] = {}
    for owner, _, value, *_ in report_of(app, "won", "owner").rows:
        region = regions[str(owner)]
        found[region] = found.get(region, 0) + value.number  # type: ignore[attr-defined]
    return found


def test_maven_accounts_have_their_parents(app: AppContext, shared: Path) -> None:
    """Seven subsidiaries belong to companies further up or down the file; deals then find their companies."""
    summary = take(app, Plan("company", currency="USD"), shared / "crm_maven" / "accounts.csv")
    assert (counts(summary), summary.linked) == ((85, 85, 0, 0, 0, 0), {})
    parents = {c.name: c.parent.name for c in all_of(app, "company") if c.parent}
    assert (len(parents), parents["Bluth Company"], parents["Cheers"]) == (15, "Acme Corporation", "Massive Dynamic")
    deals = take(app, Plan("deal", stage_map=MAVEN_STAGES), shared / "crm_maven" / "sales_pipeline.csv")
    assert deals.linked == {}


IN_ORDER, THE_OTHER_WAY = ("companies", "contacts", "deals", "activities"), ("activities", "deals", "contacts")


@pytest.mark.parametrize(
    ("store_url", "order"),
    [("sqlite", IN_ORDER), ("postgresql", IN_ORDER), ("sqlite", THE_OTHER_WAY)],
    indirect=["store_url"],
)
def test_hubspot(app: AppContext, shared: Path, order: tuple[str, ...]) -> None:
    """Every row goes in, whatever the order; people and companies are known again by e-mail and domain."""
    nouns = {"companies": "company", "contacts": "contact", "deals": "deal", "activities": "activity"}
    rows = {"companies": 200, "contacts": 950, "deals": 500, "activities": 2000}
    plans = [
        Plan(nouns[name], stage_map=HUBSPOT_STAGES if name == "deals" else (), on_duplicate="update") for name in order
    ]
    for name, plan in zip(order, plans, strict=True):
        summary = take(app, plan, shared / "hubspot_like" / f"hubspot_{name}.csv")
        assert (summary.read, summary.created + summary.updated, summary.rejected) == (rows[name], rows[name], 0)
    assert len(all_of(app, "contact")) == 950
    for name, plan in zip(order, plans, strict=True):
        again = take(app, plan, shared / "hubspot_like" / f"hubspot_{name}.csv")
        assert (again.created, again.rejected, again.unchanged + again.updated) == (0, 0, rows[name])


@pytest.mark.parametrize(
    ("plan", "file", "count"),
    [
        (Plan("contact"), "northwind/customers.csv", 91),
        (Plan("company"), "northwind/customers.csv", 91),
        (Plan("company"), "northwind/suppliers.csv", 29),
        (Plan("contact"), "google/new_header_other_contacts.csv", 5),
        (Plan("contact"), "google/old_header_linkedout.csv", 3),
        (Plan("deal", stage_map=SALESFORCE_STAGES), "salesforce/dataloader_opportunityData.csv", 38),
        (Plan("contact"), "hubspot_like/hubspot_contacts.csv", 950),
        (Plan("company"), "hubspot_like/hubspot_companies.csv", 200),
    ],
)
def test_real_files_go_in_whole_and_once(app: AppContext, shared: Path, plan: Plan, file: str, count: int) -> None:
    """All rows become records, and a second run finds each of them as it is."""
    assert counts(take(app, plan, shared / file)) == (count, count, 0, 0, 0, 0)
    assert counts(take(app, plan, shared / file)) == (count, 0, 0, 0, count, 0)
    assert len(all_of(app, plan.noun)) == count


def test_an_export_that_changed_is_brought_up_to_date_and_back(app: AppContext, shared: Path, tmp_path: Path) -> None:
    """Known by number: changed rows change their records, new ones are made, and undo takes back both."""
    original = shared / "hubspot_like" / "hubspot_contacts.csv"
    plan = Plan("contact", source="hubspot", key=("external_id",), mode="upsert")
    assert counts(take(app, plan, original)) == (950, 950, 0, 0, 0, 0)
    before = {c.external_id: (c.name, c.title, c.emails, c.custom_fields) for c in all_of(app, "contact")}
    with original.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    title, email, number = (header.index(name) for name in ("Job Title", "Email", "Contact ID"))
    for row in rows[::10]:
        row[title], row[email] = "Архитект", f"new.{row[email]}"
    rows += [[f"NEW-{n}", "Нов", f"Човек {n}", *[""] * (len(header) - 3)] for n in range(5)]
    changed = tmp_path / "next_week.csv"
    with changed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    assert counts(take(app, plan._replace(overwrite=("email",)), changed)) == (955, 5, 95, 0, 855, 0)
    after = {c.external_id: c for c in all_of(app, "contact")}
    moved = after[f"hubspot:{rows[0][number]}"]
    assert (moved.title, moved.emails, len(after)) == ("Архитект", (rows[0][email],), 955)
    assert counts(take(app, plan._replace(overwrite=("email",)), changed)) == (955, 0, 0, 0, 955, 0)
    app.history.undo()
    assert {c.external_id: (c.name, c.title, c.emails, c.custom_fields) for c in all_of(app, "contact")} == before


def test_northwind_nulls_are_nothing(app: AppContext, shared: Path) -> None:
    """The word NULL in a cell is a missing value, accents are kept."""
    take(app, Plan("contact"), shared / "northwind" / "customers.csv")
    found = app.contacts.get("customers:ANATR")
    assert (found.name, "region" in found.custom_fields) == ("Ana Trujillo", False)
    assert found.custom_fields["city"] == "México D.F."


def test_a_killed_import_leaves_the_store_whole(tmp_path: Path) -> None:
    """Killed in the middle, nothing of it is there, and the next run goes through."""
    path, store = tmp_path / "many.csv", tmp_path / "crm.db"
    path.write_text("Name,Email\n" + "".join(f"Person {n},p{n}@x.com\n" for n in range(40_000)))
    command = [sys.executable, "-m", "crmcli", "--store", str(store), "import", "contacts"]
    subprocess.run([*command[:5], "contact", "add", "First"], check=True, capture_output=True)
    process = subprocess.Popen([*command, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = store.with_name("crm.db-wal")
    while process.poll() is None and (not log.exists() or log.stat().st_size < 2_000_000):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    listing = subprocess.run([*command[:5], "contact", "list", "-o", "ids"], check=True, capture_output=True, text=True)
    assert len(listing.stdout.splitlines()) == 1
    small = tmp_path / "few.csv"
    small.write_text("Name,Email\nPerson 1,p1@x.com\n")
    assert subprocess.run([*command, str(small)], check=False, capture_output=True).returncode == 0

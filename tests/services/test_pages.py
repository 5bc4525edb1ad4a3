"""A record's page as the screens read it, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.services.pages import Pages

if TYPE_CHECKING:
    from crmcli.context import AppContext


def test_a_page_has_everything_around_a_record(app: AppContext) -> None:
    """Links from both sides, next step, stages and the timeline in order."""
    deal = app.deals.add(
        app.deals.draft({"title": "Pilot", "company": "Żubr", "contacts": ("ana@zubr.example",), "value": "5"})
    )
    done = app.activities.log({"type": "call", "body": "first", "deal": deal.id, "at": "2026-11-01 10:00"})[0]
    late = app.activities.log({"type": "note", "body": "second", "deal": deal.id, "at": "2026-11-02 10:00"})[0]
    task = app.activities.add(app.activities.draft({"type": "task", "subject": "next", "deal": deal.id, "due": "fri"}))
    pages = Pages(app.desk)
    page = pages.page("deal", deal.id)
    assert page.is_live
    assert [entry.number for entry in page.entries] == [task.number, late.number, done.number]
    assert [entry.is_planned for entry in page.entries] == [True, False, False]
    assert page.next_step is not None
    assert page.next_step.id == task.id
    assert [visit.stage for visit in page.stages] == ["lead"]
    assert [(group.relation.name, [each.name for each in group.records]) for group in page.groups] == [
        ("company", ["Żubr"]), ("people", ["ana"]),
    ]  # fmt: skip
    company = pages.page("company", page.groups[0].records[0].id)
    assert [each.name for each in company.groups[1].records] == ["Pilot"]
    person = pages.page("contact", page.groups[1].records[0].id)
    assert [each.name for each in person.groups[1].records] == ["Pilot"]


def test_a_page_of_an_activity_is_about_what_it_is_linked_to(app: AppContext) -> None:
    """Its deal's timeline, else its person's, else itself alone."""
    app.activities.log({"type": "note", "body": "of ana", "contacts": ("ana@zubr.example",)})
    other = app.activities.log({"type": "call", "body": "of ana too", "contacts": ("ana@zubr.example",)})[0]
    alone = app.activities.log({"type": "note", "body": "of nobody"})[0]
    pages = Pages(app.desk)
    assert len(pages.page("activity", other.id).entries) == 2
    assert [entry.number for entry in pages.page("activity", alone.id).entries] == [alone.number]


def test_a_page_says_what_became_of_a_record(app: AppContext) -> None:
    """Deleted by whom, merged into which, or never there."""
    for name in ("One", "Two", "Three"):
        app.companies.add(app.companies.draft({"name": name}))
    one, two, three = (app.companies.find(name).uid for name in ("One", "Two", "Three"))
    app.companies.remove("One")
    app.companies.merge("Three", "Two")
    pages = Pages(app.desk)
    gone = pages.page("company", one)
    assert not gone.is_live
    assert gone.record.name == "One"
    assert gone.gone is not None
    assert (gone.gone.command, gone.kept) == ("company rm", None)
    merged = pages.page("company", two)
    assert merged.kept is not None
    assert merged.kept.uid == three
    assert pages.page("company", "co_none").record is None


def test_links_are_made_and_taken_off_from_either_side(app: AppContext) -> None:
    """In one undo step each."""
    deal = app.deals.add(app.deals.draft({"title": "Pilot"}))
    company = app.companies.add(app.companies.draft({"name": "Żubr"}))
    pages = Pages(app.desk)
    deals = next(group.relation for group in pages.page("company", company.id).groups if group.relation.name == "deals")
    pages.link("company", company.id, deals, deal.id)
    assert app.deals.get(deal.id).company.name == "Żubr"
    app.history.undo()
    assert app.deals.get(deal.id).company is None
    pages.link("company", company.id, deals, deal.id)
    pages.unlink("company", company.id, deals, deal.id)
    assert app.deals.get(deal.id).company is None

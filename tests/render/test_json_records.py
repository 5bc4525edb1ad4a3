"""JSON records: their keys, types and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crmcli.domain.money import Money
from crmcli.domain.records import VIEWS, as_record, due_text, noun_of, picture_fields, plain, record_fields, utc_text
from crmcli.domain.views import ChangeSetView, ChangeView, Due, Link, SearchHit, StageTotal, StageView, TodayItem
from tests.render.render_views import (
    NOW,
    company_picture,
    contact_picture,
    deal_picture,
    make_activity,
    make_company,
    make_contact,
    make_deal,
)


def test_contact_has_the_documented_keys_in_order() -> None:
    expected = (
        "id number name emails phones companies title tags linkedin x bluesky telegram birthday anniversary address "
        "lifecycle lead_status lead_score source locale timezone note owner external_id custom_fields created_at "
        "created_by updated_at updated_by last_activity next_task"
    )
    assert expected.split() == list(as_record(make_contact()))


@pytest.mark.parametrize(
    "view",
    [
        make_contact(),
        make_company(),
        make_company(annual_revenue=Money(100, "EUR")),
        make_deal(),
        make_deal(value=None, currency=None, weighted=None),
        make_activity(),
        StageView(1, "sales", "lead", 1, "open", 10, None, "pipeline", ()),
        StageTotal("lead", "open", 2, Money(100, "EUR"), Money(10, "EUR")),
        SearchHit("ct_1", 1, "contact", "Jane", "…"),
        TodayItem("overdue", "task", "ac_1", 1, "call", "Jane", None, None, "due yesterday"),
        ChangeSetView(1, "cs_1", NOW, "maria", "crm", "added", 1, False),
        ChangeView("contact", "ct_1", "Jane", "edit", "title", None, "CTO"),
    ],
)
def test_keys_never_depend_on_what_a_record_holds(view: object) -> None:
    """A record's keys are those documented for its noun, empty or full."""
    assert record_fields(noun_of(view)) == tuple(as_record(view))


def test_every_noun_has_unique_keys() -> None:
    for noun in VIEWS:
        assert len(set(record_fields(noun))) == len(record_fields(noun))


def test_values_are_plain_json() -> None:
    record = as_record(
        make_contact(
            emails=("a@x.com", "b@x.com"),
            companies=(Link("co_1", "Acme"),),
            birthday=date(1980, 1, 2),
            custom_fields={"seats": 5, "since": date(2020, 1, 1), "odd": float("nan")},
            next_task=Due(date(2026, 11, 22), NOW),
        )
    )
    assert record["emails"] == ["a@x.com", "b@x.com"]
    assert record["companies"] == [{"id": "co_1", "name": "Acme"}]
    assert record["birthday"] == "1980-01-02"
    assert record["custom_fields"] == {"seats": 5, "since": "2020-01-01", "odd": None}
    assert "2026-11-21T20:19:00Z" == record["next_task"] == record["created_at"]
    assert record["title"] is None


def test_money_is_a_number_beside_its_currency() -> None:
    deal = as_record(make_deal())
    assert (deal["value"], deal["currency"], deal["weighted"]) == (12500.5, "EUR", 6250.25)
    company = as_record(make_company(annual_revenue=Money(100_00, "USD")))
    assert (company["annual_revenue"], company["annual_revenue_currency"]) == (100, "USD")
    assert as_record(make_company())["annual_revenue_currency"] is None


def test_stage_total_has_the_pipeline_shape() -> None:
    expected = {"stage": "lead", "count": 2, "value": 100, "weighted": 10.5, "currency": "EUR", "kind": "open"}
    assert expected == as_record(StageTotal("lead", "open", 2, Money(100_00, "EUR"), Money(10_50, "EUR")))


def test_deal_picture_has_the_stage_history() -> None:
    record = as_record(deal_picture())
    assert record_fields("deal") + picture_fields("deal") == tuple(record)
    visit = {"stage": "lead", "at": "2026-11-08T20:19:00Z", "by": None, "days": 3.25}
    assert visit == record["stage_history"][0]  # type: ignore[index]
    assert record["next_activity"]["subject"] == "send offer"  # type: ignore[index]
    assert record["next_step"] is None


@pytest.mark.parametrize(("picture", "noun"), [(contact_picture(), "contact"), (company_picture(), "company")])
def test_pictures_add_what_stands_around_the_record(picture: object, noun: str) -> None:
    record = as_record(picture)
    assert record_fields(noun) + picture_fields(noun) == tuple(record)
    assert len(record["timeline"]) == 2  # type: ignore[arg-type]


def test_picture_fields_of_a_noun_without_pictures_are_none() -> None:
    assert picture_fields("activity") == ()


def test_times_are_utc_to_the_second() -> None:
    sofia = timezone(timedelta(hours=2))
    assert utc_text(datetime(2026, 11, 21, 22, 19, 0, 999, tzinfo=sofia)) == "2026-11-21T20:19:00Z"
    assert utc_text(datetime(987, 1, 2, 3, 4, 5, tzinfo=UTC)) == "0987-01-02T03:04:05Z"


def test_due_is_a_date_unless_an_hour_was_given() -> None:
    assert due_text(Due(date(2026, 11, 22))) == "2026-11-22"
    assert due_text(Due(date(2026, 11, 22), NOW)) == "2026-11-21T20:19:00Z"


def test_unknown_values_become_text() -> None:
    assert plain(1 + 2j) == "(1+2j)"

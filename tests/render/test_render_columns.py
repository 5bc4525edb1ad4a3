"""Columns: one definition per noun, chosen by name."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from crmcli.domain.records import VIEWS, record_fields
from crmcli.domain.views import Due, Link
from crmcli.errors import UsageError
from crmcli.render.columns import all_columns, choose, is_past, shown_columns
from tests.render.render_views import NOW, Rendered, deal_picture, make_activity, make_contact, make_deal


@pytest.mark.parametrize("noun", list(VIEWS))
def test_every_key_of_a_noun_is_a_column(noun: str) -> None:
    assert record_fields(noun) == tuple(all_columns(noun))
    assert shown_columns(noun)


MEANT = {
    "money": ("Money",), "integer": ("int",), "time": ("datetime",), "date": ("date",), "near": ("Due", "datetime"),
    "chance": ("int",), "days": ("int",), "minutes": ("int",), "number": ("float", "int"), "percent": ("float", "int"),
}  # fmt: skip


@pytest.mark.parametrize("noun", list(VIEWS))
def test_a_column_is_shown_as_what_its_field_holds(noun: str) -> None:
    """A name alone does not say it: the value of a deal is an amount, that of a suppression an address."""
    held = {name: str(kind) for name, kind in VIEWS[noun].__annotations__.items()}
    odd = {
        name: (column.kind, held[name])
        for name, column in all_columns(noun).items()
        if column.kind in MEANT and name in held and not any(each in held[name] for each in MEANT[column.kind])
    }
    assert {} == odd


def test_fields_choose_and_order() -> None:
    output = Rendered("tsv")
    output.many("contact", [make_contact(title="CTO")], ["title,name", "id"])
    assert output.out == "title\tname\tid\nCTO\tJane Doe\tct_" + "0" * 25 + "1\n"


@pytest.mark.parametrize(("spelled", "name"), [("email", "emails"), ("Name", "name"), ("created-at", "created_at")])
def test_fields_go_by_their_flag_too(spelled: str, name: str) -> None:
    assert name == choose("contact", [spelled])[0].name


def test_custom_fields_are_columns() -> None:
    contact = make_contact(custom_fields={"segment": "gold"})
    output = Rendered("tsv")
    output.many("contact", [contact], ["segment", "custom.segment", "custom.other"], custom_keys={"segment"})
    assert output.out == "segment\tcustom.segment\tcustom.other\ngold\tgold\t\n"


def test_a_field_hides_a_custom_field_of_its_name() -> None:
    contact = make_contact(custom_fields={"name": "other"})
    assert choose("contact", ["name"], {"name"})[0].get(contact) == "Jane Doe"


def test_unknown_field_names_the_nearest_and_lists_all_in_their_order() -> None:
    with pytest.raises(UsageError, match="no field emial in contact") as caught:
        choose("contact", ["emial"], {"segment"})
    listed = ", ".join([*record_fields("contact"), "segment"])
    assert f"did you mean emails? there are {listed}" == caught.value.hint


@pytest.mark.parametrize("fields", [[""], [","], []])
def test_no_field_at_all_is_refused(fields: list[str]) -> None:
    with pytest.raises(UsageError, match="names no field"):
        choose("contact", fields)


def test_fields_of_json_keep_their_types() -> None:
    output = Rendered("json")
    output.many("deal", [make_deal(contacts=(Link("ct_1", "Jane"),))], ["value", "contacts", "title"])
    assert json.loads(output.out) == [
        {"value": 12500.5, "contacts": [{"id": "ct_1", "name": "Jane"}], "title": "Website"}
    ]


def test_fields_of_a_picture_reach_around_the_record() -> None:
    output = Rendered("json")
    output.one(deal_picture(), ["title", "stage_history"])
    record = json.loads(output.out)
    assert list(record) == ["title", "stage_history"]
    assert [visit["stage"] for visit in record["stage_history"]] == ["lead", "proposal"]


def test_nested_fields_of_a_picture_are_json_in_a_cell() -> None:
    output = Rendered("tsv")
    output.one(deal_picture(), ["title", "stage_history"])
    header, row = output.out.splitlines()
    assert header == "title\tstage_history"
    assert json.loads(row.split("\t")[1])[1]["stage"] == "proposal"


@pytest.mark.parametrize(
    ("due", "past"),
    [
        (None, False),
        (Due(date(2026, 11, 20)), True),
        (Due(date(2026, 11, 21)), False),
        (Due(date(2026, 11, 21), NOW - timedelta(minutes=1)), True),
        (Due(date(2026, 11, 21), NOW + timedelta(minutes=1)), False),
    ],
)
def test_deadlines_go_by(due: Due | None, past: bool) -> None:
    assert past is is_past(due, NOW)


@pytest.mark.parametrize(
    ("noun", "name", "view", "tone"),
    [
        ("deal", "stage", make_deal(stage_kind="won"), "won"),
        ("deal", "stage", make_deal(stage_kind="lost"), "lost"),
        ("deal", "stage", make_deal(rotting=True), "rotting"),
        ("deal", "stage", make_deal(), ""),
        ("deal", "expected_close", make_deal(expected_close=date(2026, 11, 20)), "overdue"),
        ("deal", "expected_close", make_deal(expected_close=date(2026, 11, 20), stage_kind="won"), ""),
        ("contact", "next_task", make_contact(next_task=Due(date(2026, 11, 20))), "overdue"),
        ("task", "due", make_activity(due=Due(date(2026, 11, 20)), status="planned"), "overdue"),
        ("task", "due", make_activity(due=Due(date(2026, 11, 20)), status="done"), ""),
        ("task", "priority", make_activity(priority="urgent"), "urgent"),
    ],
)
def test_tones_say_what_is_meant(noun: str, name: str, view: object, tone: str) -> None:
    column = all_columns(noun)[name]
    assert column.tone is not None
    assert tone == column.tone(view, NOW)

"""One golden file per format, and what the formats promise whatever the data."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from crmcli.domain.money import Money
from crmcli.domain.records import as_record, record_fields
from crmcli.domain.views import Link, StageTotal
from crmcli.errors import UsageError
from crmcli.render.formats import FORMATS, cell
from tests.render.render_views import NOW, Rendered, deal_picture, make_company, make_contact, make_deal, world_contacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA_FORMATS = ("tsv", "csv", "json", "jsonl", "yaml")


@pytest.mark.parametrize("form", FORMATS)
def test_contacts_golden(form: str, golden: Callable[[str, str], None]) -> None:
    """People with names in five scripts, escapes, markup, newlines and formulas, in every format."""
    output = Rendered(form)
    output.many("contact", world_contacts())
    golden(f"contacts.{form}", output.out)
    assert output.err == ""


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "yaml", "markdown"])
def test_deal_picture_golden(form: str, golden: Callable[[str, str], None]) -> None:
    output = Rendered(form)
    output.one(deal_picture())
    golden(f"deal.{form}", output.out)


def test_json_reads_back_as_the_records() -> None:
    views = world_contacts()
    output = Rendered("json")
    output.many("contact", views)
    assert [as_record(view) for view in views] == json.loads(output.out)


def test_jsonl_has_a_record_on_each_line() -> None:
    views = world_contacts()
    output = Rendered("jsonl")
    output.many("contact", views)
    assert [as_record(view) for view in views] == [json.loads(line) for line in output.out.splitlines()]


def test_yaml_reads_back_as_the_records_with_unicode_kept() -> None:
    views = world_contacts()[:-1]  # half a surrogate pair is no YAML
    output = Rendered("yaml")
    output.many("contact", [*views, make_contact(9, "🎉 ok")])
    assert [as_record(view) for view in [*views, make_contact(9, "🎉 ok")]] == yaml.safe_load(output.out)
    assert "🎉" in output.out
    assert "王小明" in output.out


def test_csv_reads_back_whole_when_raw() -> None:
    views = world_contacts()
    output = Rendered("csv")
    output.raw = True
    output.many("contact", views)
    rows = list(csv.reader(io.StringIO(output.out, newline="")))
    assert list(record_fields("contact")) == rows[0]
    assert [[cell(value) for value in view] for view in views] == rows[1:]


def test_csv_guards_formulas_but_not_numbers() -> None:
    output = Rendered("csv")
    output.many("deal", [make_deal(title="=1+1", value=Money(-500, "EUR"))], ["title", "value"])
    assert output.out == "title,value\r\n'=1+1,-5\r\n"


def test_csv_on_a_terminal_is_harmless() -> None:
    output = Rendered("csv", is_terminal=True)
    output.many("contact", [make_contact(name="\x1b[2Jx\ny")], ["name"])
    assert output.out == 'name\r\n"␛[2Jx\ny"\r\n'


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_sends_an_escape_to_a_terminal(form: str) -> None:
    output = Rendered(form, is_terminal=True)
    output.many("contact", world_contacts(), ["id", "name", "note"])
    assert not [c for c in output.out if c in "\x1b\x07\x9b\x00\u202e"]


def test_tsv_keeps_each_record_on_its_line() -> None:
    views = world_contacts()
    output = Rendered("tsv")
    output.many("contact", views)
    lines = output.out.split("\n")
    assert len(views) + 2 == len(lines)
    assert {len(record_fields("contact"))} == {len(line.split("\t")) for line in lines[:-1]}


def test_tsv_cuts_nothing() -> None:
    output = Rendered("tsv", width=20)
    output.many("contact", [make_contact(name="x" * 10_000)], ["name"])
    assert output.out == "name\n" + "x" * 10_000 + "\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (0, "0"),
        (0.5, "0.5"),
        (Money(1250050, "EUR"), "12500.50"),
        (date(2026, 11, 21), "2026-11-21"),
        (NOW, "2026-11-21T20:19:00Z"),
        (("a", "b"), "a; b"),
        ((Link("co_1", "Acme"), Link("co_2", "Beta")), "Acme; Beta"),
        ((), ""),
        ({}, "{}"),
        ({"segment": "злато"}, '{"segment":"злато"}'),
    ],
)
def test_cells_are_plain_text(value: object, text: str) -> None:
    assert text == cell(value)


def test_money_stands_beside_its_currency() -> None:
    output = Rendered("tsv")
    output.many(
        "company", [make_company(annual_revenue=Money(100, "USD"))], ["annual_revenue", "annual_revenue_currency"]
    )
    assert output.out == "annual_revenue\tannual_revenue_currency\n1\tUSD\n"


@pytest.mark.parametrize(
    ("form", "empty"),
    [
        ("json", "[]\n"),
        ("jsonl", ""),
        ("yaml", "[]\n"),
        ("ids", ""),
        ("tsv", "name\ttitle\n"),
        ("csv", "name,title\r\n"),
    ],
)
def test_empty_lists(form: str, empty: str) -> None:
    """No record is an empty answer in the format, not a message."""
    output = Rendered(form)
    fields = ["name", "title"] if form in ("tsv", "csv") else None
    output.many("contact", [], fields)
    assert (empty, "") == (output.out, output.err)


def test_table_and_csv_agree_cell_for_cell() -> None:
    """The same columns hold the same texts, but for the guard, local time and the currency."""
    fields = ["number", "name", "emails", "companies", "tags", "lifecycle", "birthday", "owner"]
    views = [*world_contacts()[:4], make_contact(9, "last")]
    table, data = Rendered("table", width=300), Rendered("csv")
    table.many("contact", views, fields)
    data.many("contact", views, fields)
    table_cells = [[c for c in line.split("  ") if c.strip()] for line in table.out.splitlines()[1:]]
    csv_cells = [[c for c in row if c] for row in csv.reader(io.StringIO(data.out, newline=""))][1:]
    assert csv_cells == [[c.strip() for c in row] for row in table_cells]


def test_lists_are_written_as_they_come() -> None:
    """Each record is out, under the header, before the next is asked for."""
    output = Rendered("tsv")
    seen: list[int] = []

    def views() -> Iterator[object]:
        for number in range(3):
            seen.append(output.out.count("\n"))
            yield make_contact(number)

    output.many("contact", views(), ["number"])
    assert seen == [0, 2, 3]


def test_ids_of_rows_without_ids_are_refused() -> None:
    with pytest.raises(UsageError, match="no id"):
        Rendered("ids").many("pipeline", [StageTotal("lead", "open", 1, Money(1, "EUR"), Money(1, "EUR"))])


def test_markdown_takes_nothing_for_markup() -> None:
    output = Rendered("markdown")
    output.many("contact", [make_contact(name="a|b *c* <d> `e`\nf")], ["name"])
    assert r"| a\|b \*c\* &lt;d> \`e\`<br>f |" in output.out

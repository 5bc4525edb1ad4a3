"""Cells and rows read at a glance against the same read closely."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.fields import FIELDS
from crmcli.domain.reading import InputRules
from crmcli.errors import BadValue
from crmcli.io.table import Row
from crmcli.services.importing.cells import Cells
from crmcli.services.importing.mapping import Columns, target_of
from crmcli.services.importing.plain_cells import plain_readers
from crmcli.services.importing.rows import Rows
from crmcli.services.importing.summary import Summary

if TYPE_CHECKING:
    from crmcli.domain.fields import Field

RULES = InputRules(datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("UTC")), "maria", "BG", "EUR")
OWN = {noun: {field.name: field for field in fields if not field.computed} for noun, fields in FIELDS.items()}
READ = [
    (field, reader)
    for fields in OWN.values()
    for field, reader in [(fields[n], r) for n, r in plain_readers(fields).items()]
]
NASTY = (
    "Acme", "Acme, Inc.", "Acme; Beta", "Acme | Beta", "Acme|Beta", "Acme ::: Beta", "Acme:::Beta", "Acme\nBeta", "[x]",
    '["a","b"]', '"a","b"', '"Acme"', "* myContacts", "*", "a,b", "e\u0301", "Ł", "小明", "\u200b", "\u3164", "\u115fA",
    "\xa0", "a\0b", "a\ud800", "a\x1b[31m", "a\tb", "A\u200b", "x" * 199, "x" * 201, "é" * 200, "e\u0301" * 150,
    "jane@acme.com", "a@b.com, c@d.com", "a@b.com c@d.com", "Jane <jane@acme.com>", "+359 88 123 4567", "088 123 4567",
    "+359 88 123 4567, +359 88 123 4568", "+359 88 123 4567 / 68", "n/a", "acme.com", "acme.com, beta.com", "-", "EUR", "\ufdfa" * 9,
)  # fmt: skip


def read_closely(field: Field, text: str) -> tuple[object, ...] | None:
    """What the general reader makes of a cell; None if it refuses it."""
    try:
        return Cells(RULES).read(field, [text]).values
    except BadValue:
        return None


@pytest.mark.parametrize("text", NASTY)
def test_a_cell_read_at_a_glance_holds_what_it_holds(text: str) -> None:
    for field, reader in READ:
        found = reader(text)
        assert not found or (field.name, found) == (field.name, read_closely(field, text))


@given(st.text(min_size=1) | st.text('aB;,|:["]*@.+1 \n\0\ud800\u3164\u0301', min_size=1, max_size=12))
def test_no_cell_is_read_otherwise(cell: str) -> None:
    """Cells come without white space around them."""
    text = cell.strip()
    for field, reader in READ if text else []:
        found = reader(text)
        assert not found or (field.name, found) == (field.name, read_closely(field, text))


def test_usual_cells_are_read_at_a_glance() -> None:
    usual = {
        "name": "Jane Doe",
        "emails": "jane@acme.com",
        "phones": "+359 88 123 4567",
        "companies": "Acme",
        "tags": "vip",
    }
    readers = plain_readers(OWN["contact"])
    assert all(readers[name](text) for name, text in usual.items())


HEADERS = {
    "Name": "name", "E-mail": "emails", "Phone": "phones", "Firm": "companies", "City": "custom.city", "Note": "note",
    "Tags": "tags", "Mail 2": "emails", "Id": "external_id",
}  # fmt: skip


def outcome(rows: Rows, cells: dict[str, Any]) -> object:
    """The entry that a row gives, or why it gives none."""
    try:
        return rows.entry(Row(7, cells))
    except BadValue as error:
        return str(error)


@given(st.fixed_dictionaries({header: st.sampled_from(("", "", *NASTY)) for header in HEADERS}))
def test_a_row_read_at_a_glance_is_the_row_read_closely(cells: dict[str, Any]) -> None:
    """The notes that are told at the end are the same, too."""
    columns = Columns({header: target_of("contact", target) for header, target in HEADERS.items()}, {})
    told, found = [], []
    for glance in (True, False):
        summary = Summary()
        rows = Rows("contact", columns, RULES, None, summary)  # type: ignore[arg-type] - contacts have no stages
        if not glance:
            rows._plain = {}
        found.append(outcome(rows, cells))
        told.append(summary.notes)
    assert found[0] == found[1]
    assert told[0] == told[1]

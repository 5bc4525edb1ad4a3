"""JSON and JSON Lines: nothing rounded, nothing lost, in memory for one record."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.text import Labelled
from crmcli.errors import CrmError, NotFound, UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row


def read(content: str | bytes, **reading: str) -> tuple[str, tuple[str, ...], list[Row | BadRow], dict[str, int]]:
    """The format, the headers, the rows and the notes."""
    raw = content.encode() if isinstance(content, str) else content
    with open_table(io.BytesIO(raw), Reading(**reading)) as table:  # type: ignore[arg-type]
        rows = [row._replace(cells=()) if isinstance(row, BadRow) else row for row in table.rows]
        return table.format, table.headers, rows, dict(table.notes())


def cells(content: str | bytes, **reading: str) -> list[dict[str, Any]]:
    """The cells of the rows, of which none may be bad."""
    rows = read(content, **reading)[2]
    assert [row for row in rows if isinstance(row, BadRow)] == []
    return [row.cells for row in rows if isinstance(row, Row)]


def test_numbers_stay_as_they_are_written() -> None:
    """No digit of a long id is lost, and no zero of an amount."""
    text = '[{"id": 12345678901234567890123, "amount": 1.10, "e": 1E400, "raw": [{"n": 2.50}]}]'
    wanted = {"id": "12345678901234567890123", "amount": "1.10", "e": "1E400", "raw": '[{"n": 2.50}]'}
    assert [wanted] == cells(text)


def test_nested_objects_become_columns_and_null_is_empty() -> None:
    """Dotted names, as the systems' own documents write them."""
    text = '[{"a": null, "b": true, "company": {"name": "Acme", "address": {"city": "Łódź"}}, "c": {}, "d": []}]'
    wanted = {"a": "", "b": "true", "company.name": "Acme", "company.address.city": "Łódź", "c": "", "d": ()}
    assert [wanted] == cells(text)


def test_lists_become_several_values_with_their_labels() -> None:
    """The primary one first; a list of other things stays JSON."""
    text = json.dumps(
        [
            {
                "tags": ["a", "b", None],
                "emails": [{"value": "w@x", "type": "work"}, {"value": "h@x", "label": "home", "primary": True}],
                "phones": [{"number": "1"}],
                "jobs": [{"title": "CEO", "since": 2}],
            }
        ]
    )
    (row,) = cells(text)
    assert (("a", "b"), ("h@x", "w@x"), ("1",)) == (row["tags"], row["emails"], row["phones"])
    assert ["home", "work"] == [email.label for email in row["emails"] if isinstance(email, Labelled)]
    assert row["jobs"] == '[{"title": "CEO", "since": 2}]'


def test_keys_that_come_late_have_their_column_from_the_start() -> None:
    """All records are looked at before the first is given."""
    text = "[" + ",\n".join(['{"a": 1}'] * 500 + ['{"b": 2}']) + "]"
    _, headers, rows, _ = read(text)
    assert (("a", "b"), Row(501, {"a": "", "b": "2"})) == (headers, rows[-1])


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ('{"results": [{"a": 1}, {"a": 2}]}', {}),
        ('{"paging": {"next": 5}, "total": 2, "data": [{"a": 1}, {"a": 2}]}', {"values beside the list of records": 2}),
        ('{"data": {"items": [{"a": 1}, {"a": 2}]}}', {}),
    ],
)
def test_the_list_in_an_answer_is_found_under_any_key(text: str, notes: dict[str, int]) -> None:
    """What stands beside it is counted."""
    assert ("json", ("a",), [Row(1, {"a": "1"}), Row(1, {"a": "2"})], notes) == read(text)


def test_one_of_several_lists_is_chosen_by_its_key() -> None:
    """The error lists them."""
    text = '{"contacts": [{"a": 1}], "deals": [{"b": 2}]}'
    with pytest.raises(UsageError, match="several lists of records: contacts, deals"):
        read(text)
    assert [{"b": "2"}] == cells(text, table="Deals")
    with pytest.raises(NotFound, match="no list 'x'"):
        read(text, table="x")


def test_an_object_alone_is_one_record() -> None:
    """Its labelled values are no records of their own, over many lines or on one."""
    record = {"name": "Jane", "emails": [{"value": "j@x", "type": "work"}], "company": {"name": "Acme"}}
    wanted = [{"name": "Jane", "emails": ("j@x",), "company.name": "Acme"}]
    assert (wanted, wanted) == (cells(json.dumps(record)), cells(json.dumps(record, indent=2)))


@pytest.mark.parametrize("text", ["[]", '{"results": []}', '{"total": 0, "items": []}'])
def test_an_answer_without_records_is_a_table_without_rows(text: str) -> None:
    """There was nothing to give."""
    assert read(text)[2] == []


def test_lines_that_cannot_be_read_cost_themselves() -> None:
    """Each with its own number, blank lines counted."""
    text = '{"a": 1}\n\nnope\n[1]\n{"a": 1, "a": 2}\n{"a": "\\ud83d"}\n{"a": "x\\u0000"}\n{"a": "\\ud83d\\ude00"}\n{"b'
    format_, _, rows, _ = read(text)
    assert format_ == "jsonl"
    assert [
        Row(1, {"a": "1"}),
        BadRow(3, "not JSON: expecting value"),
        BadRow(4, "it is not an object"),
        BadRow(5, "the key 'a' comes twice"),
        BadRow(6, "it holds half a character"),
        BadRow(7, "it holds a NUL byte"),
        Row(8, {"a": "😀"}),
        BadRow(9, "not JSON: unterminated string starting at"),
    ] == rows


def test_bytes_that_are_no_text_cost_their_record() -> None:
    """The others are UTF-8."""
    rows = read('[{"a": "Ж"},\n'.encode() + b'{"a": "\xff"},\n{"a": "y"}]')[2]
    assert [Row(1, {"a": "Ж"}), BadRow(2, "byte 0xFF is not utf-8 text"), Row(3, {"a": "y"})] == rows


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[{"a": 1},\n{"a": 2 "b": 3},\n{"a": 4}]', 2, "not JSON: expecting ',' delimiter"),
        ('[{"a": 1},\n{"a": "x', 2, "the file ends in the middle of a value"),
        ('[{"a": 1}', 1, "the file ends before its JSON does"),
        ('[{"a": 1}]\nmore', 2, "more text follows the end of the value"),
    ],
)
def test_where_an_array_breaks_the_rest_is_one_bad_row(text: str, line: int, words: str) -> None:
    """What came before is read; what follows can't be told apart, and that is said."""
    assert [Row(1, {"a": "1"}), BadRow(line, f"{words}; nothing after it was read")] == read(text)[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1', "holds no|ends in the middle"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply|ends"),
        ('["a", "b"]', "holds no objects"),
        ("{}", "holds no record"),
    ],
)
def test_what_holds_no_record_is_an_error(text: str, words: str) -> None:
    """With the place, where there is one."""
    with pytest.raises(UsageError, match=words):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_wide_encoding_is_read(encoding: str) -> None:
    """As some systems export it."""
    assert [{"name": "Мария"}] == cells('[{"name": "Мария"}]'.encode(encoding))


@pytest.mark.parametrize("lines", [True, False])
def test_memory_does_not_grow_with_the_file(lines: bool, tmp_path: Any) -> None:
    """Neither with an array nor with lines."""

    def peak(count: int) -> tuple[int, int]:
        path = tmp_path / f"{count}.json"
        with path.open("w") as file:
            file.write("" if lines else "[")
            for n in range(count):
                mark = "" if lines or not n else ","
                file.write(f'{mark}{{"name": "Мария {n}", "email": "m{n}@x.example"}}\n')
            file.write("" if lines else "]")
        tracemalloc.start()
        try:
            with open_table(path) as table:
                read = sum(isinstance(row, Row) for row in table.rows)
            assert read == count
            return tracemalloc.get_traced_memory()[1], path.stat().st_size
        finally:
            tracemalloc.stop()

    (small, little), (large, much) = peak(3_000), peak(30_000)
    assert large - small < (much - little) / 2  # rows that are kept take far more than the file does


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
VALUE = st.one_of(TEXT, st.integers(), st.booleans(), st.none())
RECORDS = st.lists(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), VALUE, min_size=1), min_size=1, max_size=8
)


def texts(value: object) -> str:
    """What a plain value reads as."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@given(RECORDS, st.sampled_from([None, 2]), st.booleans())
def test_what_json_writes_is_read_back(records: list[dict[str, Any]], indent: int | None, escaped: bool) -> None:
    """Any text under any key, in every form."""
    found = cells(json.dumps(records, indent=indent, ensure_ascii=escaped))
    keys = {key for record in records for key in record}
    assert [{key: texts(record.get(key)) for key in keys} for record in records] == found


@given(RECORDS)
def test_lines_are_read_back(records: list[dict[str, Any]]) -> None:
    """A record a line."""
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    keys = {key for record in records for key in record}
    assert [{key: texts(record.get(key)) for key in keys} for record in records] == cells(text, format="jsonl")


@given(st.text('[]{}",:\\u0d8 \n1etruabl', max_size=40), st.sampled_from(["json", "jsonl"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """Nothing but our own errors comes out."""
    try:
        read(text or " ", format=name)
    except CrmError:
        return

"""Which reader a file gets: by its bytes before its name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import BadValue
from crmcli.io.opening import FORMATS, Reading, open_table, recognised
from crmcli.io.source import Source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.csv", b'[{"a": 1}]', "json"),
        ("a.txt", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.jsonl", b'{"a": 1}', "jsonl"),
        ("a.json", b'{"a": 1}', "json"),
        ("a.json", '\ufeff{\n"a": 1}'.encode("utf-16"), "json"),
        ("a.csv", b"[id],[name]\n1,2\n", "csv"),
        ("a.csv", b"{name},b\n1,2\n", "csv"),
        ("a.csv", b"BZhours,b\n1,2\n", "csv"),
        ("a.csv", b"PK,name\n1,2\n", "csv"),
        ("a.xlsx", b"name,b\n1,2\n", "csv"),
        ("a.db", b"name,b\n1,2\n", "csv"),
        ("a", b"\r\n begin:vcard\r\n", "vcard"),
        ("a.bin", "BEGIN:VCARD\r\nVERSION:2.1\r\n".encode("utf-16"), "vcard"),
        ("a.txt", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n", "ics"),
        ("a.vcf", b"item1.N:x\r\n", "vcard"),
        ("a.tab", b"a\tb\n", "csv"),
    ],
)
def test_a_file_is_what_its_bytes_say_else_what_its_name_says(
    name: str, content: bytes, wanted: str, tmp_path: Path
) -> None:
    """A binary format is one by its bytes alone."""
    path = tmp_path / name
    path.write_bytes(content)
    source = Source.open(path)
    try:
        assert wanted == recognised(source)
    finally:
        source.close()


def test_an_unknown_format_is_a_bad_value_that_lists_those_there_are() -> None:
    """And guesses which was meant."""
    with pytest.raises(BadValue, match="'xslx' is not a format that can be read") as caught:
        open_table(io.BytesIO(b"a,b\n"), Reading(format="xslx"))
    assert caught.value.hint == f"did you mean xlsx? one of {', '.join(FORMATS)}"


def test_a_format_that_is_told_wins() -> None:
    """What looks like JSON may be the title of a column."""
    with open_table(io.BytesIO(b'["a";b\n1;2\n'), Reading(format="csv", delimiter=";")) as table:
        assert (('["a"', "b"), "csv") == (table.headers, table.format)

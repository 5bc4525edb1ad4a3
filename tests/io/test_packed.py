"""Packed files: unpacked as they are read, whatever they hold, and never more of them in memory than a piece."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import threading
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import Row

if TYPE_CHECKING:
    from pathlib import Path

CSV = b"name,city\nJane,Leeds\n"
ROWS = [Row(2, {"name": "Jane", "city": "Leeds"})]
PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def zipped(*files: tuple[str, bytes], deflated: bool = True) -> bytes:
    """A zip file that holds these."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def rows(content: bytes, **reading: str) -> list[object]:
    """The rows of a packed stream."""
    with open_table(io.BytesIO(content), Reading(**reading)) as table:  # type: ignore[arg-type]
        return list(table.rows)


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_is_known_by_its_bytes(ending: str, tmp_path: Path) -> None:
    """On a pipe and under any name."""
    packed = PACKERS[ending](CSV)
    path = tmp_path / f"people.csv{ending}"
    path.write_bytes(packed)
    assert rows(packed) == ROWS
    with open_table(path) as table:
        assert (ROWS, len(packed), len(packed)) == (list(table.rows), table.size, table.position())


def test_a_zip_with_one_table_is_read_whatever_lies_beside_it() -> None:
    """Folders, what macOS and Windows leave, and a read-me are no tables."""
    litter = [("people/", b""), ("__MACOSX/people/._p.csv", b"x"), ("people/.DS_Store", b"x"), ("README.txt", b"hello")]
    assert rows(zipped(*litter, ("people/p.csv", CSV))) == ROWS
    assert rows(zipped(("only.txt", CSV))) == ROWS


def test_one_of_several_files_is_chosen_by_name() -> None:
    """The error lists them and says how."""
    packed = zipped(("a/people.csv", CSV), ("deals.json", b'[{"title": "x"}]'))
    with pytest.raises(UsageError, match=r"holds several files: a/people\.csv, deals\.json") as caught:
        rows(packed)
    assert caught.value.hint == "--sheet NAME chooses one"
    assert [ROWS] * 3 == [rows(packed, sheet=name) for name in ("a/people.csv", "People.csv", "people")]
    assert rows(packed, sheet="deals") == [Row(1, {"title": "x"})]


def test_packings_lie_in_each_other() -> None:
    """A gzip in a zip, from a pipe."""
    assert rows(zipped(("people.csv.gz", gzip.compress(CSV)))) == ROWS


def test_a_pipe_that_is_packed_is_read_without_seeking() -> None:
    """As ``curl … | crm import contacts -`` gives it."""
    reader, writer = os.pipe()
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)

    def feed() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(packed)

    feeder = threading.Thread(target=feed)
    feeder.start()
    with os.fdopen(reader, "rb", buffering=0) as stream:
        table = open_table(stream)
        assert sum(isinstance(row, Row) for row in table.rows) == 100_000
    feeder.join()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(os.urandom(20_000))[:9_000], "was cut short: its end is missing"),
        (gzip.compress(CSV)[:10] + b"\xff" * 50, "cannot unpack"),
        (zipped(("a.csv", CSV))[:-30], "it is broken or cut short"),
        (zipped(("a.csv", CSV), deflated=False).replace(b"Jane", b"JANE"), "cannot unpack"),
        (zipped(), "cannot read|holds no file|not CSV"),
        (gzip.compress(b""), "is empty"),
        (zipped(("a.csv", b"")), "is empty"),
    ],
    ids=["cut gzip", "bad gzip", "cut zip", "bad zip", "zip of nothing", "empty gzip", "zip of an empty file"],
)
def test_a_broken_or_empty_archive_is_an_error(content: bytes, words: str) -> None:
    """Told in words, with the name."""
    with pytest.raises(UsageError, match=words):
        rows(content)


def test_a_locked_zip_is_an_error() -> None:
    """No password is asked for."""
    packed = bytearray(zipped(("a.csv", CSV)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + offset] |= 1
    with pytest.raises(UsageError, match="locked with a password"):
        rows(bytes(packed))


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(("a.csv", content))])
def test_a_bomb_takes_no_more_memory_than_a_piece(pack: object) -> None:
    """A hundred megabytes from a hundred kilobytes: one line, which is too long."""
    packed = pack(b"a,b\n1,2\n" + b"0" * 100_000_000 + b"\n3,4\n")  # type: ignore[operator]
    tracemalloc.start()
    try:
        found = rows(packed)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (3, True) == (len(found), peak < 40_000_000)


def test_a_name_that_climbs_out_of_the_folder_is_only_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written under the name of a member."""
    inside = tmp_path / "outside/inside"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert rows(zipped(("../evil.csv", CSV))) == ROWS
    assert ([inside], []) == (list(inside.parent.iterdir()), list(inside.iterdir()))

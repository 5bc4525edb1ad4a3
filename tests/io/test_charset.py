"""Encodings found without being told: by marks, by zero bytes, and by what the letters would spell."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from crmcli.io.charset import guess_encoding, marked_encoding
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row

PEOPLE = {
    "bg": [("Мария Иванова", "София"), ("Георги Петров", "Пловдив"), ("Цветелина Щерева", "Ямбол")],
    "ru": [("Пётр Сидоров", "Москва"), ("Дмитрий Щукин", "Тверь"), ("ООО Ромашка", "САМАРА")],
    "pl": [("Łukasz Wójcik", "Łódź"), ("Małgorzata Dąbrowska", "Gdańsk"), ("Jan Kiełbasa", "Poznań")],
    "de": [("Jürgen Müller", "Köln"), ("Günther Groß", "Gießen"), ("Käthe Weiß", "Düsseldorf")],
    "fr": [("François Lefèvre", "Orléans"), ("Hélène Béart", "Besançon"), ("Benoît Noël", "Nîmes")],
    "es": [("José Núñez", "Málaga"), ("María Peña", "León"), ("Íñigo Gómez", "A Coruña")],
    "ja": [("山田太郎", "東京"), ("タナカ ケンジ", "横浜"), ("高橋さくら", "さいたま市")],
    "zh": [("王伟", "北京"), ("李娜", "上海"), ("上海贸易有限公司", "深圳市")],
}
PAGES = {
    "bg": ["windows-1251", "koi8-r"],
    "ru": ["windows-1251", "koi8-r"],
    "pl": ["windows-1250", "iso-8859-2"],
    "de": ["windows-1252", "latin-1", "windows-1250"],
    "fr": ["windows-1252", "latin-1"],
    "es": ["windows-1252", "latin-1"],
    "ja": ["cp932"],
    "zh": ["gb18030"],
}
WIDE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
CASES = [(language, encoding) for language in PEOPLE for encoding in PAGES[language] + WIDE]
MARKED_BE = {"utf-16": b"\xfe\xff", "utf-32": b"\x00\x00\xfe\xff"}


def people(content: bytes) -> list[tuple[str, ...]]:
    """The rows of a file as tuples, asserting that none is bad."""
    with open_table(io.BytesIO(content)) as table:
        found = list(table.rows)
    assert [row for row in found if isinstance(row, BadRow)] == []
    return [tuple(map(str, row.cells.values())) for row in found if isinstance(row, Row)]


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_names_and_cities_are_read_in_every_encoding_of_their_language(language: str, encoding: str) -> None:
    """Three rows are enough to tell, and twenty tell no less."""
    for rows in (PEOPLE[language], PEOPLE[language] * 7):
        text = "name,city\r\n" + "".join(f"{name},{city}\r\n" for name, city in rows)
        assert rows == people(text.encode(encoding))


@pytest.mark.parametrize("language", PEOPLE)
@pytest.mark.parametrize("width", ["utf-16", "utf-32"])
def test_a_mark_tells_the_byte_order(language: str, width: str) -> None:
    """The bytes of each character may come the other way round."""
    text = "name,city\n" + "".join(f"{name},{city}\n" for name, city in PEOPLE[language])
    assert PEOPLE[language] == people(MARKED_BE[width] + text.encode(f"{width}-be"))


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"plain", None),
        (b"name,b\nx\x00y,1\n", None),
        (b"\x00\x01\x02\x03" * 20, None),
        ("a,b\n1,2\n".encode("utf-16-be"), "utf-16-be"),
        ("имя,b\n".encode("utf-32-le"), "utf-32-le"),
        ("姓名,城市\n王伟,北京\n".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_zero_bytes_tell_a_wide_encoding_and_a_stray_one_does_not(raw: bytes, encoding: str | None) -> None:
    """They stand in every second place, or in three of four, and what they part is text."""
    assert encoding == marked_encoding(raw)


def test_the_guess_sees_more_than_the_first_chunk_with_a_stray_letter() -> None:
    """One letter that could be any is no ground to judge all that follows by."""
    early = "x,é\n".encode("latin-1") + b"plain,row\n" * 20_000
    late = "".join(f"{name},{city}\n" for name, city in PEOPLE["pl"]).encode("windows-1250")
    assert people(b"name,city\n" + early + late * 50)[-3:] == PEOPLE["pl"]


def test_a_file_that_is_utf_8_but_for_one_early_byte_stays_utf_8() -> None:
    """The stray byte costs its row and nothing else."""
    content = b"name,city\nbad \xe9,x\n" + b"plain,row\n" * 20_000 + "Мария,София\n".encode() * 50
    with open_table(io.BytesIO(content)) as table:
        rows = list(table.rows)
        assert table.encoding == "utf-8"
    assert [2] == [row.line for row in rows if isinstance(row, BadRow)]
    assert {"name": "Мария", "city": "София"} == rows[-1].cells


def test_looking_for_enough_letters_takes_no_more_memory_than_a_part_of_the_file() -> None:
    """After the first letter beyond ASCII a megabyte is looked at, not the rest."""
    content = "name,city\né,x\n".encode("latin-1") + b"%s,row\n" % (b"x" * 60) * 150_000
    tracemalloc.start()
    try:
        with open_table(io.BytesIO(content)) as table:
            count = sum(isinstance(row, Row) for row in table.rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (150_001, True) == (count, peak < len(content) / 2)


def test_what_none_of_our_pages_fits_is_left_to_charset_normalizer() -> None:
    """Greek is no language of a page that is tried first."""
    text = "όνομα,πόλη\n" + "Γιώργος Παπαδόπουλος,Θεσσαλονίκη\nΕλένη Νικολάου,Αθήνα\n" * 10
    assert text == text.encode("iso-8859-7").decode(guess_encoding(text.encode("iso-8859-7")))


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", ["utf-16", "utf-32"])
def test_an_encoding_told_without_its_byte_order_takes_it_from_the_file(width: str, order: str) -> None:
    """As the zero bytes show it."""
    table = open_table(io.BytesIO("name\nMarek\nAnna\n".encode(f"{width}-{order}")), Reading(encoding=width))
    assert ["Marek", "Anna"] == [row.cells["name"] for row in table.rows if isinstance(row, Row)]


def test_an_encoding_that_was_told_wins() -> None:
    """However well another one would fit."""
    table = open_table(io.BytesIO("name\nМария\n".encode("koi8-r")), Reading(encoding="windows-1251"))
    assert [Row(2, {"name": "нБТЙС"})] == list(table.rows)

"""Address cards of every version and program: read whole, written so that they read back the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.text import Labelled
from crmcli.errors import CrmError
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row
from crmcli.io.vcard import card

if TYPE_CHECKING:
    from pathlib import Path


def rows(content: str | bytes, **reading: object) -> list[Row | BadRow]:
    """The rows of a file of cards."""
    data = content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode()
    return list(open_table(io.BytesIO(data), Reading(format="vcard", **reading)).rows)  # type: ignore[arg-type]


def said(content: str | bytes, **reading: object) -> dict[str, object]:
    """What the one card says, without what it does not."""
    (row,) = rows(content, **reading)
    assert isinstance(row, Row), row
    return {name: cell for name, cell in row.cells.items() if cell}


def of(*lines: str, version: str = "3.0") -> str:
    """A card with these lines."""
    return "\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def test_the_plain_case() -> None:
    """Names, addresses, numbers and company; the first line of the card is the row's line."""
    card_ = of(
        "FN:Jane Doe", "N:Doe;Jane;;;", "EMAIL:jane@acme.com", "TEL:+1 202 555 0100", "ORG:Acme;Sales", "TITLE:CTO"
    )
    assert {
        "name": "Jane Doe", "given": "Jane", "family": "Doe", "emails": ("jane@acme.com",), "phones": ("+1 202 555 0100",),
        "companies": ("Acme",), "custom.department": "Sales", "title": "CTO",
    } == said(card_)  # fmt: skip
    assert [1, 10] == [row.line for row in rows(card_ + card_)]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("TEL;TYPE=CELL;TYPE=VOICE;TYPE=pref:+1 202 555 0100", "mobile"),
        ("TEL;WORK;FAX:+1 202 555 0100", "work fax"),
        ('TEL;TYPE="home,voice";VALUE=uri:+1 202 555 0100', "home"),
        ("item1.TEL:+1 202 555 0100\nitem1.X-ABLabel:_$!<Main line>!$_", "main line"),
        ("item1.TEL:+1 202 555 0100\nitem1.X-ABLabel:Büro", "büro"),
    ],
)
def test_labels_come_along(line: str, label: str) -> None:
    """From types, bare types of 2.1, and Apple's own labels through the group."""
    (phone,) = said(of("FN:X", *line.split("\n")))["phones"]  # type: ignore[misc]
    assert isinstance(phone, Labelled)
    assert ("+1 202 555 0100", label) == (phone, phone.label)


def test_the_preferred_one_comes_first() -> None:
    """By TYPE=pref, or by the lowest PREF."""
    assert ("b@x.com", "a@x.com") == said(of("FN:X", "EMAIL:a@x.com", "EMAIL;TYPE=pref:b@x.com"))["emails"]
    ranked = of("FN:X", "EMAIL;PREF=3:a@x.com", "EMAIL;PREF=1:b@x.com", "EMAIL:c@x.com", version="4.0")
    assert ("b@x.com", "a@x.com", "c@x.com") == said(ranked)["emails"]


def test_escapes_and_folds() -> None:
    """A fold takes one character away, an escape stands for a mark or a new line."""
    text = of("FN:X", "NOTE:one\\, two\\; three\\nfo", " ur \\\\ five", "ORG:A\\;B;Unit\\, East")
    assert {
        "note": "one, two; three\nfour \\ five",
        "companies": ("A;B",),
        "custom.department": "Unit, East",
    }.items() <= said(text).items()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Łukasz Żak"),
        ("utf-16", "Łukasz Żak"),
        ("utf-16-le", "王小明"),
        ("utf-8-sig", "Иван Петров"),
        ("utf-32", "علي"),
    ],
)
def test_encodings(encoding: str, name: str) -> None:
    """By the mark, else UTF-8."""
    assert name == said(of(f"FN:{name}").encode(encoding))["name"]


@pytest.mark.parametrize(
    ("charset", "name"), [("windows-1251", "Иван Петров"), ("ISO-8859-2", "Łukasz Żak"), ("Shift_JIS", "山田太郎")]
)
def test_an_old_card_names_the_charset_of_each_value(charset: str, name: str) -> None:
    """As bytes, and quoted-printable with soft line breaks."""
    raw = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET="
        + charset.encode()
        + b":"
        + name.encode(charset)
        + b"\r\nEND:VCARD\r\n"
    )
    assert name == said(raw)["name"]
    quoted = "".join(f"={byte:02X}" for byte in name.encode(charset))
    half = len(quoted) // 6 * 3
    soft = f"FN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{quoted[:half]}=\n{quoted[half:]}"
    assert name == said(of(soft, version="2.1"))["name"]


def test_pictures_are_left_out_and_counted() -> None:
    """Base64 with and without indentation, and 4.0's data addresses; what follows them is read."""
    lines = ("FN:X", "PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ", "SkZJRgABAQ==", "", "TITLE:CTO")
    table = open_table(io.BytesIO(of(*lines, version="2.1").replace("\n", "\r\n").encode()))
    (row,) = table.rows
    assert isinstance(row, Row)
    assert ("CTO", {"photos": 1}) == (row.cells["title"], table.notes())


@pytest.mark.parametrize(
    ("line", "target", "value"),
    [
        ("BDAY:1985-04-12", "birthday", "1985-04-12"),
        ("BDAY:19850412T000000Z", "birthday", "1985-04-12"),
        ("BDAY:--0412", "custom.birthday_original", "--0412"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12", "custom.birthday_original", "--04-12"),
        ("ANNIVERSARY:20090808", "anniversary", "2009-08-08"),
        ("URL:https://www.linkedin.com/in/janedoe", "linkedin", "https://www.linkedin.com/in/janedoe"),
        ("URL:http\\://acme.com", "custom.website", "http://acme.com"),
        ("X-SOCIALPROFILE;TYPE=twitter;X-USER=jane:x-apple:jane", "x", "jane"),
        ("IMPP:telegram:janedoe", "telegram", "janedoe"),
        ("X-SKYPE:jane.d", "custom.chat", "skype:jane.d"),
        ("CATEGORIES:friends,VIP\\, old", "tags", ("friends", "VIP, old")),
        ("ADR;TYPE=work:;Suite 5;1 Main St;Sofia;;1000;Bulgaria", "address", "Suite 5, 1 Main St, 1000 Sofia, Bulgaria"),
        ("TZ:Europe/Sofia", "timezone", "Europe/Sofia"),
        ("UID:urn:uuid:1-2", "external_id", "urn:uuid:1-2"),
        ("EMAIL:not one", "custom.email_original", "not one"),
        ("TEL;VALUE=uri:tel:+1-418-656-9254;ext=102", "phones", ("tel:+1-418-656-9254;ext=102",)),
        ("LANG:bg-BG", "locale", "bg_BG"),
    ],
)  # fmt: skip
def test_what_a_property_fills(line: str, target: str, value: object) -> None:
    """Property by property."""
    assert value == said(of("FN:X", line))[target]


def test_several_addresses_and_notes_are_kept() -> None:
    """The preferred address is the address, the others stand beside it."""
    found = said(of("FN:X", "ADR;TYPE=home:;;A;;;;", "ADR;TYPE=work;TYPE=pref:;;B;;;;", "NOTE:one", "NOTE:two"))
    assert ("B", "A", "one\n\ntwo") == (found["address"], str(found["custom.more_addresses"])[-1], found["note"])


def test_a_card_without_a_name_goes_by_its_company() -> None:
    """An organisation's card is kept under its name."""
    assert "Acme" == said(of("ORG:Acme", "TEL:+1 202 555 0100"))["name"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("BEGIN:VCARD\nFN:X\n", "the card that begins here has no END:VCARD"),
        (of("NOTE:nobody"), "the card says neither a name nor an address nor a number"),
    ],
)
def test_what_is_no_card_is_rejected_with_its_line(content: str, reason: str) -> None:
    """The others are read."""
    bad = [row for row in rows(of("FN:A") + content) if isinstance(row, BadRow)]
    assert [BadRow(5, reason)] == [row._replace() if len(row) == 2 else BadRow(row.line, row.reason) for row in bad]


def test_groups_and_cards_within_cards_are_no_people() -> None:
    """A distribution list is counted, an agent's card belongs to its principal."""
    content = of("KIND:group", "FN:Friends") + of("FN:A", "AGENT:", "BEGIN:VCARD", "FN:B", "END:VCARD")
    table = open_table(io.BytesIO(content.encode()))
    assert ["A"] == [row.cells["name"] for row in table.rows if isinstance(row, Row)]
    assert 1 == table.notes()["groups"]


COUNTS = {
    "John_Doe_ANDROID.vcf": 6, "John_Doe_GMAIL.vcf": 1, "John_Doe_IPHONE.vcf": 1, "John_Doe_LOTUS_NOTES.vcf": 1,
    "John_Doe_MAC_ADDRESS_BOOK.vcf": 1, "John_Doe_MS_OUTLOOK.vcf": 1, "gmail-list.vcf": 3, "rfc6350-example.vcf": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_real_cards(shared: Path, name: str) -> None:
    """Every card of every program is a row."""
    found = list(open_table(shared / "vcard" / name).rows)
    assert (COUNTS[name], []) == (len(found), [row for row in found if isinstance(row, BadRow)])


TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85"), min_size=1, max_size=40
)


@given(name=TEXT, note=TEXT, company=TEXT, tags=st.lists(TEXT, max_size=3), version=st.sampled_from(["3.0", "4.0"]))
def test_what_is_written_reads_back(name: str, note: str, company: str, tags: list[str], version: str) -> None:
    """Whatever the characters, in both versions; no line is longer than 75 bytes."""
    record = {
        "id": "ct_1", "name": f"x{name}", "note": f"{note}\nmore", "title": name, "emails": ["a@x.com", "b@x.com"],
        "phones": ["+359 2 123 4567"], "companies": [{"id": "co_1", "name": f"y{company}"}], "birthday": "1985-04-12",
        "tags": [f"t{tag}" for tag in tags], "labels": {"b@x.com": "home"}, "linkedin": "janedoe", "address": f"1, {note}",
    }  # fmt: skip
    text = card(record, version)
    assert [] == [line for line in text.split("\r\n") if len(line.encode()) > 75]
    found = said(text.encode())
    from crmcli.domain.text import tidy

    assert tidy(str(record["name"])) == found["name"]
    assert tidy(str(record["note"])) == found["note"]
    assert (tidy(f"y{company}"),) == found["companies"]
    assert tuple(dict.fromkeys(tidy(f"t{tag}") for tag in tags)) == found.get("tags", ())
    assert (("a@x.com", "b@x.com"), "1985-04-12") == (found["emails"], found["birthday"])
    assert "home" == found["emails"][1].label  # type: ignore[index]
    assert "https://www.linkedin.com/in/janedoe" == found["linkedin"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but rows, bad rows and errors of ours."""
    try:
        for row in rows(b"BEGIN:VCARD\r\n" + data + b"\r\nFN:X\r\nEND:VCARD\r\n"):
            assert isinstance(row, Row | BadRow)
    except CrmError:
        pass

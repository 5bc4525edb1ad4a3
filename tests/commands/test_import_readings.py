"""What files say between the lines: currencies in titles and formats, dates by their neighbours, totals, broken cards."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]
    Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Put rows into a file and give its path."""

    def into(*lines: str, name: str = "people.csv") -> str:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return str(path)

    return into


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[Callable[[Any], None]], str]:
    """Fill a workbook and give its path."""

    def into(fill: Callable[[Any], None]) -> str:
        import xlsxwriter

        held = io.BytesIO()
        with xlsxwriter.Workbook(held) as book:
            fill(book)
        path = tmp_path / "book.xlsx"
        path.write_bytes(held.getvalue())
        return str(path)

    return into


def listed(crm: Crm, noun: str) -> list[dict[str, Any]]:
    """A noun's records in the order they were made."""
    found: Any = crm(noun, "list", "--format", "json", "--sort", "number").json()
    return found  # type: ignore[no-any-return]


def imported(crm: Crm, noun: str, file: str, *words: str) -> str:
    """What is told of an import that takes every row."""
    result = crm("import", noun, file, *words)
    assert result.code == 0, result.stderr
    return result.stderr


# -- money


@pytest.mark.parametrize(
    ("title", "currency"),
    [
        ("Value (USD)", "USD"), ("Amount in GBP", "GBP"), ("Amount PLN", "PLN"), ("amount_usd", "USD"),
        ("Betrag (€)", "EUR"), ("Betrag in CHF", "CHF"), ("Стойност (лв.)", "BGN"), ("Kwota [zł]", "PLN"),
        ("Deal Value, USD", "USD"), ("Value ($)", "USD"),
    ],
)  # fmt: skip
def test_a_title_names_the_currency_of_its_column(crm: Crm, write: Write, title: str, currency: str) -> None:
    """And the column is the deal's value all the same."""
    imported(crm, "deals", write(f"Title;{title}", "A;1250.50", "B;£7"))
    assert [(d["value"], d["currency"]) for d in listed(crm, "deal")] == [(1250.5, currency), (7, "GBP")]


@pytest.mark.parametrize("title", ["Value top", "Price per unit", "Amount due", "Total all"])
def test_other_words_name_no_currency(crm: Crm, write: Write, title: str) -> None:
    """A word that happens to be a code in small letters is none."""
    imported(crm, "deals", write(f"Title,{title}", "A,5"))
    assert [deal["value"] for deal in listed(crm, "deal")] == [None]


def test_a_second_column_of_money_is_told(crm: Crm, write: Write) -> None:
    """One value a deal; the other is kept, and not silently."""
    told = imported(crm, "deals", write("Title,Value (USD),Amount EUR", "A,5,4"))
    (deal,) = listed(crm, "deal")
    assert "two columns for value" in told
    assert (deal["value"], len(deal["custom_fields"])) == (5, 1)


@pytest.mark.parametrize(
    ("number_format", "currency"),
    [
        ('"$"#,##0.00', "USD"), ("[$€-407] #,##0.00", "EUR"), ("[$USD] #,##0.00", "USD"), ('#,##0.00 "zł"', "PLN"),
        ("[$$-1009]#,##0.00", "CAD"), ("[$kr-41D] #,##0", "SEK"), ('_("£"* #,##0.00_)', "GBP"), ("#,##0.00", "CHF"),
        ('#,##0 "pcs"', "CHF"), ("[$-409]#,##0", "CHF"),
    ],
)  # fmt: skip
def test_a_number_format_names_the_currency(crm: Crm, workbook: Any, number_format: str, currency: str) -> None:
    """Where it does; else the amount is in the default currency."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Title", "Value"])
        sheet.write_row(1, 0, ["A"])
        sheet.write(1, 1, 1234.5, book.add_format({"num_format": number_format}))

    imported(crm, "deals", workbook(fill), "--currency", "CHF")
    assert [(d["value"], d["currency"]) for d in listed(crm, "deal")] == [(1234.5, currency)]


# -- sheets


def test_the_first_sheet_that_is_a_table(crm: Crm, workbook: Any) -> None:
    """Prose before it is passed over, and the sheets are named."""

    def fill(book: Any) -> None:
        book.add_worksheet("Notes").write_column(0, 0, ["Our customers", "as of today", "ask Maria"])
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, ["Name", "Email"])
        sheet.write_row(1, 0, ["Jane", "jane@x.com"])

    told = imported(crm, "contacts", workbook(fill))
    assert [person["name"] for person in listed(crm, "contact")] == ["Jane"]
    assert "1 of 2 sheets read, 'People'; --sheet reads another: 'Notes'" in told


def test_a_sheet_without_rows_says_where_else_to_look(crm: Crm, workbook: Any) -> None:
    """Nothing is read without a word."""

    def fill(book: Any) -> None:
        book.add_worksheet("Notes").write(0, 0, "nothing")
        book.add_worksheet("More").write(0, 0, "nothing")

    assert "1 of 2 sheets read, 'Notes'; --sheet reads another: 'More'" in imported(crm, "contacts", workbook(fill))


# -- cards and calendars


def test_a_card_without_its_end_costs_no_other(crm: Crm, write: Write) -> None:
    """It is named by its line; a card inside AGENT is still another's."""
    card = "BEGIN:VCARD\nVERSION:2.1\nFN:{}\nEMAIL:{}@x.com\n"
    agent = "AGENT:\n" + card.format("Agent", "agent") + "END:VCARD\n"
    text = card.format("Cut", "cut") + card.format("Good", "good") + agent + "END:VCARD\n" + card.format("Last", "last")
    result = crm("import", "contacts", write(text + "END:VCARD", name="a.vcf"), "--skip-errors")
    assert result.code == 7
    assert "line 1: the card that begins here has no END:VCARD" in result.stderr
    assert [person["name"] for person in listed(crm, "contact")] == ["Good", "Last"]


def test_an_event_without_its_end_costs_no_other(crm: Crm, write: Write) -> None:
    """Alarms lie in events, events in no event."""
    event = "BEGIN:VEVENT\nUID:{0}\nSUMMARY:{0}\nDTSTART:20261201T100000Z\n"
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nEND:VALARM\n"
    text = "BEGIN:VCALENDAR\nVERSION:2.0\n" + event.format("cut") + event.format("good") + alarm + "END:VEVENT\n"
    path = write(text + event.format("last") + "END:VCALENDAR", name="a.ics")
    result = crm("import", "activities", path, "--skip-errors")
    assert result.code == 7
    assert "line 3 and 1 more: the entry that begins here has no end" in result.stderr
    assert [activity["subject"] for activity in listed(crm, "activity")] == ["good"]


@pytest.mark.parametrize("name", ["ANDROID", "GMAIL", "IPHONE", "LOTUS_NOTES", "MAC_ADDRESS_BOOK", "MS_OUTLOOK"])
def test_real_cards_are_all_taken(crm: Crm, shared: Path, name: str) -> None:
    """Also one with a number that nobody has."""
    imported(crm, "contacts", str(shared / "vcard" / f"John_Doe_{name}.vcf"))
    assert listed(crm, "contact")


@pytest.mark.parametrize("name", ["gmail-list", "rfc6350-example"])
def test_other_real_cards_are_all_taken(crm: Crm, shared: Path, name: str) -> None:
    """Of lists and of the standard."""
    imported(crm, "contacts", str(shared / "vcard" / f"{name}.vcf"))
    assert listed(crm, "contact")


# -- values


@pytest.mark.parametrize("text", ["--05-06", "05/06", "6.5."])
def test_a_birthday_without_its_year_is_kept(crm_on: Crm, write: Write, text: str) -> None:
    """As text."""
    told = imported(crm_on, "contacts", write("Name,Email,Birthday", f"A,a@x.com,{text}", "B,b@x.com,1980-05-06"))
    first, second = listed(crm_on, "contact")
    assert (first["birthday"], first["custom_fields"]) == (None, {"birthday_original": text})
    assert second["birthday"] == "1980-05-06"
    assert "kept as they are in birthday_original" in told


@pytest.mark.parametrize("text", ["0.5", "A+", "12.75"])
def test_a_score_that_is_no_whole_number_is_kept(crm: Crm, write: Write, text: str) -> None:
    """The row is taken."""
    told = imported(crm, "contacts", write("Name,Email,Lead Score", f"A,a@x.com,{text}", "B,b@x.com,7"))
    first, second = listed(crm, "contact")
    assert first["custom_fields"] == {"lead_score_original": text}
    assert (first["lead_score"], second["lead_score"]) == (None, 7)
    assert "kept as they are in lead_score_original" in told


def test_a_column_that_goes_nowhere_shows_the_order_of_dates(crm: Crm, write: Write) -> None:
    """What one program writes, it writes in one way."""
    told = imported(crm, "contacts", write("EMAIL,ADDED_TIME,MODIFIED_TIME", "a@x.com,01-02-2024,15-02-2024"))
    assert [person["created_at"] for person in listed(crm, "contact")] == ["2024-02-01T00:00:00Z"]
    assert "because 'MODIFIED_TIME' is: 'ADDED_TIME'" in told


def test_a_custom_column_shows_the_order_of_dates(crm: Crm, write: Write) -> None:
    """Wherever it goes."""
    imported(crm, "contacts", write("Name,Email,Birthday,Last Seen", "A,a@x.com,03/04/1980,25/12/2025"))
    assert [person["birthday"] for person in listed(crm, "contact")] == ["1980-04-03"]


MIXED = ("Name,Email,Birthday", "A,a@x.com,03/14/1980", "B,b@x.com,25/06/1981")


def test_dates_that_can_not_be_of_one_column_are_refused(crm: Crm, write: Write) -> None:
    """With a line for each order."""
    result = crm("import", "contacts", write(*MIXED))
    assert (result.code, listed(crm, "contact")) == (2, [])
    assert "line 2: 03/14/1980 can only be 1980-03-14 (%m/%d/%Y)" in result.stderr
    assert "line 3: 25/06/1981 can only be 1981-06-25 (%d/%m/%Y)" in result.stderr


def test_a_format_decides_between_orders(crm: Crm, write: Write) -> None:
    """The rows of the other are rejected; without one, skipping errors reads each as it must be, and says so."""
    result = crm("import", "contacts", write(*MIXED), "--skip-errors", "--date-format", "dmy")
    assert (result.code, [person["birthday"] for person in listed(crm, "contact")]) == (7, ["1981-06-25"])
    told = imported(crm, "contacts", write(*MIXED), "--skip-errors")
    assert "dates in either order, each read in the one that it fits: 'Birthday'" in told


def test_a_fraction_beside_per_cents_is_rejected(crm: Crm, write: Write) -> None:
    """It may be either."""
    result = crm("import", "deals", write("Title,Probability", "A,50%", "B,0.5", "C,40"), "--skip-errors")
    assert "'0.5' is 0.5 % or 50 %: others have a %" in result.stderr
    assert [deal["probability"] for deal in listed(crm, "deal")] == [50, 40]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Gewonnen", "won"), ("Verloren", "lost"), ("Спечелена", "won"), ("Загубена", "lost"), ("Выиграна", "won"),
        ("Проиграна", "lost"), ("Wygrana", "won"), ("Przegrana", "lost"), ("Gagnée", "won"), ("Perdue", "lost"),
        ("Ganado", "won"), ("Perdido", "lost"),
    ],
)  # fmt: skip
def test_ends_in_other_languages(crm: Crm, write: Write, word: str, kind: str) -> None:
    """Won and lost are stages wherever deals end."""
    imported(crm, "deals", write("Title,Stage", f"A,{word}"))
    assert [deal["stage"] for deal in listed(crm, "deal")] == [kind]


@pytest.mark.parametrize("phone", ['="+359888123456"', "'+359888123456", '"=""+359888123456"""'])
def test_cells_that_a_spreadsheet_wrapped(crm: Crm, write: Write, phone: str) -> None:
    """Numbers as text; an apostrophe in a name is part of it."""
    imported(crm, "contacts", write("Name,Email,Phone,Code", f"'t Hooft,a@x.com,{phone},'00123", "O'Neil,o@x.com,,"))
    first, second = listed(crm, "contact")
    assert (first["name"], second["name"]) == ("'t Hooft", "O'Neil")
    assert first["phones"] == ["+359 88 812 3456"]
    assert first["custom_fields"] == {"code": "00123"}


def test_lines_that_are_quoted_as_a_whole(crm: Crm, write: Write) -> None:
    """As a spreadsheet saves a column into which a CSV file was pasted."""
    imported(crm, "contacts", write('"Name,Email"', '"""Doe, Jane"",jane@x.com"', '"Bob,bob@x.com"'))
    assert [(p["name"], p["emails"]) for p in listed(crm, "contact")] == [
        ("Jane Doe", ["jane@x.com"]),
        ("Bob", ["bob@x.com"]),
    ]


def test_phones_between_commas(crm: Crm, write: Write, home: Path) -> None:
    """Where each has enough digits."""
    (home.parent / "crm.toml").write_text('[phone]\ndefault_country = "BG"\n')
    imported(crm, "contacts", write("Name,Phone", 'A,"0888 123 456, 02/987 65 43"'))
    assert [person["phones"] for person in listed(crm, "contact")] == [["+359 88 812 3456", "+359 2 987 6543"]]


def test_a_phone_that_nobody_has_is_kept(crm: Crm, write: Write) -> None:
    """Of the record, and of a company that it names."""
    file = write("Name,Email,Phone,Company,Company Phone", "A,a@x.com,+1 (212) 204-34456,Acme,+1 (212) 204-34457")
    imported(crm, "contacts", file)
    kept = {"phone_original": "+1 (212) 204-34456", "company_phone_original": "+1 (212) 204-34457"}
    assert [person["custom_fields"] for person in listed(crm, "contact")] == [kept]


@pytest.mark.parametrize("word", ["Total", "Summe:", "Gesamt", "Итого", "Общо", "Razem", "Suma", "Total général"])
def test_a_total_is_no_deal(crm: Crm, write: Write, word: str) -> None:
    """Under the last row."""
    result = crm("import", "deals", write("Title;Value", "Total;5", "B;€7", f"{word};€12,00"), "--skip-errors")
    assert result.code == 7
    assert "line 4: it looks like a total, not a record" in result.stderr
    assert [deal["title"] for deal in listed(crm, "deal")] == ["Total", "B"]


def test_a_deal_called_total_with_more_to_it_is_one(crm: Crm, write: Write) -> None:
    """A total has only numbers beside it."""
    imported(crm, "deals", write("Title,Value,Company", "Total,5,Acme"))
    assert [deal["title"] for deal in listed(crm, "deal")] == ["Total"]


def test_binary_values_are_told_once(crm: Crm, tmp_path: Path) -> None:
    """As what was left out."""
    import sqlite3

    with sqlite3.connect(tmp_path / "x.db") as store:
        store.execute("CREATE TABLE contacts (name, email, photo)")
        store.execute("INSERT INTO contacts VALUES ('A', 'a@x.com', x'00ff')")
    store.close()
    assert "1 binary values left out\n" in imported(crm, "contacts", str(tmp_path / "x.db"))

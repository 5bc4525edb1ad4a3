"""What the cells of a file mean: dates and numbers by their column, phones by their country, names and lists."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
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

    def into(*lines: str, name: str = "deals.csv") -> str:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return str(path)

    return into


def listed(crm: Crm, noun: str) -> list[dict[str, Any]]:
    """A noun's records in the order they were made."""
    found: Any = crm(noun, "list", "--format", "json", "--sort", "number").json()
    return found  # type: ignore[no-any-return]


def column(crm: Crm, noun: str, field: str) -> list[Any]:
    """One field of a noun's records."""
    return [record[field] for record in listed(crm, noun)]


def imported(crm: Crm, noun: str, file: str, *words: str) -> Result:
    """The answer of an import that takes every row."""
    result = crm("import", noun, file, *words)
    assert result.code == 0, result.stderr
    return result


# -- dates


def test_a_column_of_dates_is_read_in_its_own_format(crm_on: Crm, write: Write) -> None:
    """One date after the twelfth says what all the others mean."""
    file = write("Title,Expected Close", "A,03/04/2027", "B,25/04/2027", "C,3/5/27")
    imported(crm_on, "deals", file)
    assert column(crm_on, "deal", "expected_close") == ["2027-04-03", "2027-04-25", "2027-05-03"]


def test_the_last_row_can_decide(crm: Crm, write: Write) -> None:
    """The whole column counts, however long it is."""
    rows = [f"D{n},{n % 12 + 1:02d}/{n % 11 + 1:02d}/2027" for n in range(3000)]
    imported(crm, "deals", write("Title,Expected Close", *rows, "last,12/31/2027"))
    assert column(crm, "deal", "expected_close")[1] == "2027-02-02"
    assert column(crm, "deal", "expected_close")[2] == "2027-03-03"
    assert column(crm, "deal", "expected_close")[12] == "2027-01-02"


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_an_ambiguous_column_is_refused_with_both_readings(crm_on: Crm, write: Write, words: tuple[str, ...]) -> None:
    """Before anything is stored, with the option that decides."""
    file = write("Title,Expected Close", "A,05/05/2027", "B,03/04/2027", "C,06/07/2027")
    result = crm_on("import", "deals", file, *words)
    assert (result.code, result.stdout) == (2, "")
    assert "'Expected Close' can be read in two ways in 2 of 3 rows; nothing was stored" in result.stderr
    assert "line 3: 03/04/2027 is 2027-04-03 (%d/%m/%Y) or 2027-03-04 (%m/%d/%Y)" in result.stderr
    assert "--date-format '%d/%m/%Y' or '%m/%d/%Y'" in result.stderr
    assert listed(crm_on, "deal") == []


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_no_locale_decides(crm: Crm, write: Write, home: Path, locale: str) -> None:
    """A column in doubt is refused wherever the user is."""
    (home.parent / "crm.toml").write_text(f'[defaults]\nlocale = "{locale}"\n')
    assert crm("import", "deals", write("Title,Expected Close", "A,03/04/2027")).code == 2


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("%d/%m/%Y", "2027-04-03"),
        ("%m/%d/%Y", "2027-03-04"),
        ("dmy", "2027-04-03"),
        ("mdy", "2027-03-04"),
        ("Expected Close=%d/%m/%Y", "2027-04-03"),
        ("Expected Close=mdy", "2027-03-04"),
    ],
)
def test_a_date_format_decides(crm: Crm, write: Write, said: str, day: str) -> None:
    """For all columns, or for the one that is named."""
    imported(crm, "deals", write("Title,Expected Close", "A,03/04/2027"), "--date-format", said)
    assert column(crm, "deal", "expected_close") == [day]


def test_each_column_may_have_a_format_of_its_own(crm: Crm, write: Write) -> None:
    """The option repeats; a column that is named goes before all."""
    file = write("Title,Expected Close,Create Date", "A,03/04/2027,03/04/2026")
    imported(crm, "deals", file, "--date-format", "dmy", "--date-format", "Create Date=%m/%d/%Y")
    (deal,) = listed(crm, "deal")
    assert (deal["expected_close"], deal["created_at"]) == ("2027-04-03", "2026-03-04T00:00:00Z")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("%q", "'%q' is not a format of dates"),
        ("Nowhere=dmy", "there is no column 'Nowhere'"),
        ("Title=dmy", "'Title' goes to title, which holds no dates"),
        ("Expected Close=xyz", "'xyz' is not a format of dates"),
    ],
)
def test_a_date_format_that_can_not_be_meant(crm: Crm, write: Write, said: str, message: str) -> None:
    """It is told before anything is read."""
    result = crm("import", "deals", write("Title,Expected Close", "A,2027-04-03"), "--date-format", said)
    assert (result.code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_clear_column_speaks_for_its_neighbour(crm: Crm, write: Write) -> None:
    """What one program writes, it writes in one way; that it was so decided is said."""
    result = imported(crm, "deals", write("Title,Expected Close,Create Date", "A,03/04/2027,25/04/2026"))
    (deal,) = listed(crm, "deal")
    assert (deal["expected_close"], deal["created_at"]) == ("2027-04-03", "2026-04-25T00:00:00Z")
    assert "read as %d/%m/%Y because 'Create Date' is: 'Expected Close'" in result.stderr


def test_dates_of_either_order_are_refused(crm: Crm, write: Write) -> None:
    """Where some values are day first and some month first, the rest could be either."""
    result = crm("import", "deals", write("Title,Expected Close", "A,25/04/2027", "B,04/25/2027", "C,03/04/2027"))
    assert result.code == 2
    assert "'Expected Close' has dates of either order in 1 of 3 rows" in result.stderr


def test_dates_that_are_clear_by_themselves_need_no_column(crm: Crm, write: Write) -> None:
    """However they are mixed."""
    texts = ["25/04/2027", "2027-04-25", "25 апр. 2027 г.", '"Apr 25, 2027 2:30 PM"', "46502", "25.4.27"]
    imported(crm, "deals", write("Title,Expected Close", *(f"D{n},{text}" for n, text in enumerate(texts))))
    assert set(column(crm, "deal", "expected_close")) == {"2027-04-25"}
    assert len(listed(crm, "deal")) == len(texts)


def test_a_date_that_there_is_not_is_rejected_with_its_format(crm: Crm, write: Write, tmp_path: Path) -> None:
    """The row, not the file."""
    file = write("Title,Close Date", "A,03/04/2027", "B,31/02/2027", "C,25/04/2027")
    result = crm("import", "deals", file, "--skip-errors", "--rejects", str(tmp_path / "bad.csv"))
    assert result.code == 7
    assert "line 3: close_date: '31/02/2027' is no date in %d/%m/%Y" in result.stderr
    assert column(crm, "deal", "expected_close") == ["2027-04-03", "2027-04-25"]


def test_rows_with_two_readings_can_be_skipped(crm: Crm, write: Write) -> None:
    """With --skip-errors a column in doubt costs only the rows that are."""
    result = crm("import", "deals", write("Title,Expected Close", "A,05/05/2027", "B,03/04/2027"), "--skip-errors")
    assert result.code == 7
    assert "line 3: expected-close: 03/04/2027 is ambiguous: 2027-04-03 or 2027-03-04" in result.stderr
    assert column(crm, "deal", "expected_close") == ["2027-05-05"]


def test_words_and_defaults_still_say_when(crm: Crm, write: Write) -> None:
    """The format of a column binds neither words nor what the user says for empty cells."""
    file = write("Title,Expected Close", "A,25/04/2027", "B,tomorrow", "C,", "D,2027-04-26")
    imported(crm, "deals", file, "--default", "expected_close=+3d")
    assert column(crm, "deal", "expected_close") == ["2027-04-25", "2026-11-22", "2026-11-24", "2027-04-26"]


def test_moments_keep_their_hour_and_days_stay_the_days_they_are(crm: Crm, write: Write, home: Path) -> None:
    """Midnight in UTC is a day that a program wrote as a moment, not the evening before."""
    (home.parent / "crm.toml").write_text('[defaults]\ntimezone = "America/New_York"\n')
    rows = [
        "A,2027-04-03T00:00:00.000Z,1775044800000",
        "B,1806710400000,04/01/2026 8:00 AM",
        "C,4/3/2027,4/13/2026 8:00 AM",
    ]
    imported(crm, "deals", write("Title,Close Date,Create Date", *rows))
    assert column(crm, "deal", "expected_close") == ["2027-04-03"] * 3
    assert column(crm, "deal", "created_at") == ["2026-04-01T12:00:00Z"] * 2 + ["2026-04-13T12:00:00Z"]


def test_birthdays_and_due_dates(crm: Crm, write: Write) -> None:
    """Every field that holds a date reads its column."""
    imported(crm, "contacts", write("Name,Email,Birthday", "A,a@x.com,01/02/80", "B,b@x.com,13/02/1980", name="p.csv"))
    assert column(crm, "contact", "birthday") == ["1980-02-01", "1980-02-13"]
    imported(crm, "activities", write("Type,Subject,Due", "task,A,01/02/2027 9:30", "task,B,13/02/2027", name="t.csv"))
    assert column(crm, "activity", "due") == ["2027-02-01T09:30:00Z", "2027-02-13"]


# -- files that can't be read twice


HEAD = "Title,Expected Close\n"
FILE = HEAD + "".join(f"D{n},03/04/2027\n" for n in range(9000)) + "last,25/04/2027\n"


def test_a_pipe_is_read_once_and_surveyed_all_the_same(tmp_path: Path) -> None:
    """What comes from a pipe is kept until its last row has been seen."""
    command = [sys.executable, "-m", "crmcli", "--store", str(tmp_path / "crm.db")]
    done = subprocess.run([*command, "import", "deals", "-"], input=FILE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fields = ["--fields", "expected_close", "-o", "tsv", "--limit", "9999"]
    found = subprocess.run([*command, "deal", "list", *fields], capture_output=True, text=True, check=True)
    assert sorted(set(found.stdout.splitlines()[1:])) == ["2027-04-03", "2027-04-25"]
    assert len(found.stdout.splitlines()) == 9002


def test_a_pipe_without_dates_goes_straight_through(tmp_path: Path) -> None:
    """And nothing of it is lost."""
    rows = "".join(f"Person {n},p{n}@x.com\n" for n in range(9000))
    command = [
        sys.executable,
        "-m",
        "crmcli",
        "--store",
        str(tmp_path / "crm.db"),
        "import",
        "contacts",
        "-",
        "-o",
        "json",
    ]
    done = subprocess.run(command, input=f"Name,Email\n{rows}", capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["created"] == 9000


def test_a_named_pipe(crm: Crm, tmp_path: Path) -> None:
    """As the shell's <(…) gives one."""
    pipe = tmp_path / "deals.fifo"
    os.mkfifo(pipe)
    code = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    writer = subprocess.Popen([sys.executable, "-c", code, str(pipe), HEAD + FILE[-6000:].partition("\n")[2]])
    try:
        imported(crm, "deals", str(pipe))
    finally:
        writer.kill()
        writer.wait()
    assert set(column(crm, "deal", "expected_close")) == {"2027-04-03", "2027-04-25"}


def test_standard_input_that_can_seek(crm: Crm) -> None:
    """A redirected file is read again from where it stood."""
    result = crm("import", "deals", "-", stdin=FILE[:2000].rpartition("\n")[0] + "\nx,25/04/2027\n")
    assert result.code == 0, result.stderr
    assert set(column(crm, "deal", "expected_close")) == {"2027-04-03", "2027-04-25"}


def test_a_packed_file(crm: Crm, tmp_path: Path) -> None:
    """It is unpacked twice."""
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress(b"Title,Expected Close\nA,03/04/2027\nB,25/04/2027\n"))
    imported(crm, "deals", str(path))
    assert column(crm, "deal", "expected_close") == ["2027-04-03", "2027-04-25"]


# -- numbers


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("€1.234,56", "1.234", "7"), [1234.56, 1234, 7]),
        (("$1,234.56", "1,234", "1.5k"), [1234.56, 1234, 1500]),
        (("1 234,56 zł", "1 234", "0,5"), [1234.56, 1234, 0.5]),
        (("1'234.50 CHF", "1'234", "USD 100"), [1234.5, 1234, 100]),
        (("1.234", "56.789", "5"), [1234, 56789, 5]),
        (("12.5k", "2,5 млн", "1.2m"), [12500, 2_500_000, 1_200_000]),
    ],
)
def test_amounts_are_read_by_the_mark_of_their_column(
    crm: Crm, write: Write, texts: tuple[str, ...], values: list[float]
) -> None:
    """Symbols, thousands and decimals of either kind."""
    imported(crm, "deals", write("Title;Amount", *(f"D{n};{text}" for n, text in enumerate(texts))), "--delimiter", ";")
    assert column(crm, "deal", "value") == values


def test_thousands_that_no_value_proves_are_told(crm: Crm, write: Write) -> None:
    """No amount of euros has three decimals, so 1.234 is 1234; of dinars it may be either."""
    result = imported(crm, "deals", write("Title;Amount", "A;1.234", "B;5.678"))
    assert "column of numbers grouped by thousands, 1.234 being 1234: 'Amount'" in result.stderr
    imported(crm, "deals", write("Title;Amount", "C;KWD 1.234"))
    assert column(crm, "deal", "value") == [1234, 5678, 1.234]


def test_currencies_by_sign_row_and_default(crm: Crm, write: Write) -> None:
    """The sign in the cell wins over the row's currency, and that over the default."""
    file = write("Title,Amount,Currency", "A,€5,USD", "B,5,US Dollar (USD)", "C,5,", "D,$5,CAD", "E,5,zł")
    imported(crm, "deals", file, "--currency", "GBP")
    assert column(crm, "deal", "currency") == ["EUR", "USD", "GBP", "CAD", "PLN"]


def test_amounts_below_zero_are_rejected_as_such(crm: Crm, write: Write) -> None:
    """Brackets are an accountant's minus."""
    result = crm("import", "deals", write("Title,Amount", 'A,"(1,234.00)"', "B,5.00"), "--skip-errors")
    assert result.code == 7
    assert '"(1,234.00)" is below zero' in result.stderr


@pytest.mark.parametrize(
    ("texts", "percents", "told"),
    [
        (("0.25", "0.5", "0.1"), [25, 50, 10], "fractions of one"),
        (("25 %", "50%", "12,5 %"), [25, 50, 13], "rounded to whole per cent"),
        (("25", "50.0", "1"), [25, 50, 1], ""),
    ],
)
def test_percentages(crm: Crm, write: Write, texts: tuple[str, ...], percents: list[int], told: str) -> None:
    """With their sign, with decimals, or as fractions of one throughout."""
    file = write("Title;Probability", *(f"D{n};{text}" for n, text in enumerate(texts)))
    result = imported(crm, "deals", file)
    assert percents == column(crm, "deal", "probability")
    assert told in result.stderr


def test_a_default_is_no_fraction(crm: Crm, write: Write) -> None:
    """What the user says is not in the format of the column."""
    imported(crm, "deals", write("Title,Probability", "A,0.25", "B,"), "--default", "probability=40")
    assert column(crm, "deal", "probability") == [25, 40]


@pytest.mark.parametrize(("text", "score"), [("1.250", 1250), ("1,250", 1250), ("12.0", 12), ("12", 12)])
def test_whole_numbers(crm: Crm, write: Write, text: str, score: int) -> None:
    """Thousands are set off, decimals are noughts."""
    imported(crm, "contacts", write("Name;Email;Lead Score", f"A;a@x.com;{text}", name="p.csv"))
    assert column(crm, "contact", "lead_score") == [score]


def test_a_box_that_is_ticked(crm: Crm, write: Write) -> None:
    """Yes and no say whether an activity is done."""
    file = write("Type,Subject,Done", "task,A,TRUE", "task,B,нет", "task,C,Oui", name="t.csv")
    imported(crm, "activities", file, "--map", "Done=status")
    assert column(crm, "activity", "status") == ["done", "planned", "done"]


# -- phones


@pytest.mark.parametrize(
    ("country", "phone", "read"),
    [
        ("Bulgaria", "0888 123 456", "+359 88 812 3456"),
        ("България", "0888 123 456", "+359 88 812 3456"),
        ("DE", "030 901820", "+49 30 901820"),
        ("POL", "22 123 45 67", "+48 22 123 45 67"),
        ("США", "(202) 555-0100", "+1 202-555-0100"),
        ("Франция", "01 42 68 53 00", "+33 1 42 68 53 00"),
        ("Bulgaria", "+48 22 123 45 67", "+48 22 123 45 67"),
    ],
)
@pytest.mark.parametrize("noun", ["contacts", "companies"])
def test_local_numbers_are_read_in_the_rows_country(
    crm: Crm, write: Write, noun: str, country: str, phone: str, read: str
) -> None:
    """By any of its names; a number that says its country keeps it."""
    imported(crm, noun, write("Name,Phone,Country", f"A,{phone},{country}", name="p.csv"))
    (found,) = column(crm, {"contacts": "contact", "companies": "company"}[noun], "phones")
    assert [number.replace("-", " ") for number in found] == [read.replace("-", " ")]


def test_the_country_may_end_the_address(crm: Crm, write: Write) -> None:
    """Where no column has it."""
    imported(
        crm, "contacts", write("Name,Phone,Address", 'A,0888 123 456,"ul. Shipka 1, Sofia, Bulgaria"', name="p.csv")
    )
    assert column(crm, "contact", "phones") == [["+359 88 812 3456"]]


def test_the_rows_country_goes_before_the_default(crm: Crm, write: Write, home: Path) -> None:
    """Which holds for rows without one, and for countries that there are not."""
    (home.parent / "crm.toml").write_text('[phone]\ndefault_country = "BG"\n')
    rows = ["A,030 901820,Germany", "B,0888 123 456,", "C,0888 123 457,Atlantis"]
    imported(crm, "contacts", write("Name,Phone,Country", *rows, name="p.csv"))
    assert column(crm, "contact", "phones") == [["+49 30 901820"], ["+359 88 812 3456"], ["+359 88 812 3457"]]


def test_a_number_of_no_known_country_is_kept(crm: Crm, write: Write) -> None:
    """As text, with the remedy."""
    result = imported(crm, "contacts", write("Name,Phone,Country", "A,0888 123 456,Atlantis", name="p.csv"))
    assert "set phone.default_country" in result.stderr
    (person,) = listed(crm, "contact")
    assert person["custom_fields"] == {"country": "Atlantis", "phone_original": "0888 123 456"}


# -- names and lists


@pytest.mark.parametrize(
    ("header", "row", "name", "parts"),
    [
        ("Name", '"Doe, Jane"', "Jane Doe", ("Jane", "Doe")),
        ("Name", '"van der Berg, Dr. Jane"', "Jane van der Berg", ("Jane", "van der Berg")),
        ("Name", "Иванова Мария Петровна", "Иванова Мария Петровна", ("Мария Петровна", "Иванова")),
        ("Name,Locale", "Nagy János,hu_HU", "Nagy János", ("János", "Nagy")),
        ("First Name,Last Name", "小明,王", "王小明", ("小明", "王")),
        ("First Name,Last Name,Locale", "János,Nagy,hu_HU", "Nagy János", ("János", "Nagy")),
        ("First Name,Middle Name,Last Name", "Jane,Q.,Doe", "Jane Q. Doe", ("Jane Q.", "Doe")),
    ],
)
def test_names_are_split_and_joined(
    crm_on: Crm, write: Write, header: str, row: str, name: str, parts: tuple[str, str]
) -> None:
    """In the order of their script and locale; a second run finds the person again."""
    file = write(f"{header},Email", f"{row},a@x.com", name="p.csv")
    imported(crm_on, "contacts", file)
    assert column(crm_on, "contact", "name") == [name]
    rows: Any = crm_on("sql", "select given, family from contact", "-o", "json").json()
    assert [tuple(row.values()) for row in rows] == [parts]
    assert json.loads(imported(crm_on, "contacts", file, "--update", "-o", "json").stdout)["unchanged"] == 1


def test_the_users_locale_says_where_the_family_stands(crm: Crm, write: Write, home: Path) -> None:
    """Unless the row has one of its own."""
    (home.parent / "crm.toml").write_text('[defaults]\nlocale = "hu_HU"\n')
    imported(crm, "contacts", write("First Name,Last Name,Email", "János,Nagy,a@x.com", name="p.csv"))
    assert column(crm, "contact", "name") == ["Nagy János"]


@pytest.mark.parametrize(
    "cell",
    [
        "vip; fair", "vip, fair", "vip | fair", "vip ::: fair", "* vip ::: * fair", '"[""vip"",""fair""]"',
        '"""vip"",""fair"""', '"vip\nfair"', '"""vip"", ""fair"""',
    ],
)  # fmt: skip
def test_tags_in_a_cell(crm: Crm, write: Write, cell: str) -> None:
    """However a program sets them apart."""
    text = cell if cell.startswith('"') else f'"{cell}"'
    imported(crm, "contacts", write("Name,Email,Tags", f"A,a@x.com,{text}", name="p.csv"))
    assert column(crm, "contact", "tags") == [["fair", "vip"]]


def test_a_comma_inside_quotes_is_part_of_the_tag(crm: Crm, write: Write) -> None:
    """As Mailchimp and JSON write it."""
    rows = ['A,a@x.com,"""Sofia, centre"",""vip"""', 'B,b@x.com,"[""Sofia, centre"", 7]"', 'C,c@x.com,"[not json"']
    imported(crm, "contacts", write("Name,Email,Tags", *rows, name="p.csv"))
    assert column(crm, "contact", "tags") == [["Sofia, centre", "vip"], ["7", "Sofia, centre"], ["[not json"]]


@pytest.mark.parametrize(
    "cell",
    ["{}; {}", "{} | {}", "{} ::: {}", "{}, {}", "{} / {}", "{}\n{}"],
)
def test_phones_in_a_cell(crm: Crm, write: Write, cell: str) -> None:
    """Also behind a comma or a slash, which may stand inside a number too."""
    text = cell.format("+359 2 987 6543", "+48 22 123 45 67")
    imported(crm, "contacts", write("Name,Phone", f'A,"{text}"', 'B,"+359 888/765-432, ext 5"', name="p.csv"))
    first, second = column(crm, "contact", "phones")
    assert (first, len(second)) == (["+359 2 987 6543", "+48 22 123 45 67"], 1)


def test_lists_of_addresses(crm: Crm, write: Write) -> None:
    """As JSON too."""
    file = write("Name,Email,Company", 'A,"[""a@x.com"",""b@x.com""]",Acme | Beta', name="p.csv")
    imported(crm, "contacts", file)
    (person,) = listed(crm, "contact")
    assert person["emails"] == ["a@x.com", "b@x.com"]
    assert [company["name"] for company in person["companies"]] == ["Acme", "Beta"]


def test_booleans_of_custom_fields_stay_as_given(crm: Crm, write: Write) -> None:
    """A column that is no field keeps its text."""
    imported(crm, "contacts", write("Name,Email,Newsletter", "A,a@x.com,TRUE", "B,b@x.com,да", name="p.csv"))
    assert column(crm, "contact", "custom_fields") == [{"newsletter": "TRUE"}, {"newsletter": "да"}]


def test_a_stream_that_gives_drops(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raw pipe gives a few bytes at a time, and cannot seek."""

    class Drops(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self.content = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.content.read(min(size, 7) if size > 0 else 7)

    from crmcli.context import AppContext, Flags
    from crmcli.services.importing.plan import Plan

    app = AppContext(Flags(quiet=True), origin="test")
    with app.imports.opened(Plan("deal"), Drops(FILE[:3000].rpartition("\n")[0].encode() + b"\nx,25/04/2027\n")) as run:  # type: ignore[arg-type]
        assert run.go().rejected == 0
    assert set(column(crm, "deal", "expected_close")) == {"2027-04-03", "2027-04-25"}

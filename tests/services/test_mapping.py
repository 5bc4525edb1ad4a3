"""What unknown columns mean by what they hold, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import BadValue, UsageError
from crmcli.io.opening import open_table
from crmcli.services.importing.guessing import guessed
from crmcli.services.importing.mapping import Target, columns_of, pairs, stage_names
from crmcli.services.importing.meaning import meaning_of
from crmcli.services.importing.plan import Plan
from crmcli.services.importing.preview import preview

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.context import AppContext

STAGES = ("lead", "qualified", "proposal", "won", "lost")


def field_of(noun: str, values: list[str], **others: str) -> str | None:
    """The field that a column of an unknown title is taken for, beside columns that go where ``others`` says."""
    titled = {"X": "custom.x", **others}
    return guessed(noun, titled, ["X"], [{"X": value} for value in values], lambda: STAGES).targets.get("X")


@pytest.mark.parametrize(
    ("noun", "values", "field"),
    [
        ("contact", ["a@x.com"], "emails"),
        ("contact", ["Ann Lee <a@x.com>", "", "b@y.co.uk"], "emails"),
        ("contact", ["+359 888 123 456", "(02) 555-1234", "0888123456"], "phones"),
        ("contact", ["https://www.linkedin.com/in/ann", "linkedin.com/in/bob/"], "linkedin"),
        ("contact", ["https://x.com/ann", "twitter.com/bob"], "x"),
        ("contact", ["t.me/ann"], "telegram"),
        ("contact", ["bsky.app/profile/ann.example.com"], "bluesky"),
        ("contact", ["Ann Lee", "Мария Илиева", "Łukasz Żółty-Nowak", "Seán O'Brien"], "name"),
        ("contact", ["vip; fair", "fair", "vip, fair", "fair; vip", "vip"], "tags"),
        ("company", ["https://acme.com", "www.beta.bg/home", "gamma.co.uk"], "websites"),
        ("company", ["Bulgaria", "Германия", "Polska", "France"], "country"),
        ("company", ["+49 89 123456"], "phones"),
        ("deal", ["Qualified", "LEAD", "won", "proposal"], "stage"),
        ("deal", ["€1,200.50", "300 EUR", "12 лв."], "value"),
        ("deal", ["EUR", "USD", "EUR"], "currency"),
        ("deal", ["a@x.com"], "contacts"),
        ("activity", ["2024-05-06", "2024-05-07 10:00", "06.05.2024"], "at"),
        ("activity", ["a@x.com"], "contacts"),
    ],
)
def test_a_column_is_known_by_what_it_holds(noun: str, values: list[str], field: str) -> None:
    """In every alphabet of our users."""
    assert field == field_of(noun, values)


@pytest.mark.parametrize(
    ("noun", "values"),
    [
        ("contact", ["a@x.com", "no", "none", "never"]),
        ("contact", ["1234567", "7654321", "2345678"]),
        ("contact", ["Acme Ltd.", "Beta Corp", "Gamma GmbH"]),
        ("contact", ["New York", "New York", "New York", "San Diego"]),
        ("contact", ["SOFIA CITY", "VARNA WEST", "BURGAS EAST"]),
        ("contact", ["Ann Lee"]),
        ("contact", ["red", "blue", "green"]),
        ("contact", ["https://ann.example.com"]),
        ("contact", ["2024-05-06", "2024-05-07", "2024-05-08"]),
        ("company", ["10", "20", "30"]),
        ("deal", ["12", "14", "300"]),
        ("deal", ["Demo", "Trial", "won"]),
        ("deal", ["ABC", "DEF", "GHI"]),
        ("deal", []),
    ],
)
def test_a_column_that_could_be_anything_is_left_alone(noun: str, values: list[str]) -> None:
    """Fewer than four of five values, too few of them, or values that many things have."""
    assert field_of(noun, values) is None


@pytest.mark.parametrize(
    ("noun", "values", "others", "field"),
    [
        ("contact", ["a@x.com"], {"E-mail": "emails"}, "emails"),
        ("contact", ["t.me/ann"], {"Telegram": "telegram"}, None),
        ("contact", ["Ann Lee", "Bob Ray", "Eve Fox"], {"First": "given"}, None),
        ("deal", ["a@x.com"], {"Who": "contacts"}, "contact.emails"),
        ("deal", ["+359888123456"], {}, None),
        ("deal", ["+359888123456"], {"Who": "contacts"}, "contact.phones"),
        ("deal", ["lead", "won", "lost"], {"Stage": "stage"}, None),
    ],
)
def test_a_field_that_is_taken_is_not_given_twice(
    noun: str, values: list[str], others: dict[str, str], field: str | None
) -> None:
    """Unless it holds several values."""
    assert field == field_of(noun, values, **others)


def doubts(tmp_path: Path, plan: Plan, content: str) -> tuple[str, ...]:
    """What is doubtful about a file."""
    file = tmp_path / "file.csv"
    file.write_text(content)
    with open_table(file) as table:
        found = meaning_of(plan, table, lambda: STAGES).doubts
        assert len(list(table.rows)) == content.count("\n") - 1  # rows that were looked at are read as well
    return found


def test_doubts_are_said(tmp_path: Path) -> None:
    """Titles of two meanings, two columns for one value, dates that go to a text, and what was guessed."""
    rows = "".join(f"K{n},CEO,Boss,2024-05-0{n},p{n}@x.com\n" for n in range(1, 6))
    assert doubts(tmp_path, Plan("contact"), f"Kontakt,Job Title,Title,Seen,Wo\n{rows}") == (
        "two columns for title: 'Title' is kept as custom.title",
        "column 'Seen' looks like dates but goes to custom.seen, a text",
        "'Wo' holds e-mail addresses: taken as emails",
        "'Kontakt' could be a name or a company: taken as name (--map 'Kontakt=…' says otherwise)",
    )


def test_what_the_user_says_is_not_doubted(tmp_path: Path) -> None:
    """Neither guessed at."""
    told = Plan("contact", ("Kontakt=company", "Wo=note"))
    assert doubts(tmp_path, told, "Kontakt,Name,Wo\nAcme,Ann,a@x.com\n") == ()


def test_rows_looked_at_are_put_back(tmp_path: Path) -> None:
    """In their order, before those that were not looked at."""
    (tmp_path / "n.csv").write_text("n\n" + "".join(f"{n}\n" for n in range(10)))
    with open_table(tmp_path / "n.csv") as table:
        assert ["0", "1", "2"] == [row.cells["n"] for row in table.ahead(3)]  # type: ignore[union-attr]
        assert ["0", "1"] == [row.cells["n"] for row in table.ahead(2)]  # type: ignore[union-attr]
        assert [str(n) for n in range(10)] == [row.cells["n"] for row in table.rows]  # type: ignore[union-attr]


def test_a_preset_s_stages_yield_to_those_of_the_store(tmp_path: Path) -> None:
    """Its names are ours only where ours are the usual ones."""
    (tmp_path / "d.csv").write_text("Record ID,Deal Name,Deal Stage\n1,Pilot,Contract Sent\n")
    for stages, wanted in (
        (("lead", "negotiation", "won", "lost"), ["Appointment Scheduled=lead", "Contract Sent=negotiation",
                                                  "Decision Maker Bought-In=negotiation"]),
        (("Contract Sent", "won", "lost"), []),
    ):  # fmt: skip
        with open_table(tmp_path / "d.csv") as table:
            assert wanted == sorted(meaning_of(Plan("deal"), table, lambda stages=stages: stages).plan.stage_map)


def test_an_unfilled_column_is_shown_with_what_it_would_be(tmp_path: Path, app: AppContext) -> None:
    """Values as they would be read, with their labels, and what can't be read with its reason."""
    (tmp_path / "d.csv").write_text(
        'Deal,Value,Stage,Product,Created,Close\nA,"1.200,50 €",won,P,2024-05-06,2024-05-07\nB,much,demo,,,\n'
    )
    with open_table(tmp_path / "d.csv") as table:
        columns = columns_of(Plan("deal", ("Product=-",)), table.headers)
        shown = {
            column.header: (column.target and str(column.target), [(s.text, bool(s.reason)) for s in column.samples])
            for column in preview("deal", columns, table, app.desk.rules, STAGES, {}, 3)
        }
    assert shown == {
        "Deal": ("title", [("A", False), ("B", False)]),
        "Value": ("value", [("1200.50 EUR", False), ("much", True)]),
        "Stage": ("stage", [("won", False), ("demo", True)]),
        "Product": (None, [("P", False)]),
        "Created": ("created_at", [("2024-05-06 00:00", False)]),
        "Close": ("custom.close", [("2024-05-07", False)]),
    }


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_are_cut_where_they_should_be() -> None:
    """A column's name may hold an equals sign, a value too."""
    assert pairs("map", ["a=b=name"], "COLUMN=FIELD") == {"a=b": "name"}
    assert pairs("default", ["note=a=b"], "FIELD=VALUE", first=True) == {"note": "a=b"}
    for bad in ("name", "=name", "name="):
        with pytest.raises(BadValue, match="is not COLUMN=FIELD"):
            pairs("map", [bad], "COLUMN=FIELD")


def test_stages_are_for_deals() -> None:
    """And are told by their folded names."""
    assert stage_names(Plan("deal", stage_map=("In Talks=proposal",))) == {"in talks": "proposal"}
    with pytest.raises(UsageError, match="--stage-map is for deals"):
        stage_names(Plan("contact", stage_map=("a=b",)))


def test_a_linked_record_s_name_is_how_it_is_named() -> None:
    """The others are its fields."""
    columns = columns_of(Plan("deal", ("A=company.name", "B=company.external_id", "C=-", "D=custom.x")), list("ABCD"))
    assert columns.targets == {
        "A": Target("company"),
        "B": Target("external_id", "company"),
        "D": Target("x", custom=True),
    }
    assert columns.custom == ["x"]

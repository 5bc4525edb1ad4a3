"""A store with a table's worth of people, and ways to look at a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.tui.widgets.record_table import RecordTable
from crmcli.tui.widgets.table_bar import TableBar
from tests.tui.boards import context_of, fill, place

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.screens.records import RecordsScreen

# name, e-mail, company, title, owner, tags, custom
PEOPLE = (
    ("Zoë Müller", "zoe@initech.example", "Initech", "Buyer", "maria", ("vip",), ("region=north",)),
    ("Иван Петров", "ivan@roza.example", "Българска роза", "Директор", "ana", (), ("region=south",)),
    ("张伟", "zhang@bj.example", "北京软件有限公司", "经理", "maria", ("press", "vip"), ()),
    ("أمينة حداد", "amina@x.example", None, None, "boris", (), ()),
    ("Jane Doe", "jane.doe@acme.example", "Acme", "Head of purchasing", "maria", ("vip",), ()),
    ("Jane Doe", "jane.d@acme.example", "Acme", None, "ana", (), ()),
    ("Łukasz Żak 👩‍👩‍👧", "lukasz@zubr.example", "Żubr Logistyka", "[bold]Dyrektor[/bold]", "boris", (), ()),
)
MANY = 150


def store_with_people(folder: Path) -> str:
    """The path of a new store with deals, seven people that differ and many that do not."""
    path = str(folder / "people.db")
    context = context_of(path)
    for name, email, company, title, owner, tags, custom in PEOPLE:
        draft = context.contacts.draft(
            {"name": name, "emails": [email], "companies": [company] if company else [], "title": title, "owner": owner,
             "tags": list(tags)},
            custom,
        )  # fmt: skip
        context.contacts.add(draft)
    fill(context)
    for number in range(MANY):
        context.contacts.add(
            context.contacts.draft({"name": f"Person {number:03}", "emails": [f"p{number}@many.example"]})
        )
    return path


def table(pilot: Pilot[None]) -> RecordTable:
    """The table that is seen."""
    return place(pilot).query_one(RecordTable)


def records(pilot: Pilot[None]) -> RecordsScreen:
    """The screen of the table."""
    return place(pilot)  # type: ignore[return-value]


def bar(pilot: Pilot[None]) -> str:
    """What is told above the table."""
    return " ".join(place(pilot).query_one(TableBar).render().plain.split())


def at_cursor(pilot: Pilot[None]) -> str | None:
    """The name of the record at the cursor."""
    record = table(pilot).record
    return None if record is None else getattr(record, "name", None) or record.title


def line(pilot: Pilot[None], y: int) -> str:
    """A line of the table as text."""
    return "".join(segment.text for segment in table(pilot).render_line(y))


def lines(pilot: Pilot[None]) -> list[str]:
    """The lines of the table as text, from the header down, without the spaces at their ends."""
    return [line(pilot, y).rstrip() for y in range(table(pilot).size.height)]


def headers(pilot: Pilot[None]) -> list[str]:
    """The headers that are seen."""
    return line(pilot, 0).split()


def marked(pilot: Pilot[None]) -> set[int]:
    """The numbers of the marked records."""
    return set(table(pilot).marked)

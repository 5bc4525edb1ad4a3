"""A person with everything around her, and ways to open her page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.tui.boards import context_of, crm_app, settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from crmcli.context import AppContext
    from crmcli.tui.app import CrmApp
    from crmcli.tui.screens.record import RecordScreen

NOTE = "# Who she is\n\nKnows **everybody**. See [their shop](https://shop.example/jane).\n\n- likes tea\n"


def furnish(store: str) -> None:
    """Give the store Jane: her company, her deal, a note, a conversation of three messages with files."""
    context = context_of(store)
    records = context.contacts
    jane = records.find("jane@acme.example").uid
    records.edit(jane, records.edit_draft(_changes({"name": "Jane Doe", "title": "Buyer", "note": NOTE, "lifecycle": "customer"},
                                                   {"phones": ["+359 2 123 4567"], "companies": ["Acme"], "tags": ["vip"]})))  # fmt: skip
    deals = context.deals
    deals.edit("Acme pilot", deals.edit_draft(_changes({}, {"contacts": [jane]})))
    for day, subject in enumerate(("Offer", "Re: Offer", "Re: Offer")):
        context.activities.log({"type": "email", "subject": subject, "body": f"message {day}", "contacts": (jane,),
                                "at": f"2026-11-1{day} 09:00", "direction": "out" if day % 2 else "in"})  # fmt: skip
    _thread(context)


def _changes(values: dict[str, str], add: dict[str, list[str]]) -> Any:
    from crmcli.services.records import Changes

    return Changes(values, add)


def _thread(context: AppContext) -> None:
    """The messages belong together, and files came with the last."""
    from crmcli.store.models.activities import Activity

    with context.desk.writing("test") as uow:
        for number in [n for (n,) in uow.reader.rows("SELECT id FROM activity WHERE kind = 'email'")]:
            row = uow.get(Activity, number)
            row.thread = "<first@acme.example>"
            row.attachments = "offer.pdf (12 kB)\nterms \x1b[31m.txt (1 kB)"


def uid(store: str, noun: str, name: str) -> str:
    """The uid of a record."""
    records = getattr(context_of(store), {"contact": "contacts", "company": "companies", "deal": "deals"}[noun])
    return str(records.find(name).uid)


def page_app(store: str, **arguments: Any) -> CrmApp:
    """The program, opened on the page's screen with no record yet."""
    return crm_app(store, start="record", **arguments)


async def open_page(pilot: Pilot[None], noun: str, record: str) -> RecordScreen:
    """Open a record's page and wait until all of it is there."""
    await settle(pilot)
    pilot.app.open_record(noun, record)  # type: ignore[attr-defined]
    return await settle(pilot)  # type: ignore[no-any-return]


async def jane(pilot: Pilot[None], store: str) -> RecordScreen:
    """Open Jane's page."""
    return await open_page(pilot, "contact", uid(store, "contact", "jane@acme.example"))


async def pilot_deal(pilot: Pilot[None], store: str) -> RecordScreen:
    """Open the page of the deal with Acme."""
    return await open_page(pilot, "deal", uid(store, "deal", "Acme pilot"))


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text, key by key."""
    names = {
        " ": "space",
        "@": "at",
        ".": "full_stop",
        ":": "colon",
        "-": "minus",
        "\n": "enter",
        ",": "comma",
        "_": "underscore",
    }
    await pilot.press(*(names.get(c, c) for c in text))
    await settle(pilot)


def told(pilot: Pilot[None]) -> list[str]:
    """What notifications say."""
    return [str(note.message) for note in pilot.app._notifications]


def seen(page: RecordScreen, name: str) -> str:
    """A field as the page shows it."""
    return next(row.text for row in page.fields.rows if row.name == name)


def lines(widget: Any) -> list[str]:
    """The rows of a list as text."""
    return ["".join(piece.text for piece in widget.pieces(place, 200)).rstrip() for place in range(widget.count)]


def play(store: str, scene: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """What is done before a picture is taken."""

    async def act(pilot: Pilot[None]) -> None:
        if scene == "contact":
            await jane(pilot, store)
        elif scene == "deleted":
            context_of(store).deals.remove("Fleet tracking")
            await open_page(pilot, "deal", uid_deleted(store, "Fleet tracking"))
        else:
            await pilot_deal(pilot, store)
            await pilot.press(*(("tab", "tab", "tab", "j") if scene == "timeline" else ("j", "enter", "x")))
        await settle(pilot)
        await pilot.pause(0.2)
        pilot.app.clear_notifications()

    return act


def uid_deleted(store: str, name: str) -> str:
    """The uid of a deleted deal."""
    return str(context_of(store).deals.find(name, deleted=True).uid)

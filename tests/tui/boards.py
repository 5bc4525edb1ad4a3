"""A small, lively store for the tests of the screens, and ways to drive them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.context import AppContext, Flags
from crmcli.tui.app import CrmApp
from crmcli.tui.session import Session
from tests.tui.rest import at_rest

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from crmcli.tui.screens.board import BoardScreen
    from crmcli.tui.screens.place import Place
    from crmcli.tui.widgets.lanes import LaneColumn

# title, value, company, stage, owner, expected close, next step
DEALS = (
    ("Acme pilot", "12500", "Acme", "lead", "maria", "2026-12-04", "send the offer"),
    ("Rollout for Łódź", "48000", "Żubr Logistyka", "lead", "ana", "2027-01-15", None),
    ("Склад София", "7300.50", "Българска роза", "lead", "maria", None, None),
    ("Annual licence", "9900", "Initech", "qualified", "boris", "2026-11-10", "call the buyer"),
    ("张伟的合同", "150000", "北京软件有限公司", "qualified", "maria", "2026-12-20", "translate the contract"),
    ("Support plan [bold]gold[/bold]", "1200", "Acme", "proposal", "ana", "2026-11-28", None),
    ("Fleet tracking", "64000", "Żubr Logistyka", "negotiation", "maria", "2026-11-30", "agree on the price"),
    ("Website", "5400", "Initech", "won", "ana", None, None),
    ("Data cleaning", "2500", "Acme", "lost", "boris", None, None),
)


def context_of(store: str) -> AppContext:
    """The application over a store, without notes on stderr."""
    return AppContext(Flags(store=store, quiet=True), origin="test")


def fill(context: AppContext) -> None:
    """Put the deals into the store, with some activities."""
    for title, value, company, stage, owner, close, step in DEALS:
        raw: dict[str, str | tuple[str, ...] | list[str] | None] = {
            "title": title, "value": value, "company": company, "stage": "negotiation" if stage == "lost" else stage,
            "owner": owner, "expected_close": close, "next_step": step, "source": "fair",
        }  # fmt: skip
        view = context.deals.add(context.deals.draft(raw))
        if stage == "lost":
            context.deals.lose(view.id, "price", note="half of ours elsewhere")
    context.activities.log(
        {"type": "call", "body": "Discussed pricing", "deal": "Acme pilot", "at": "2026-11-19 10:00", "duration": "15m",
         "contacts": ("jane@acme.example",), "outcome": "wants an offer"},
        follow_up="send the offer", due="mon",
    )  # fmt: skip
    context.activities.log({"type": "meeting", "body": "First visit, with a tour of the plant", "deal": "Acme pilot",
                            "at": "2026-11-03 14:00"})  # fmt: skip
    context.activities.add(context.activities.draft({"type": "task", "subject": "call the buyer", "deal": "Annual licence",
                                                     "due": "2026-11-18"}))  # fmt: skip


def rot(context: AppContext, title: str) -> None:
    """Make a deal lie untouched in its stage since long ago."""
    from crmcli.store.models.deals import Deal

    with context.desk.writing("test") as uow:
        row = uow.get(Deal, context.deals.find(title).number)
        row.stage_since = uow.now.replace(month=9)


def crm_app(store: str, *, start: str = "today", **arguments: Any) -> CrmApp:
    """The program over a store, opened on a screen; dark unless told otherwise."""
    return CrmApp(Session(context_of(store)), start=start, **{"theme": "crm-dark", **arguments})


def board_app(store: str, **arguments: Any) -> CrmApp:
    """The program opened on the board."""
    return crm_app(store, start="board", **arguments)


async def settle(pilot: Pilot[None]) -> Any:
    """Wait until the program has come to rest; the screen of the program, below any dialog."""
    await at_rest(pilot.app)
    return place(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other and wait for all that follows from each."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def place(pilot: Pilot[None]) -> Place:
    """The screen of the program that is seen, below any dialog."""
    app = pilot.app
    assert isinstance(app, CrmApp)
    assert app.place is not None, app.bug
    return app.place


def board(pilot: Pilot[None]) -> BoardScreen:
    """The board, below any dialog."""
    return place(pilot)  # type: ignore[return-value]


def lane(pilot: Pilot[None], stage: str) -> LaneColumn:
    """The lane of a stage."""
    return next(column for column in board(pilot).lanes.columns if column.lane.stage.stage == stage)


def titles(pilot: Pilot[None], stage: str) -> list[str]:
    """The titles of the cards in a lane, from the top."""
    return [card.title for card in lane(pilot, stage).list.cards]


def current(pilot: Pilot[None]) -> str | None:
    """The title of the card at the cursor."""
    card = board(pilot).lanes.card
    return card.title if card else None


def store_with_deals(folder: Path) -> str:
    """The path of a new store with the deals in it."""
    path = str(folder / "board.db")
    context = context_of(path)
    fill(context)
    rot(context, "Rollout for Łódź")
    return path


def fill_in_bulk(context: AppContext, count: int) -> None:
    """Put so many deals into the store at once, spread over all stages, half of them won."""
    from datetime import timedelta

    from crmcli.domain.ids import new_uid
    from crmcli.domain.text import fold
    from crmcli.store.models.deals import Deal, StageChange

    context.store.create()
    stages = {stage.stage: stage for stage in context.pipelines.list()}
    names = ["won", "lead", "won", "lost", "won", "qualified", "won", "proposal"]
    with context.desk.writing("test") as uow:
        rows = []
        for place in range(count):
            stage, title = stages[names[place % len(names)]], f"Deal {place:05}"
            since = uow.now - timedelta(days=place % 400)
            rows.append(
                {"id": uow.next_number(Deal), "uid": new_uid("dl"), "title": title, "title_key": fold(title), "value": 100 * place,
                 "currency": "EUR", "pipeline_id": 1, "stage_id": stage.number, "stage_since": since, "created_at": since,
                 "closed_at": None if stage.kind == "open" else since, "created_by": uow.user_id, "owner_id": uow.user_id,
                 "updated_at": since, "updated_by": uow.user_id, "version": 1, "custom": {}, "created_in": uow.number}
            )  # fmt: skip
        uow.insert_many(Deal, rows)
        moves = [
            {
                "id": uow.next_number(StageChange),
                "deal_id": row["id"],
                "to_stage_id": row["stage_id"],
                "at": row["stage_since"],
            }
            for row in rows
        ]
        uow.insert_many(StageChange, moves)
        uow.marked = count

"""What ``crm tui`` does: opens the screens, prints the keys, or serves the screens to a browser."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext


class Wish(NamedTuple):
    """What was asked for on the command line."""

    screen: str | None = None
    pipeline: str | None = None
    filter: str | None = None
    plain: bool = False
    keys: bool = False
    serve: bool = False
    port: int = 0


def start(context: AppContext, wish: Wish) -> None:
    """Do it; raises UsageError without a terminal, FilterError or NotFound for its arguments."""
    from crmcli.tui.keys.registry import checked

    checked(context.settings.keys)
    screen = _screen(context, wish)
    if wish.keys:
        from crmcli.tui.sheet import cheat_sheet

        output = context.output
        for line in cheat_sheet(context.settings.keys, output.width if output.is_terminal else None):
            output.text(line)
    elif wish.serve:
        from crmcli.tui.serving import serve

        serve(context, screen, wish)
    else:
        _run(context, screen, wish)


def _screen(context: AppContext, wish: Wish) -> str:
    from crmcli.tui.tabs import FILTERED, TABS

    known = [tab.name for tab in TABS]
    name = wish.screen or ("board" if wish.pipeline or wish.filter else str(context.settings["tui.screen"]))
    if name not in known:
        near = nearest(name, known)
        raise UsageError(f"no screen {name}", hint=f"did you mean {near}?" if near else f"one of {', '.join(known)}")
    if wish.filter and name not in FILTERED:
        raise UsageError(f"{name} takes no filter", hint=f"one of {', '.join(FILTERED)}")
    return name


def _run(context: AppContext, screen: str, wish: Wish) -> None:
    in_browser = "TEXTUAL_DRIVER" in os.environ
    if not in_browser and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the screens need a terminal", hint="crm pipeline shows the same figures as a table")
    from crmcli.tui.app import CrmApp
    from crmcli.tui.session import Session
    from crmcli.tui.tabs import FILTERED

    session = Session(context)
    # Asked before the screen is taken over: what is wrong with the arguments belongs on stderr.
    if screen == "board" and (wish.pipeline or wish.filter):
        session.board.picture(wish.pipeline, wish.filter)
    elif wish.filter:
        session.tables.order(FILTERED[screen], wish.filter)
    plain = wish.plain or bool(context.settings["tui.plain"])
    if plain:
        os.environ["NO_COLOR"] = "1"  # Textual looks for it when the application is made
    app = CrmApp(session, start=screen, pipeline=wish.pipeline, filter_text=wish.filter, plain=plain)
    app.run()
    if app.bug is not None:
        raise app.bug
    if app.return_code:
        raise SystemExit(app.return_code)

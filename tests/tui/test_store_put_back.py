"""A store that is taken away and put back while the screens are open."""

from __future__ import annotations

from pathlib import Path

from crmcli.tui.session import Session
from tests.tui.boards import context_of


def test_what_was_done_here_is_news_again_after_another_store_was_seen(store: str) -> None:
    """The last change is this sitting's own both times, but the screens were emptied between."""
    session = Session(context_of(store))
    contacts = session.contacts
    session.do(lambda: contacts.add(contacts.draft({"name": "Zed"})))
    assert session.knows_all()
    away = Path(store).rename(Path(store).with_suffix(".away"))
    assert not session.knows_all()
    away.rename(store)
    assert not session.knows_all()
    session.close()

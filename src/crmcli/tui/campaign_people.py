"""The people of a campaign as lines: how many stand in each state, who they are and why, and who would get its mail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import pad
from crmcli.render.safe import visible
from crmcli.tui.campaign_words import MEMBER_MARKS, MEMBER_TONES, day_word
from crmcli.tui.widgets.entry_list import Entry, heading
from crmcli.tui.widgets.line_list import Piece

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.views import MemberView
    from crmcli.render.locale import Locale
    from crmcli.services.mailing import Line

MOST = 500  # people who are listed at a time
MOST_TRIED = 5000  # people of a dry run who are looked at
_NAME = 22


class People(NamedTuple):
    """Which people of a campaign are listed: all by state (empty), those of a state, those who ever came into it, a trial."""

    kind: str = ""
    state: str = ""
    most: int = MOST


def state_entries(states: Mapping[str, object], locale: Locale) -> list[Entry]:
    """A bar for each state that people stand in; enter lists them."""
    counts = {state: number for state, number in states.items() if isinstance(number, int)}
    whole = sum(counts.values())
    if not whole:
        return []
    return [
        heading(f"{locale.number(whole)} people by state"),
        *(
            Entry(
                (Piece(f"{MEMBER_MARKS[state]} {state}"),), f"{locale.number(count)} · {locale.percent(count / whole)}",
                ("state", state), bar=(count, 0, whole), tone=MEMBER_TONES.get(state, "muted"),
            )
            for state, count in counts.items()
        ),
    ]  # fmt: skip


def member_entries(
    people: People, members: Sequence[MemberView], whole: int, locale: Locale, now: datetime
) -> list[Entry]:
    """The people of a state, with why and since when."""
    title = f"{people.state}: {locale.number(whole)} · esc goes back" if people.kind == "state" else (
        f"were {people.state} at some time · esc goes back"
    )  # fmt: skip
    return [heading(title), *(_member(each, people, locale, now) for each in members)]


def _member(member: MemberView, people: People, locale: Locale, now: datetime) -> Entry:
    why = " · ".join(visible(word) for word in (member.reason, member.email) if word)
    pieces = (
        Piece(f"{MEMBER_MARKS[member.status]} ", MEMBER_TONES.get(member.status, "muted")),
        Piece(pad(visible(member.contact.name), _NAME), "title"),
        Piece(f"  {why}", "muted"),
    )
    since = day_word(locale.local(member.at).date(), now.date(), locale)
    figure = since if people.kind == "state" else f"{member.status} {since}"
    return Entry(pieces, figure, ("contact", member.contact.id), number=member.number)


def trial_entries(lines: Sequence[Line], counts: Counter[str], locale: Locale) -> list[Entry]:
    """Who would get what, and who would not and why."""
    told = ", ".join(f"{locale.number(count)} {what}" for what, count in sorted(counts.items()) if what != "send")
    looked = f" of the first {locale.number(MOST_TRIED)}" if len(lines) == MOST_TRIED else ""
    title = (
        f"dry run: {locale.number(counts['send'])} would get it{looked}{'; ' + told if told else ''} · esc goes back"
    )
    return [heading(title), *map(_tried, lines)]


def _tried(line: Line) -> Entry:
    sign, tone = {"send": ("✓", "good"), "skipped": ("-", "slow")}.get(line.status, ("·", "muted"))
    what = line.subject or line.reason
    pieces = (
        Piece(f"{sign} ", tone), Piece(pad(visible(line.name), _NAME), "title"),
        Piece(f"  {visible(line.reason or line.address)}", "muted"),
    )  # fmt: skip
    figure = visible(what) if line.status == "send" else line.status
    return Entry(pieces, figure, ("contact", line.member), tone=tone)


def tried(lines: Sequence[Line]) -> Counter[str]:
    """How many would get it, and how many would not for each reason."""
    return Counter((each.reason if each.status == "skipped" else each.status).partition(":")[0] for each in lines)

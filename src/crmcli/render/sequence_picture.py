"""A sequence as a person wants to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width
from crmcli.render.columns import shown_columns
from crmcli.render.safe import visible
from crmcli.render.table import table
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import SequencePicture
    from crmcli.render.table import Screen


def sequence_picture(picture: SequencePicture, screen: Screen) -> Iterator[str]:
    """What brings people in and what takes them out, how many are where, and the steps."""
    view = picture.record
    head = paint(visible(view.name), "heading", color=screen.color)
    yield f"{head}, {view.status}  {paint(f'#{view.number}  {view.id}', 'muted', color=screen.color)}"
    told = [(label, text) for label, text in _told(picture, screen) if text]
    label_width = max(width(label) for label, _ in told)
    for label, text in told:
        yield f"{paint(pad(label, label_width), 'muted', color=screen.color)}  {visible(text)}"
    yield ""
    yield paint("steps", "heading", color=screen.color)
    if picture.steps:
        yield from table(shown_columns("step"), picture.steps, screen)
    else:
        yield f"none yet: crm sequence step add {visible(view.name)!r} …"


def _told(picture: SequencePicture, screen: Screen) -> Iterator[tuple[str, str]]:
    view, number = picture.record, screen.locale.number
    yield "takes in", " and ".join(_entrances(picture)) or "who is enrolled by hand"
    yield "stops", "on a reply, when a person leaves the list, when the deal closes"[0 if view.stop_on_reply else 12 :]
    counts = [
        f"{number(view.active)} on the way",
        f"{number(view.finished)} finished",
        f"{number(view.stopped)} stopped",
    ]
    yield "people", ", ".join(counts)
    yield "next", screen.locale.time(picture.next_at) if picture.next_at else ""
    yield "campaign", view.campaign.name
    yield "owner", view.owner or ""
    yield "created", screen.locale.time(view.created_at)


def _entrances(picture: SequencePicture) -> Iterator[str]:
    view = picture.record
    if view.segment:
        yield f"everyone of segment {view.segment.name}"
    if view.stage:
        again = ", with every deal anew" if view.again else ""
        yield f"the people of deals that come to {view.stage} ({view.pipeline}){again}"

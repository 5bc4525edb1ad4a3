"""A segment as a person wants to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.render.cells import pad, width, wrap
from crmcli.render.columns import shown_columns
from crmcli.render.safe import visible
from crmcli.render.table import NOTHING, table
from crmcli.render.tones import paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.views import SegmentPicture
    from crmcli.render.table import Screen

_LEAST_TEXT = 20


def segment_picture(picture: SegmentPicture, screen: Screen) -> Iterator[str]:
    """What says who is in it, how many that are, some of them, and how it grew."""
    view = picture.record
    head = paint(visible(view.name), "heading", color=screen.color)
    yield f"{head}, {view.kind}  {paint(f'#{view.number}  {view.id}', 'muted', color=screen.color)}"
    told = [(label, text) for label, text in _told(picture, screen) if text]
    label_width = max(width(label) for label, _ in told)
    for label, text in told:
        for place, line in enumerate(wrap(visible(text), max(_LEAST_TEXT, screen.width - label_width - 2))):
            before = paint(pad("" if place else label, label_width), "muted", color=screen.color)
            yield f"{before}  {line}".rstrip()
    if picture.snapshots:
        yield ""
        yield paint("snapshots", "heading", color=screen.color)
        yield from table(shown_columns("snapshot"), picture.snapshots, screen)


def _told(picture: SegmentPicture, screen: Screen) -> Iterator[tuple[str, str]]:
    view, number = picture.record, screen.locale.number
    yield "filter", view.filter or ""
    yield "formula", view.formula or ""
    yield "size", NOTHING if view.size is None else number(view.size)
    yield "problem", view.problem or ""
    if picture.reachable is not None:
        yield "by mail", f"{number(picture.reachable)} can be reached"
    names = ", ".join(link.name for link in picture.sample)
    more = (view.size or 0) - len(picture.sample)
    yield "among them", f"{names} and {number(more)} more" if names and more else names
    if picture.growth is not None:
        since = screen.locale.time(picture.snapshots[-1].at)
        yield "growth", f"{'+' * (picture.growth > 0)}{number(picture.growth)} since {since}"
    yield "used by", ", ".join(picture.used_by)
    yield "note", view.note or ""
    yield "owner", view.owner or ""
    yield "created", screen.locale.time(view.created_at)

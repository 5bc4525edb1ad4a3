"""What a record is linked to: people, companies, deals, its next step, its stages, its files and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmcli.domain.views import CompanyView, ContactView, DealView
from crmcli.render.cells import width
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.tui.outside import addresses_in
from crmcli.tui.widgets.line_list import Piece, joined
from crmcli.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from crmcli.domain.views import ActivityView, StageVisit
    from crmcli.render.locale import Locale
    from crmcli.services.pages import Group, Linked, Page, Relation

_BAR = 10


class LinkLine(NamedTuple):
    """A line: what it says, the record or address it leads to, and the relation it stands under."""

    key: str
    parts: tuple[Piece, ...]
    relation: Relation | None = None
    linked: Linked | None = None
    noun: str = ""
    id: str = ""
    address: str = ""
    is_heading: bool = False
    is_file: bool = False


class LinkList(RowList[LinkLine]):
    """Links under headings; those that can be made are there also when there is none yet."""

    nothing = "no links"

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__("links", locale, now)

    def show(self, page: Page | None) -> None:
        """Another page; the cursor stays on its link."""
        kept, place = (self.line.key if self.line else ""), self.cursor
        rows = [] if page is None or page.record is None else list(self._lines_of(page))
        self.put(rows, next((place for place, row in enumerate(rows) if row.key == kept), place))

    # -- the lines

    def _lines_of(self, page: Page) -> Iterator[LinkLine]:
        for group in page.groups:
            yield from self._group(group)
        if page.next_step is not None:
            yield _heading("next step")
            yield self._step(page.next_step)
        if page.stages:
            yield _heading("stages")
            longest = max(visit.days for visit in page.stages) or 1.0
            names = max(width(visible(visit.stage)) for visit in page.stages)
            for place, visit in enumerate(page.stages):
                yield self._stage(place, visit, longest, names)
        yield from self._files(page)

    def _group(self, group: Group) -> Iterator[LinkLine]:
        relation = group.relation
        more = "+" if group.is_cut else ""
        yield _heading(f"{relation.name} {len(group.records)}{more}" if len(group.records) > 1 else relation.name)
        for linked in group.records:
            yield LinkLine(
                f"{relation.name}:{linked.id}", tuple(self._told(linked)), relation, linked, linked.noun, linked.id
            )
        if not group.records:
            yield LinkLine(f"{relation.name}:", (Piece("— n adds one", "muted"),), relation)
        elif group.is_cut:
            yield LinkLine(f"{relation.name}:+", (Piece("… and more; the tables have them all", "muted"),), relation)

    def _told(self, linked: Linked) -> Iterator[Piece]:
        view = linked.view
        if isinstance(view, DealView):
            mark, tone = {"won": ("✓", "good"), "lost": ("✗", "muted")}.get(view.stage_kind, ("●", "text"))
            yield Piece(f"{mark} ", tone)
            yield Piece(visible(linked.name), "title" if view.stage_kind == "open" else tone)
            yield Piece(f"  {self._locale.money(view.value)}" if view.value else "", "text")
            yield Piece(f"  {visible(view.stage)}", tone)
            yield Piece("  ! rotting" if view.rotting else "", "slow")
            return
        yield Piece(visible(linked.name), "title")
        aside: tuple[str | None, ...] = ()
        if isinstance(view, ContactView):
            aside = (view.title, view.emails[0] if view.emails else "", view.phones[0] if view.phones else "")
        elif isinstance(view, CompanyView):
            aside = (view.websites[0] if view.websites else "", view.country, view.phones[0] if view.phones else "")
        for part in filter(None, aside):
            yield Piece(f"  {visible(part)}", "muted")

    def _step(self, step: ActivityView) -> LinkLine:
        late = is_past(step.due, self._now())
        when = self._locale.near_due(step.due, self._now()) if step.due else self._locale.time(step.at)
        return LinkLine(
            "step", (Piece("○ ", "late" if late else "text"), Piece(visible(step.subject or step.body or step.type), "title"),
                     Piece(f"  {'! ' if late else ''}{when}", "late" if late else "muted")),
            noun="activity", id=step.id,
        )  # fmt: skip

    def _stage(self, place: int, visit: StageVisit, longest: float, names: int) -> LinkLine:
        bar = "█" * round(_BAR * visit.days / longest)
        entered = self._locale.date(self._locale.local(visit.at).date())
        by = f" {visible(visit.by)}" if visit.by else ""
        name = visible(visit.stage)
        return LinkLine(f"stage:{place}", (
            Piece(name + " " * (names - width(name)), "text"), Piece(f" {bar:{_BAR}}", "heading"),
            Piece(f"{self._locale.number(visit.days, 1):>7} d", "text"), Piece(f"  {entered}{by}", "muted"),
            Piece(f"  {visible(visit.note)}" if visit.note else "", "muted"),
        ))  # fmt: skip

    def _files(self, page: Page) -> Iterator[LinkLine]:
        record = page.record
        files = (getattr(record, "attachments", None) or "").splitlines()
        texts = (getattr(record, "note", None), getattr(record, "body", None), getattr(record, "location", None))
        found = addresses_in("\n".join(filter(None, texts)))
        if files or found:
            yield _heading("attachments")
        for place, name in enumerate(files):
            yield LinkLine(f"file:{place}", (Piece("▤ ", "heading"), Piece(visible(name), "text")), is_file=True)
        for address in found:
            yield LinkLine(
                f"address:{address}", (Piece("↗ ", "heading"), Piece(visible(address), "text")), address=address
            )

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """What the line says."""
        return joined(cells, *self.rows[place].parts)


def _heading(title: str) -> LinkLine:
    return LinkLine("", (Piece(title, "heading"),), is_heading=True)

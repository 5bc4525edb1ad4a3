"""The tables of people, companies and deals: everything that is done with their rows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from crmcli.domain.fields import PLURAL
from crmcli.errors import Refused
from crmcli.services.records import Query
from crmcli.tui.bindings import bindings_of
from crmcli.tui.keys.registry import PLACES
from crmcli.tui.screens.table_filtering import TableFiltering
from crmcli.tui.screens.table_views import TableViews
from crmcli.tui.stepping import Stepping
from crmcli.tui.targets import Target
from crmcli.tui.widgets.preview import Glance, Preview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize
    from textual.timer import Timer

    from crmcli.domain.views import DuplicatePair
    from crmcli.services.merging import Merge
    from crmcli.tui.screens.acting_screen import Deed
    from crmcli.tui.session import Session

_REST = 0.08  # seconds that the cursor rests before the pane follows it,
_LONGER = 0.25  # and until the store is asked for more than the table has
_MANY = 500  # records from which on a verb asks before it begins
_A_SECOND = 250  # records that are changed in about a second
_WIDE = 160
_GLANCED = 8
_MERGED = ("contact", "company", "deal")
_TWINS = ("contact", "company")


class RecordsScreen(Stepping, TableViews, TableFiltering):
    """A table with a pane beside it."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self._pane: bool | None = session.memory.get("table.preview")
        self._timer: Timer | None = None

    def beside(self) -> ComposeResult:
        """The record at the cursor."""
        yield Preview(self.paper)

    # -- the pane

    @property
    def preview(self) -> Preview:
        """The pane."""
        return self.query_one(Preview)

    def on_mount(self) -> None:
        """The pane is there where there is room."""
        self._show_pane()

    def on_resize(self, _event: Resize) -> None:
        """More room, or less."""
        if self.is_mounted:
            self._show_pane()
            self._glance_soon()

    def _show_pane(self) -> None:
        """Beside a table with rows only."""
        self.preview.display = self._has_pane and self.table.display

    @property
    def _has_pane(self) -> bool:
        return self.size.width >= _WIDE if self._pane is None else self._pane

    def action_preview(self) -> None:
        """Show the pane, or hide it; remembered."""
        self._pane = not self._has_pane
        self._show_pane()
        self.app.remember("table.preview", self._pane)
        self._glance_soon()

    def rows_changed(self) -> None:
        """The pane has nothing to show where there are none."""
        self._show_pane()

    def cursor_moved(self) -> None:
        """The pane follows when the cursor rests."""
        self._glance_soon()

    def _glance_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self.preview.display:
            self._timer = self.set_timer(_REST, self._glance)

    def _glance(self) -> None:
        number, view = self.table.number, self.table.record
        if view is None:
            if number is None:
                self.preview.show(None)
            return
        self.preview.show(Glance(self.noun, view))
        self._timer = self.set_timer(_LONGER, lambda: self._look_closer(view))

    def _look_closer(self, view: Any) -> None:  # noqa: ANN401 - any noun's view
        session, noun = self.session, self.noun
        self.read("glance", lambda: glance(session, noun, view), self._glanced_at)

    def _glanced_at(self, glance: Glance) -> None:
        if glance.record.number == self.table.number:
            self.preview.show(glance)

    # -- what is worked on

    def _target(self, number: int) -> Target:
        view = self.table.view_of(number)
        name = (getattr(view, "name", None) or getattr(view, "title", None) or "") if view is not None else ""
        return Target(self.noun, view.id if view is not None else str(number), number, name, view)

    def targets(self) -> list[Target]:
        """The marked records in the order of the table, those that it does not show last; else the one at the cursor."""
        marked = self.table.marked
        if marked:
            shown = [number for number in self.table.order if number in marked]
            rest = marked.difference(shown) if len(shown) < len(marked) else ()
            return [self._target(number) for number in (*shown, *sorted(rest))]
        number = self.table.number
        return [self._target(number)] if number is not None and self.table.display else []

    def action_open(self) -> None:
        """Open the record at the cursor, whatever is marked."""
        number = self.table.number
        if number is not None and self.table.display:
            target = self._target(number)
            self.app.open_record(target.noun, target.id)

    def begin(self, deed: Deed) -> None:
        """As everywhere; for very many records it asks first."""
        begin, count = super().begin, len(deed.targets)
        if count <= _MANY:
            begin(deed)
            return
        from crmcli.tui.modals.confirm import Confirm

        def agreed(yes: bool | None) -> None:
            if yes:
                begin(deed)

        question = f"{deed.verb.name.removesuffix(' of')}: {self._number(count)} {PLURAL[self.noun]}?"
        seconds = count // _A_SECOND
        takes = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"
        self.app.push_screen(Confirm(question, [f"it takes about {takes}, and u takes it back as one step"]), agreed)

    def _number(self, count: int) -> str:
        return self.session.locale.number(count, 0)

    # -- adding

    def action_new(self) -> None:
        """Add a record."""
        from crmcli.tui.modals.record_form import RecordForm

        self.ask(RecordForm(self.session, self.noun, None), f"{self.noun} added")

    def written(self, result: Any) -> None:  # noqa: ANN401 - what the service returned
        """The cursor goes to a record that was added; what a merge could not keep is told."""
        from crmcli.tui.table_files import said

        if getattr(result, "conflicts", None):
            self._tell_lost(result)
        if text := said(result):
            self.notify(text, timeout=6, markup=False)
        if getattr(result, "id", "").startswith(self.noun_prefix) and self.table.view_of(result.number) is None:
            self._follow = result.number

    @property
    def noun_prefix(self) -> str:
        """How the uids of the noun begin."""
        from crmcli.domain.fields import UID_PREFIX

        return f"{UID_PREFIX[self.noun]}_"

    def _tell_lost(self, merge: Merge) -> None:
        lost = [f"{each.field} {each.dropped}" for each in merge.conflicts]
        text = f"not kept: {', '.join(lost)} (u takes the merge back)"
        self.notify(text, severity="warning", timeout=8, markup=False)

    # -- two that are one

    def action_merge(self) -> None:
        """Merge the two that are marked, or the one at the cursor with one that looks like it."""
        numbers = [target.number for target in self.targets()]
        session, noun = self.session, self.noun
        if not numbers or len(numbers) > 2:
            error = Refused(f"{len(numbers)} {PLURAL[noun]} can't be merged", hint="mark two with space")
            self.post_message(self.Failed("merge can't be done", error))
        elif len(numbers) == 2:
            self.read("merge", lambda: session.tables.page(noun, numbers), self._ask_which_stays, opens=True)
        elif noun not in _TWINS:
            self.notify("mark the two deals that are one", timeout=3)
        else:
            self.read(
                "merge",
                lambda: doubles(session, noun, numbers[0]),
                lambda pairs: self._choose_double(numbers[0], pairs),
                opens=True,
            )

    def _choose_double(self, number: int, pairs: Sequence[DuplicatePair]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        if not pairs:
            self.notify(f"nobody looks like #{number}; mark two to merge them", timeout=4)
            return
        others = [(pair.b_number, pair.b) if pair.a_number == number else (pair.a_number, pair.a) for pair in pairs]
        choices = [
            Choice(str(other), f"#{other} {link.name}", f"{round(pair.score * 100)}%: {', '.join(pair.reasons)}")
            for (other, link), pair in zip(others, pairs, strict=True)
        ]
        session, noun = self.session, self.noun

        def chosen(other: str | None) -> None:
            if other is not None:
                both = [number, int(other)]
                self.read("merge", lambda: session.tables.page(noun, both), self._ask_which_stays, opens=True)

        self.app.push_screen(Picker(f"#{number} is the same as", choices), chosen)

    def _ask_which_stays(self, views: Mapping[int, Any]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        if len(views) < 2:
            self.notify("one of the two is gone", severity="warning", timeout=3)
            return
        one, other = views.values()

        def chosen(number: str | None) -> None:
            if number is not None:
                keep, lose = (one, other) if str(one.number) == number else (other, one)
                self._merge(keep, lose)

        choices = [Choice(str(view.number), f"#{view.number} {_name(view)}", _about(view)) for view in (one, other)]
        self.app.push_screen(Picker("which one stays?", choices), chosen)

    def _merge(self, keep: Any, lose: Any) -> None:  # noqa: ANN401 - two views
        self.table.unmark()
        records: Any = self.session.records(self.noun)
        said = f"#{lose.number} {_name(lose)} merged into #{keep.number} {_name(keep)}"
        self.write("they can't be merged", lambda: records.merge(keep.id, lose.id), said)

    # -- out of here

    def action_export(self) -> None:
        """Write the marked records, or all that are shown, into a file."""
        from crmcli.tui.modals.form import Form
        from crmcli.tui.table_files import export_fields, write_table

        marked = [target.number for target in self.targets()] if self.table.marked else list(self.table.order)
        if not marked:
            self.notify("nothing here to export", severity="warning", timeout=3)
            return
        session, noun, columns, paper = self.session, self.noun, list(self.column_names), self.paper()
        what = f"{self._number(len(marked))} {PLURAL[noun]}"
        form: Form[Any] = Form(
            f"export {what}", export_fields(noun),
            lambda answers: write_table(session, noun, marked, columns, answers, paper),
        )  # fmt: skip
        self.ask(form, f"{what} exported")

    # -- deals from stage to stage

    def action_move(self, step: int) -> None:
        """Move the deal at the cursor some stages on, or back."""
        step *= self.app.count.take()
        deal = self.table.record
        if len(self.table.marked) > 1:
            self.notify("m moves all that are marked", timeout=3)
        elif deal is not None and self.table.display:
            self.step(self._target(deal.number), step)


class ContactsScreen(RecordsScreen):
    """People."""

    noun = "contact"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("contacts")
    KEYS = PLACES["contacts"]


class CompaniesScreen(RecordsScreen):
    """Organisations."""

    noun = "company"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("companies")
    KEYS = PLACES["companies"]


class DealsScreen(RecordsScreen):
    """Deals as a table."""

    noun = "deal"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("deals")
    KEYS = PLACES["deals"]


def glance(session: Session, noun: str, view: Any) -> Glance:  # noqa: ANN401 - any noun's view
    """What the pane shows of a record."""
    about = {"contact": "contacts", "company": "company", "deal": "deal"}[noun]
    query = Query(f"{about}.number = {view.number}", sort="at", reverse=True, limit=_GLANCED)
    activities = list(islice(session.activities.list(query), _GLANCED))
    return Glance(noun, view, activities, doubles(session, noun, view.number) if noun in _TWINS else ())


def doubles(session: Session, noun: str, number: int) -> list[DuplicatePair]:
    """The records that may be the same as this one, the surest first."""
    from crmcli.services.duplicates import Duplicates

    return Duplicates(session.desk, {"contact": session.contacts, "company": session.companies}).like(noun, number)


def _name(view: Any) -> str:  # noqa: ANN401
    return str(getattr(view, "name", None) or view.title)


def _about(view: Any) -> str:  # noqa: ANN401
    """What tells two apart."""
    parts = [*getattr(view, "emails", ())[:1], *getattr(view, "websites", ())[:1], *getattr(view, "phones", ())[:1]]
    company = getattr(view, "company", None) or next(iter(getattr(view, "companies", ())), None)
    parts += [company.name] if company else []
    return ", ".join([*parts, f"added {view.created_at:%Y-%m-%d}"])

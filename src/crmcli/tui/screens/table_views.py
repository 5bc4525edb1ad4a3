"""Saved views of a table: opened, kept and deleted by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.tui.screens.table_arranging import TableArranging
from crmcli.tui.widgets.narrow_bar import NarrowBar
from crmcli.tui.windows import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.views import SavedView
    from crmcli.tui.session import Done

_VIEW, _USUAL, _KEEP, _DROP = "view ", "usual", "keep", "drop"


class TableViews(TableArranging):
    """A view is a filter, an order and columns under a name."""

    def reload(self) -> None:
        """Read again; the name of a view that is no more is not told any longer."""
        super().reload()
        if self.view_name:
            self.read("view", lambda: self.session.views.list(self.noun), self._drop_name)

    def _drop_name(self, views: Sequence[SavedView]) -> None:
        if all(view.name != self.view_name for view in views):
            self.view_name = ""
            self._tell()

    def action_views(self) -> None:
        """Open what was kept under a name."""
        self.read("views", lambda: self.session.views.list(self.noun), self._choose_view, opens=True)

    def _choose_view(self, views: Sequence[SavedView]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        known = {f"{_VIEW}{view.name}": view for view in views}
        choices = [Choice(value, view.name, _told(view)) for value, view in known.items()]
        choices += [
            Choice(_USUAL, "the usual table", "no filter, usual columns and order"),
            Choice(_KEEP, "keep this table …", "filter, order and columns under a name"),
        ]
        choices += [Choice(_DROP, "delete a view …", "undo brings it back")] if known else []

        def chosen(value: str | None) -> None:
            match value:
                case None:
                    return
                case "usual":
                    self.open_view(None)
                case "keep":
                    self.action_keep_view()
                case "drop":
                    self._drop_view(views)
                case _:
                    self.open_view(known[value])

        self.app.push_screen(Picker(f"views of {PLURAL[self.noun]}", choices, f"{_VIEW}{self.view_name}"), chosen)

    def open_view(self, view: SavedView | None) -> None:
        """Show the table as it was kept; None for the usual one."""
        self.view_name = view.name if view is not None else ""
        self.show_columns(view.columns if view is not None else ())
        self.query_one(NarrowBar).put("")
        self.load(Asked(view.filter, view.sort, view.reverse) if view is not None else Asked())
        self.keep_arrangement()

    def action_keep_view(self) -> None:
        """Keep filter, order and columns under a name."""
        from crmcli.tui.modals.form import Form, FormField

        views, noun, asked, columns = self.session.views, self.noun, self.wanted_table, list(self.column_names)

        def save(answers: Mapping[str, str]) -> SavedView:
            return views.save(
                noun, answers["name"], filter=asked.filter, sort=asked.sort, reverse=asked.reverse, columns=columns
            )

        form: Form[SavedView] = Form(
            "keep this table as a view",
            [FormField("name", "name", self.view_name, "my best customers", required=True)],
            save,
        )
        self.app.push_screen(form, self._view_kept)

    def _view_kept(self, done: Done | None) -> None:
        if done is not None:
            self.view_name = done.result.name
            self._tell()
            self.post_message(self.Written(done, f"view {self.view_name} kept"))

    def _drop_view(self, views: Sequence[SavedView]) -> None:
        from crmcli.tui.modals.picker import Choice, Picker

        def chosen(name: str | None) -> None:
            if name is not None:
                kept, noun = self.session.views, self.noun
                self.view_name = "" if name == self.view_name else self.view_name
                self.write("the view can't be deleted", lambda: kept.remove(noun, name), f"view {name} deleted")
                self._tell()

        choices = [Choice(view.name, "", _told(view)) for view in views]
        self.app.push_screen(Picker("delete which view?", choices), chosen)


def _told(view: SavedView) -> str:
    """What a view shows, in a line."""
    order = f"by {view.sort}{', descending' if view.reverse else ''}" if view.sort else ""
    return " · ".join(part for part in (view.filter, order) if part)

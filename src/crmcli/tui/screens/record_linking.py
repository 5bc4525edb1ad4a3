"""Links on a record's page: followed, added, taken off, opened outside, copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.tui.outside import go
from crmcli.tui.screens.record_reading import RecordReading
from crmcli.tui.targets import Target
from crmcli.tui.widgets.record_head import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmcli.services.pages import Relation
    from crmcli.tui.yanking import Yank


class RecordLinking(RecordReading):
    """People, companies, deals, addresses and files that a record is linked to."""

    def _open_link(self) -> None:
        line = self.links.line
        if line is None:
            return
        if line.id:
            self.app.open_record(line.noun, line.id)
        elif line.address:
            go(self, line.address)
        elif line.is_file:
            self.notify("only its name is kept here; the file itself is with the message in your mailbox", timeout=5)
        elif line.relation is not None and self.page is not None and self.page.is_live:
            self._ask_link()

    def _ask_link(self) -> None:
        line = self.links.line
        relation = line.relation if line is not None else None
        if relation is None:
            self.notify("go to a heading's links first: n adds one there", timeout=3)
            return
        from crmcli.tui.modals.form import Form, FormField

        assert self.page is not None
        noun, uid, chosen = self.page.noun, self.page.id, relation
        field = FormField("ref", relation.noun, example=_example(relation), completes=relation.noun, required=True)

        def save(answers: Any) -> Any:  # noqa: ANN401 - what the form gives
            return self.pages.link(noun, uid, chosen, answers["ref"].strip())

        self.ask(Form(f"{relation.name} of {name_of(self.page.record)}", [field], save), "linked")

    def _unlink(self) -> None:
        line = self.links.line
        if self.page is None or line is None or line.linked is None or line.relation is None:
            self.notify("no link here that could be taken off", timeout=3)
            return
        noun, uid, relation, other = self.page.noun, self.page.id, line.relation, line.linked
        self.write(
            "the link can't be taken off", lambda: self.pages.unlink(noun, uid, relation, other.id),
            f"{other.name} is not among its {relation.name} any more; u brings it back",
        )  # fmt: skip

    def _yank_link(self, noun: str, uid: str, address: str) -> Callable[[], Yank] | None:
        from crmcli.tui import yanking

        if address:
            return lambda: yanking.a_field("address", address)
        return (lambda: yanking.some_views(noun, [self.session.records(noun).get(uid)])) if uid else None

    def action_outside(self) -> None:
        """A link's address or ways out; elsewhere those of the record or the entry."""
        from crmcli.tui.outside import go_outside, ways

        line = self.links.line if self.pane == "links" else None
        if line is not None and line.address:
            go(self, line.address)
        elif line is not None and line.id:
            target = Target(line.noun, line.id, 0, "")
            self.read(
                "outside", lambda: ways(self.session, [target]), lambda found: go_outside(self, found), opens=True
            )
        else:
            super().action_outside()


def _example(relation: Relation) -> str:
    return {"contact": "e-mail or name; a new address is added", "company": "name or website; a new one is added"}.get(
        relation.noun, "title or number"
    )

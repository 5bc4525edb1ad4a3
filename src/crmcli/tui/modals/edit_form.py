"""The form of something that others may change meanwhile: of what both changed, both values are shown and the user decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from crmcli.errors import CrmError, Stale
from crmcli.tui.modals.conflict import ConflictDialog, Conflicting
from crmcli.tui.modals.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.tui.modals.fields import FormField
    from crmcli.tui.session import Session


class EditForm(Form[Any]):
    """A form that knows what it began with: ``view`` as it was read, or None when something new is made."""

    class Overtaken(Message):
        """Others changed it meanwhile; ``fresh`` is what they made of it."""

        def __init__(self, error: Stale, fresh: Any) -> None:  # noqa: ANN401 - its view
            super().__init__()
            self.error = error
            self.fresh = fresh

    def __init__(
        self,
        session: Session,
        noun: str,
        view: Any | None,  # noqa: ANN401 - its view
        title: str,
        fields: Sequence[FormField],
        save: Callable[[Mapping[str, str]], Any],
        *,
        about: tuple[str, str],
    ) -> None:
        self.session = session
        self.noun = noun
        self.view = view
        self._before = {field.name: field.value for field in fields}
        super().__init__(title, fields, save, about=about)

    # -- what is edited

    def read_view(self, uid: str) -> Any:  # noqa: ANN401
        """What is edited, as it is by now; raises CrmError."""
        raise NotImplementedError

    def text_in(self, name: str, view: Any) -> str:  # noqa: ANN401
        """A field of it as the form shows it."""
        raise NotImplementedError

    def merged(self, name: str, theirs: str) -> str | None:  # noqa: ARG002 - a chance for those that know better
        """What is typed, together with what others made of the field; None where the two exclude each other."""
        return None

    def row_name(self, field: str) -> str:
        """The row of the form where a field of the store is shown."""
        return field

    # -- changed by two

    def refused(self, error: CrmError) -> None:
        """What was changed by others meanwhile is read again, to show both."""
        if isinstance(error, Stale) and error.conflicts and self.view is not None:
            self._saving = True
            self.say("changed by others meanwhile …")
            self.run_worker(self._read_again(error), group="conflict")
        else:
            super().refused(error)

    async def _read_again(self, error: Stale) -> None:
        view = self.view
        assert view is not None
        try:
            fresh = await self.session.ask(lambda: self.read_view(view.id))
        except CrmError as other:
            self.post_message(self.Refused(other))
        else:
            self.post_message(self.Overtaken(error, fresh))

    def on_edit_form_overtaken(self, event: EditForm.Overtaken) -> None:
        """Both values of each field side by side."""
        event.stop()
        self._saving = False
        self.post_message(self.Whole())
        self.say("")
        fresh = event.fresh
        names = [name for conflict in event.error.conflicts if (name := self.row_name(conflict.field)) in self.rows]

        def settled(answer: dict[str, str] | None) -> None:
            if answer is not None:
                self._take_over(fresh, {name for name, whose in answer.items() if whose == "mine"})
                self.action_save()

        self._ask_whose(fresh, {name: self._before.get(name, "") for name in names}, settled)

    def brought_back(self, before: Mapping[str, str]) -> None:
        """What was typed over something that is another by now is asked about."""
        view = self.view
        changed = {name: text for name, text in before.items() if text.strip() != self._before.get(name, "").strip()}
        if view is None or not changed:
            return

        def settled(answer: dict[str, str] | None) -> None:
            for name, whose in (answer or {}).items():
                if whose == "theirs":
                    self.rows[name].put(self._before[name])

        self._ask_whose(view, changed, settled)

    def _ask_whose(
        self,
        fresh: Any,  # noqa: ANN401
        before: Mapping[str, str],
        settled: Callable[[dict[str, str] | None], None],
    ) -> None:
        disputed = [
            Conflicting(name, self.rows[name].field.label, text, self.text_in(name, fresh), self.rows[name].text)
            for name, text in before.items()
        ]
        who = getattr(fresh, "updated_by", None) or "someone"
        self.app.push_screen(ConflictDialog(f"{who} changed {name_of(self.noun, fresh)} meanwhile", disputed), settled)

    def before(self, name: str) -> str:
        """What the store held when the form was opened, or when it was read again."""
        return self._before[name] if self.view is not None else super().before(name)

    def _take_over(self, fresh: Any, mine: set[str]) -> None:  # noqa: ANN401
        """From here on the form is about what others left: what was not changed here, or given up, becomes theirs."""
        for name, row in self.rows.items():
            before, text, theirs = self._before.get(name, ""), row.text, self.text_in(name, fresh)
            merged = self.merged(name, theirs)
            if merged is not None:
                row.put(merged)
            elif text.strip() == before.strip() or name not in mine:
                kept_mine = text.strip() != before.strip() and theirs.strip() == before.strip()
                row.put(text if kept_mine else theirs)
            self._before[name] = theirs
        self.view = fresh


def name_of(noun: str, view: Any) -> str:  # noqa: ANN401
    """The number and the name of what is edited."""
    named = next((text for each in ("name", "title", "subject") if (text := getattr(view, each, None))), noun)
    return f"#{view.number} {named}"

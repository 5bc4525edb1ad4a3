"""The form of a verb, which may meet the changes of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from crmcli.errors import CrmError, Lacking, Stale
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.form import Form
from crmcli.tui.verbs import lacking_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.tui.modals.fields import FormField
    from crmcli.tui.session import Done

_NOTHING = "— nothing —"


class Save(Protocol):
    """Does it; ``anyway`` also where others changed the same meanwhile."""

    def __call__(self, answers: Mapping[str, str], /, *, anyway: bool) -> Any:  # noqa: ANN401
        """With what was answered."""


class VerbForm(Form[Any]):
    """What a verb asks; where others changed the same since it was opened, it tells what they made of it, and asks.

    What a stage requires beside it is asked for, too.
    """

    def __init__(
        self, title: str, fields: Sequence[FormField], save: Save, *, about: tuple[str, str] | None = None
    ) -> None:
        super().__init__(title, fields, lambda answers: save(answers, anyway=self._anyway), about=about)
        self._save_verb = save
        self._anyway = False

    def refused(self, error: CrmError) -> None:
        """Somebody was quicker: go on only if the user wants."""
        was_anyway, self._anyway = self._anyway, False
        if isinstance(error, Lacking) and (fields := lacking_fields(self.app.session, error)):
            self._ask_more(error.message, fields, was_anyway=was_anyway)
            return
        if not isinstance(error, Stale):
            super().refused(error)
            return
        self.say("")

        def answered(yes: bool | None) -> None:
            if yes:
                self._anyway = True
                self.action_save()

        question = Confirm(error.message, error.details or _both(error), yes="Go on anyway", no="Back to the form")
        self.app.push_screen(question, answered)

    def _ask_more(self, title: str, fields: Sequence[FormField], *, was_anyway: bool) -> None:
        self.say("")
        typed = self.values()

        def save(answers: Mapping[str, str], *, anyway: bool) -> Any:  # noqa: ANN401
            return self._save_verb({**typed, **answers}, anyway=anyway or was_anyway)

        def closed(done: Done | None) -> None:
            if done is not None:
                self._close(done)

        about = (f"{self.form_title}: {title}", "")  # what is typed for one deal is no draft for another
        self.app.push_screen(VerbForm(title, fields, save, about=about), closed)


def moved_meanwhile(error: Stale) -> Confirm:
    """The question whether a deal that others moved is moved all the same: where it was, is, and is wanted."""
    conflict = error.conflicts[0]
    details = (
        f"here it was in  {conflict.seen}",
        f"it is now in    {conflict.theirs}",
        f"you want it in  {conflict.ours}",
    )
    return Confirm(error.message, details, yes=f"Move to {conflict.ours}", no=f"Leave in {conflict.theirs}")


def _both(error: Stale) -> list[str]:
    """Both values of each field."""
    return [
        line
        for conflict in error.conflicts
        for line in (
            f"here it was  {conflict.seen or _NOTHING}",
            f"it is now    {conflict.theirs or _NOTHING}",
            f"you want     {conflict.ours or _NOTHING}",
        )
    ]

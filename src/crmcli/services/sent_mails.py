"""The messages that campaigns and sequences sent, as a timeline shows them among the activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.template_words import Occasion
from crmcli.errors import NotFound, TemplateFailed
from crmcli.store.queries.mails import Outcome, outcomes, posted
from crmcli.store.queries.templates import recipient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.domain.recipients import Recipient
    from crmcli.domain.views import Link
    from crmcli.services.rendering import Renderer
    from crmcli.services.templates import Templates
    from crmcli.store.queries.mails import Posted
    from crmcli.store.reader import Reader


class SentMail(NamedTuple):
    """A message as it went out: ``state`` is how far its person came, ``reason`` why, ``detail`` in whose words.

    ``number`` is that of its entry on a timeline; ``is_kept`` tells whether its campaign is still there.
    """

    number: int
    id: str
    at: datetime
    campaign: Link
    is_kept: bool
    subject: str
    address: str
    state: str
    reason: str | None
    detail: str | None


class SentMails:
    """The messages that are looked at."""

    def __init__(self, templates: Templates) -> None:
        self.desk = templates.desk
        self.templates = templates

    def page(self, numbers: Sequence[int]) -> dict[int, SentMail]:
        """The messages of these entries, by the number of the entry."""
        ledger = [-number for number in numbers]
        if not ledger:
            return {}
        with self.desk.reading() as reader:
            told = outcomes(reader, ledger)
            subjects = _Subjects(self.templates, reader)
            return {
                -each.number: _mail(each, told.get(each.number, Outcome()), subjects.of(each))
                for each in posted(reader, ledger)
            }


def _mail(each: Posted, outcome: Outcome, subject: str) -> SentMail:
    doubtful = each.status == "in_doubt" and outcome.state == "sent"
    return SentMail(
        -each.number, each.uid, each.at, each.campaign, each.is_kept, subject, each.address,
        "in doubt" if doubtful else outcome.state, outcome.reason, outcome.detail,
    )  # fmt: skip


class _Subjects:
    """Subjects as they are written for a person; what was sent is not kept, so the template is asked as it is now."""

    def __init__(self, templates: Templates, reader: Reader) -> None:
        self._templates = templates
        self._reader = reader
        self._renderers: dict[tuple[str, int, str | None], Renderer] = {}
        self._people: dict[int, Recipient] = {}

    def of(self, each: Posted) -> str:
        """The subject of a message, or the name of its template where it can't be written any more."""
        if each.template is None:
            return ""
        try:
            person = self._person(each.contact)._replace(email=each.address)
            on = each.at.astimezone(self._templates.desk.clock.zone).date()
            return self._renderer(each, each.template).subject(person, on)
        except (NotFound, TemplateFailed):
            return each.template_name or ""

    def _person(self, contact: int) -> Recipient:
        if contact not in self._people:
            self._people[contact] = recipient(self._reader, contact)
        return self._people[contact]

    def _renderer(self, each: Posted, template: int) -> Renderer:
        key = (each.campaign.id, template, each.subject)
        if key not in self._renderers:
            occasion = Occasion(each.campaign.name, each.code, each.objective, each.starts_on, each.ends_on)
            self._renderers[key] = self._templates.renderer(template, subject=each.subject, occasion=occasion)
        return self._renderers[key]

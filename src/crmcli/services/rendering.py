"""Messages out of templates: compiled once, then filled in for one person after another.

``Templates(desk, sender).renderer(name_or_number, subject=…, occasion=…)`` gives a ``Renderer``. Its ``render(recipient,
links)`` picks the wording in the person's language and gives subject, text and HTML, or raises ``TemplateFailed`` with the
reason, which is what a member that is skipped is told. ``links`` are the person's own: where to unsubscribe, and, when clicks
are counted, what turns an address into one that counts.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.naming import in_shell
from crmcli.domain.template_words import Occasion, Sender, chosen_locale
from crmcli.errors import TemplateFailed
from crmcli.services.wording.facts import campaign_facts, contact_facts, every, sender_facts
from crmcli.services.wording.filters import CURRENCY, LOCALE
from crmcli.services.wording.language import Broken, Fault, Part, syntax_fault
from crmcli.services.wording.page import html_of, inlined, page_of, squeezed, text_source, with_preheader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from crmcli.domain.recipients import Recipient
    from crmcli.domain.views import TemplateView

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ANCHOR = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"]*)(")', re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)


class Links(NamedTuple):
    """The links that are one person's own.

    ``unsubscribe`` is an ``https:`` or ``mailto:`` address. ``tracked``, when clicks are counted, turns the address of each
    link in the HTML (the one to unsubscribe aside) into one that counts. ``pixel`` is the address of a picture of one dot
    that counts openings.
    """

    unsubscribe: str
    tracked: Callable[[str], str] | None = None
    pixel: str = ""


class Rendered(NamedTuple):
    """A message as it goes to one person: a subject of one line, a text always, HTML if the template has any.

    ``locale`` is that of the wording that was chosen, ``template`` its number.
    """

    subject: str
    text: str
    html: str | None
    locale: str
    template: int


class Surroundings(NamedTuple):
    """What is the same for everybody; ``custom`` are the custom fields that contacts have, ``locale`` is the writer's own."""

    sender: Sender
    occasion: Occasion
    custom: Collection[str]
    today: Callable[[], date]
    locale: str = ""


class Wording:
    """One language of a template, compiled."""

    def __init__(self, view: TemplateView, custom: Collection[str], subject: str | None = None) -> None:
        """Compile all parts.

        Raises:
            Broken: one of them can't be compiled.
        """
        self.view = view
        self.subject = Part(view.subject if subject is None else subject, custom, html=False)
        try:
            page, text = _page(view), _text(view)
        except TemplateSyntaxError as error:
            raise Broken([syntax_fault(error)]) from error
        except ValueError as error:
            raise Broken([Fault(1, f"the HTML can't be read: {error}", "crm template edit … --html FILE")]) from error
        self.html = None if page is None else Part(page, custom, html=True)
        self.text = Part(text, custom, html=False)
        self.has_own_text = view.text is not None


def _page(view: TemplateView) -> str | None:
    """The page of a template before it is filled in; None when it has no HTML."""
    preheader = view.preheader or ""
    if view.markdown is not None:
        return page_of(html_of(view.markdown), view.locale, preheader, view.subject)
    if view.html is None:
        return None
    return inlined(with_preheader(view.html, preheader) if preheader else view.html)


def _text(view: TemplateView) -> str:
    """The text of a template before it is filled in: its own, else that of its Markdown or HTML."""
    if view.text is not None:
        return view.text
    if view.markdown is not None:
        return text_source(html_of(view.markdown), view.locale, with_footer=True)
    return text_source(view.html or "")


class Renderer:
    """A template in all its languages, ready to be filled in."""

    def __init__(
        self, name: str, views: Sequence[TemplateView], surroundings: Surroundings, subject: str | None = None
    ) -> None:
        self.name = name
        self._views = {view.locale: view for view in views}
        self._subject = subject
        self._surroundings = surroundings
        self._compiled: dict[str, Wording | Broken] = {}
        self._sender = sender_facts(surroundings.sender)
        self._occasion = campaign_facts(surroundings.occasion)
        self._no_custom = dict.fromkeys(surroundings.custom, "")

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales that there is a wording for; the empty one is for everybody else."""
        return tuple(self._views)

    def wording(self, locale: str) -> Wording:
        """The compiled wording for somebody of a locale.

        Raises:
            TemplateFailed: there is none, or it can't be compiled.
        """
        chosen = self._chosen(locale)
        if chosen not in self._compiled:
            self._compiled[chosen] = self._compile(chosen)
        found = self._compiled[chosen]
        if isinstance(found, Broken):
            fault = found.faults[0]
            raise TemplateFailed(
                self.name, f"{fault.problem} (line {fault.line})", hint=f"crm template check {in_shell(self.name)}"
            )
        return found

    def _chosen(self, locale: str) -> str:
        chosen = chosen_locale(locale, self.locales)
        if chosen is None:
            raise TemplateFailed(
                self.name, f"no wording for {locale or 'somebody without a locale'}, and none for everybody else"
            )
        return chosen

    def _compile(self, locale: str) -> Wording | Broken:
        try:
            return Wording(self._views[locale], self._surroundings.custom, self._subject)
        except Broken as broken:
            return broken

    def render(self, recipient: Recipient, links: Links) -> Rendered:
        """The message to one person.

        Raises:
            TemplateFailed: it can't be written for this person; ``reason`` says why.
        """
        wording = self.wording(recipient.locale)
        variables = self._variables(recipient, wording.view.locale, links.unsubscribe, self._surroundings.today())
        try:
            return self._written(wording, variables, links)
        except ValueError as error:
            raise TemplateFailed(self.name, str(error), hint=f"crm template check {in_shell(self.name)}") from error

    def subject(self, recipient: Recipient, on: date) -> str:
        """The subject alone of the message to one person on a day; nothing else is compiled.

        Raises:
            TemplateFailed: it can't be written for this person.
        """
        view = self._views[self._chosen(recipient.locale)]
        source = view.subject if self._subject is None else self._subject
        try:
            part = Part(source, self._surroundings.custom, html=False)
            return _one_line(part.written(self._variables(recipient, view.locale, "", on)))
        except (Broken, ValueError) as error:
            raise TemplateFailed(self.name, str(error), hint=f"crm template check {self.name}") from error

    def _variables(self, recipient: Recipient, locale: str, unsubscribe: str, today: date) -> dict[str, object]:
        contact = contact_facts(recipient, self._no_custom)
        variables = every(contact, self._sender, self._occasion, unsubscribe, today)
        variables[LOCALE] = self._tongue(recipient.locale, locale)
        variables[CURRENCY] = self._surroundings.sender.currency
        return variables

    def _written(self, wording: Wording, variables: dict[str, object], links: Links) -> Rendered:
        subject = _one_line(wording.subject.written(variables))
        text = _CONTROL.sub("", wording.text.written(variables))
        if not wording.has_own_text:
            text = squeezed(text)
        html = None if wording.html is None else _linked(_CONTROL.sub("", wording.html.written(variables)), links)
        return Rendered(subject, text, html, wording.view.locale, wording.view.number)

    def _tongue(self, theirs: str, ours: str) -> str:
        """The locale of greeting, dates and money: the person's own where the wording is in that language or in none said."""
        same = not ours or theirs.partition("_")[0].lower() == ours.partition("_")[0].lower()
        return (theirs if same else ours) or ours or self._surroundings.locale or "en_GB"


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _linked(html: str, links: Links) -> str:
    tracked = links.tracked
    if tracked is not None:
        html = _ANCHOR.sub(lambda found: _counted(found, tracked, links.unsubscribe), html)
    if links.pixel:
        picture = f'<img src="{escape(links.pixel)}" width="1" height="1" alt="" style="border:0">'
        ends = [found.start() for found in _END.finditer(html)]
        place = ends[-1] if ends else len(html)
        html = html[:place] + picture + html[place:]
    return html


def _counted(found: re.Match[str], tracked: Callable[[str], str], unsubscribe: str) -> str:
    address = unescape(found.group(2))
    if address == unsubscribe:
        return found.group()
    return f"{found.group(1)}{escape(tracked(address))}{found.group(3)}"

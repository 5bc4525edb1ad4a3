"""What is wrong with a template, and what could be better: everything that its text can tell before it is sent."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.link_syntax import link_fault
from crmcli.domain.subject_lines import LONGEST, subject_faults
from crmcli.domain.template_drafts import TemplateDraft
from crmcli.domain.template_words import chosen_locale
from crmcli.domain.views import TemplateFinding
from crmcli.errors import TemplateFailed
from crmcli.services.rendering import Links, Renderer
from crmcli.services.wording.language import faults_of
from crmcli.services.wording.page import html_of, marked
from crmcli.services.wording.sample import made_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmcli.domain.views import TemplateView
    from crmcli.services.rendering import Surroundings
    from crmcli.services.wording.page import Marked
    from crmcli.store.queries.templates import Spoken

_CLIPPED = 102 * 1024  # bytes of HTML, from which on Gmail shows the beginning alone
_LONGEST_LINE = 998  # bytes, RFC 5322
_GRAVITY = {"error": 0, "warning": 1, "info": 2}
_LINK = "https://acme.com/leave/preview"
_ADDRESS = re.compile(r"\bhttps?:[^\s<>\"']*", re.IGNORECASE)
_UNREAD = re.compile(r"\[[^\]\n]*\]\(([^)\n]*)\)?")  # a link of Markdown that was not read as one
_FOREIGN = re.compile(r"\*\|\w+\|\*|%%?[A-Z_]{3,}%%?|\[(?:FIRST|LAST|FULL)[ _]?NAME\]|<<\w+>>|\$\{\w+\}")
_STAND_IN = "v@v.vv"  # stands for a variable within an address: right in a host, in a path and in a mail address


class _Place(NamedTuple):
    """Where a finding is: in which wording, and how such a place is told."""

    view: TemplateView
    several: bool

    def told(self, part: str, line: int | None = None) -> str:
        """``bg: text line 3``."""
        language = f"{self.view.locale or 'default'}: " if self.several else ""
        return f"{language}{part}" if line is None else f"{language}{part} line {line}"


def check(
    views: Sequence[TemplateView], surroundings: Surroundings, custom: Mapping[str, object], people: Sequence[Spoken]
) -> list[TemplateFinding]:
    """All findings in all wordings, the gravest first."""
    found: list[TemplateFinding] = []
    for view in views:
        found += _Wording(_Place(view, len(views[0].locales) > 1), surroundings, custom).findings()
    found += _languages(views, people)
    return sorted(dict.fromkeys(found), key=lambda each: _GRAVITY[each.severity])


def _languages(views: Sequence[TemplateView], people: Sequence[Spoken]) -> Iterator[TemplateFinding]:
    there = views[0].locales
    if "" not in there and len(there) > 1:
        yield TemplateFinding(
            "warning", "languages", "nothing for those whose language has no wording: they are skipped",
            f"crm template add {views[0].name!r} … without --locale",
        )  # fmt: skip
    missing = [each for each in people if not chosen_locale(each.locale, (*there, ""))]
    if missing:
        told = ", ".join(f"{each.locale} ({each.people:,})" for each in missing)
        yield TemplateFinding(
            "info", "languages", f"no wording of their own for people in {told}",
            f"crm template add {views[0].name!r} … --locale {missing[0].locale}",
        )  # fmt: skip


class _Wording:
    """One wording, looked at from all sides."""

    def __init__(self, place: _Place, surroundings: Surroundings, custom: Mapping[str, object]) -> None:
        self.view = place.view
        self.place = place
        self.surroundings = surroundings
        self.custom = custom

    def findings(self) -> Iterator[TemplateFinding]:
        """Everything found in it."""
        faults = list(self._language())
        yield from faults
        yield from self._subject()
        yield from self._parts()
        if not any(fault.severity == "error" for fault in faults):
            yield from self._links()
            yield from self._pictures()
            yield from self._rendered()

    def _language(self) -> Iterator[TemplateFinding]:
        for part in TemplateDraft._fields:
            source = getattr(self.view, part) or ""
            single = part in ("subject", "preheader")
            for fault in faults_of(source, self.custom):
                where = self.place.told(part, None if single else fault.line)
                yield TemplateFinding("error", where, fault.problem, fault.remedy)

    def _subject(self) -> Iterator[TemplateFinding]:
        fixed = _fixed(self.view.subject)
        for severity, problem, remedy in subject_faults(fixed if fixed.strip() else self.view.subject):
            yield TemplateFinding(severity, self.place.told("subject"), problem, remedy)

    def _parts(self) -> Iterator[TemplateFinding]:
        view = self.view
        own = {part: getattr(view, part) for part in ("text", "html") if getattr(view, part)}
        if view.text is None:
            yield self._warning("text", "no text part of its own: it is made from the HTML", "--text FILE")
        for part, source in own.items():
            if "unsubscribe_url" not in source:
                yield TemplateFinding(
                    "error", self.place.told(part), "no link to unsubscribe", "write {{ unsubscribe_url }}"
                )
            if "sender.address" not in source and not self._has_address(source):
                yield self._warning(part, "no postal address of the sender", "write {{ sender.address }}")
        if not self.surroundings.sender.address and (view.markdown or any("sender.address" in s for s in own.values())):
            remedy = "crm config set marketing.address …"
            yield self._warning(
                "markdown" if view.markdown else next(iter(own)), "your postal address is not set", remedy
            )
        yield from self._foreign()

    def _has_address(self, source: str) -> bool:
        address = " ".join(self.surroundings.sender.address.split())
        return bool(address) and address in " ".join(source.split())

    def _foreign(self) -> Iterator[TemplateFinding]:
        for part in TemplateDraft._fields:
            source = getattr(self.view, part) or ""
            for found in dict.fromkeys(_FOREIGN.findall(source)):
                where = self.place.told(part, _line(source, found))
                yield TemplateFinding(
                    "warning", where, f"{found} is sent as it is", "write {{ contact.given_name }} or the like"
                )

    def _links(self) -> Iterator[TemplateFinding]:
        view = self.view
        if view.text:
            words = marked(view.text)
            addresses = [each.rstrip(".,;:!?)]}'") for each in _ADDRESS.findall(words.text)]
            yield from self._faulty("text", view.text, words, addresses)
        part, source = ("markdown", view.markdown) if view.markdown else ("html", view.html)
        if source:
            words = marked(html_of(source) if part == "markdown" else source)
            seen = _seen(words.text)
            yield from self._faulty(part, source, words, seen.links)
            if part == "markdown":
                yield from self._unread(source, words, seen.text)

    def _faulty(self, part: str, source: str, words: Marked, addresses: Iterable[str]) -> Iterator[TemplateFinding]:
        for address in dict.fromkeys(addresses):
            fault = None if words.begins_with_value(address) else link_fault(words.replaced(address, _STAND_IN))
            if fault:
                shown = words.restored(address)
                told = f"the link {shown} {fault}" if shown.strip() else f"a link {fault}"
                where = self.place.told(part, _line(source, shown) if shown.strip() else None)
                yield TemplateFinding("error", where, told, "correct it")

    def _unread(self, source: str, words: Marked, text: str) -> Iterator[TemplateFinding]:
        for found in _UNREAD.finditer(text):
            shown = words.restored(found.group())
            fault = link_fault(words.replaced(found.group(1), _STAND_IN)) or "is not written as Markdown has it"
            where = self.place.told("markdown", _line(source, shown.partition("(")[0]))
            yield TemplateFinding(
                "error", where, f"the link {shown} {fault}", "write [words](https://…) without spaces"
            )

    def _pictures(self) -> Iterator[TemplateFinding]:
        part, source = ("markdown", self.view.markdown) if self.view.markdown else ("html", self.view.html)
        if not source:
            return
        words = marked(html_of(source) if part == "markdown" else source)
        for picture in _seen(words.text).without_words:
            shown = words.restored(picture)
            told = f"the picture {shown} has no words for those who don't see it"
            yield self._warning(
                part, told, "![words](…)" if part == "markdown" else 'alt="words", alt="" for an ornament', shown
            )

    def _rendered(self) -> Iterator[TemplateFinding]:
        person = made_up(self.view.locale or self.surroundings.locale, self.custom)
        only = self.view._replace(locale="")
        try:
            made = Renderer(self.view.name, [only], self.surroundings).render(person, Links(_LINK))
        except TemplateFailed as failed:
            yield TemplateFinding(
                "error", self.place.told("message"), f"for somebody made up: {failed.reason}", "use default(…)"
            )
            return
        if not made.subject:
            yield TemplateFinding(
                "error", self.place.told("subject"), "is empty for somebody made up", "use default(…)"
            )
        if len(made.subject) > LONGEST and len(_fixed(self.view.subject)) <= LONGEST:
            told = f"has {len(made.subject)} characters for somebody made up; mail programs cut it at {LONGEST}"
            yield self._warning("subject", told, "shorten it")
        if not made.text.strip():
            yield TemplateFinding("error", self.place.told("text"), "nothing stands in it", "--text FILE")
        yield from self._size(made.html or "")
        for part in ("text", "html"):
            yield from self._long_lines(part, getattr(made, part) or "")

    def _size(self, html: str) -> Iterator[TemplateFinding]:
        size = len(html.encode())
        if size > _CLIPPED:
            told = f"is {size / 1024:,.0f} kB; mail programs show the first 102 kB alone"
            yield self._warning("html", told, "shorten it, or put pictures on the web")

    def _long_lines(self, part: str, text: str) -> Iterator[TemplateFinding]:
        longest = max((len(line.encode()) for line in text.split("\n")), default=0)
        if longest > _LONGEST_LINE:
            told = f"has a line of {longest:,} bytes; mail allows {_LONGEST_LINE}"
            yield self._warning(part, told, "break it; it is encoded when it is sent")

    def _warning(self, part: str, finding: str, remedy: str, shown: str = "") -> TemplateFinding:
        source = getattr(self.view, part, None) or ""
        where = self.place.told(part, _line(source, shown) if shown and shown in source else None)
        return TemplateFinding("warning", where, finding, remedy)


def _fixed(subject: str) -> str:
    """The words of a subject that are the same for everybody; all of it when it can't be read."""
    try:
        words = marked(subject)
    except TemplateSyntaxError:
        return subject
    return words.replaced(words.text, "")


def _line(source: str, shown: str) -> int | None:
    place = source.find(shown)
    return source.count("\n", 0, place) + 1 if place >= 0 and shown else None


class _Reader(HTMLParser):
    """Gathers where links lead, pictures without words, and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.without_words: list[str] = []
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        """All text, also in the middle of a link."""
        return "".join(self.pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link or a picture."""
        held = dict(attrs)
        if tag in ("a", "area") and "href" in held:
            self.links.append(held["href"] or "")
        if tag == "img":
            if "src" in held:
                self.links.append(held["src"] or "")
            if "alt" not in held or (held["alt"] == "" and not held.get("width") and not held.get("role")):
                self.without_words.append(held.get("src") or "")

    def handle_data(self, data: str) -> None:
        """Note some text."""
        self.pieces.append(data)


def _seen(html: str) -> _Reader:
    reader = _Reader()
    with suppress(AssertionError, ValueError):  # the parser gives up on some marked sections
        reader.feed(html)
        reader.close()
    return reader

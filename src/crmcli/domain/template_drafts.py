"""What a caller wants of a template, read and checked."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.naming import read_name
from crmcli.domain.template_words import normal_locale
from crmcli.domain.text import is_text, tidy
from crmcli.errors import BadValue

_LONGEST_NAME, _LONGEST_SUBJECT, _LONGEST_PART = 100, 500, 500_000
_LOCALE = "language and country, as bg_BG"


class TemplateDraft(NamedTuple):
    """A new wording, or what to change of one; None is left as it is, the empty text empties."""

    subject: str | None = None
    preheader: str | None = None
    text: str | None = None
    markdown: str | None = None
    html: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The parts that are told."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def read_template_name(text: str) -> str:
    """A template's name; raises BadValue."""
    return read_name(text, _LONGEST_NAME, "tp")


def read_locale(text: str) -> str:
    """A locale as it is kept: ``bg_BG`` for ``bg-bg``; the empty text is everybody's. Raises BadValue."""
    if not text.strip() or text.strip().lower() == "default":
        return ""
    kept = normal_locale(text)
    language, *others = kept.split("_")
    shaped = language.isascii() and language.isalpha() and len(language) in (2, 3)
    if not shaped or not all(other.isascii() and other.isalnum() and 2 <= len(other) <= 8 for other in others):
        raise BadValue("locale", f"{text!r} is no locale", hint=f"{_LOCALE}; default for everybody else")
    return kept


def read_parts(draft: TemplateDraft) -> TemplateDraft:
    """The parts with Unix line ends; raises BadValue for one that is no text or too long, and for two kinds of HTML."""
    if draft.markdown and draft.html:
        raise BadValue("html", "the HTML is made from the Markdown", hint="give --markdown or --html")
    read = {name: _part(name, value) for name, value in draft.parts.items()}
    return draft._replace(**read)


def _part(name: str, value: str) -> str:
    if not is_text(value):
        raise BadValue(name, "is no text that can be kept")
    if name in ("subject", "preheader"):
        line = " ".join(tidy(value).split())
        if len(line) > _LONGEST_SUBJECT:
            raise BadValue(name, f"has more than {_LONGEST_SUBJECT} characters")
        return line
    if len(value) > _LONGEST_PART:
        raise BadValue(name, f"has more than {_LONGEST_PART:,} characters")
    return value.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff") if value.strip() else ""

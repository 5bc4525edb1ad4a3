"""The words of templates: every variable and filter there is, and what the facts behind them are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Word(NamedTuple):
    """A variable or a filter: how it is written, and what stands there afterwards."""

    name: str
    about: str


class Sender(NamedTuple):
    """Who writes: what ``sender.…`` says, and the currency of amounts that name none."""

    name: str = ""
    email: str = ""
    company: str = ""
    address: str = ""
    currency: str = "EUR"


class Occasion(NamedTuple):
    """What a message is sent for: what ``campaign.…`` says."""

    name: str = ""
    code: str = ""
    objective: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


VARIABLES = (
    Word("contact.name", "full name"),
    Word("contact.given_name", "given name"),
    Word("contact.family_name", "family name"),
    Word("contact.prefix", "what stands before the name: Dr, Frau"),
    Word("contact.title", "job title"),
    Word("contact.email", "the address that the message goes to"),
    Word("contact.company", "name of the primary company"),
    Word("contact.locale", "language and country: bg_BG"),
    Word("contact.timezone", "time zone: Europe/Sofia"),
    Word("contact.custom.KEY", "a custom field; contact.custom['two words'] too"),
    Word("sender.name", "your name, from smtp.from"),
    Word("sender.email", "your address, from smtp.from"),
    Word("sender.company", "your company, from marketing.company"),
    Word("sender.address", "its postal address, from marketing.address"),
    Word("campaign.name", "name of the campaign"),
    Word("campaign.code", "its code"),
    Word("campaign.objective", "its objective"),
    Word("campaign.starts_on", "its first day"),
    Word("campaign.ends_on", "its last day"),
    Word("unsubscribe_url", "the person's own link that takes them off the list"),
    Word("today", "the day on which it is written"),
)
FILTERS = (
    Word("greeting", "contact | greeting: Dear Jane, in the person's language; greeting('formal') too"),
    Word("date", "today | date: as the person's country writes it; date('full'), 'long', 'medium' or 'short'"),
    Word("money", "1200 | money('EUR'): as the person's country writes it; your currency when none is named"),
    Word("number", "12000.5 | number: as the person's country writes it"),
    Word("default", "contact.company | default('your company'): what to say when there is nothing"),
    Word("title", "Every Word Begins With A Capital"),
    Word("capitalize", "the first letter is a capital, the others are small"),
    Word("upper", "capitals"),
    Word("lower", "small letters"),
    Word("trim", "without white space around it"),
    Word("truncate", "contact.title | truncate(30): cut to so many characters"),
    Word("first", "the first of several"),
    Word("last", "the last of several"),
    Word("length", "how many there are"),
    Word("join", "contact.custom.interests | join(', '): several in one text"),
    Word("round", "a number to so many decimals"),
    Word("int", "a whole number"),
    Word("urlencode", "a value as a part of an address"),
)
FILTER_NAMES = tuple(word.name for word in FILTERS)
GROUPS = {
    group: tuple(word.name.partition(".")[2] for word in VARIABLES if word.name.startswith(f"{group}."))
    for group in ("contact", "sender", "campaign")
}
SINGLE = tuple(word.name for word in VARIABLES if "." not in word.name)


def normal_locale(text: str) -> str:
    """A locale as it is kept: ``bg_BG`` for ``bg-bg`` and ``bg_BG.UTF-8``, ``zh_Hant_TW``; the empty text stays."""
    parts = [part for part in text.strip().partition(".")[0].replace("-", "_").split("_") if part]
    language, *others = parts or [""]
    return "_".join([language.lower(), *(other.title() if len(other) == 4 else other.upper() for other in others)])


def chosen_locale(wanted: str, there: tuple[str, ...]) -> str | None:
    """Which of the locales that there are is for somebody: ``bg_BG``, ``bg``, the only other Bulgarian one, everybody's, the only one."""
    exact = normal_locale(wanted)
    parts = exact.split("_")
    for length in range(len(parts), 0, -1):
        if "_".join(parts[:length]) in there:
            return "_".join(parts[:length])
    kin = of_language(parts[0], there)
    if len(kin) == 1:
        return kin[0]
    if "" in there:
        return ""
    return there[0] if len(there) == 1 else None


def of_language(language: str, there: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the locales that there are which are of a language, whatever the country; none for everybody's."""
    return tuple(each for each in there if language and each.partition("_")[0] == language)


UNSUBSCRIBE = {
    "en": "Unsubscribe", "bg": "Отписване", "pl": "Wypisz się", "de": "Abmelden", "fr": "Se désabonner",
    "es": "Darse de baja", "it": "Annulla l'iscrizione", "ru": "Отписаться", "uk": "Відписатися", "zh": "退订",
    "ja": "配信停止", "ar": "إلغاء الاشتراك", "hi": "सदस्यता समाप्त करें", "tr": "Abonelikten çık", "pt": "Cancelar inscrição",  # noqa: RUF001
    "nl": "Afmelden", "cs": "Odhlásit se", "ro": "Dezabonare", "el": "Διαγραφή",
}  # fmt: skip
_RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi")


def unsubscribe_word(locale: str) -> str:
    """What the link that takes somebody off the list is called."""
    return UNSUBSCRIBE.get(locale.partition("_")[0], UNSUBSCRIBE["en"])


def is_right_to_left(locale: str) -> bool:
    """Whether the language is written from right to left."""
    return locale.partition("_")[0] in _RIGHT_TO_LEFT

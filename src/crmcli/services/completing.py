"""What a field may be completed to: people, companies, labels, users and the texts that records hold already."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, LOST_REASONS, Kind, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.store.queries.completion import column_values, custom_values, every_name, last_change, records_named
from crmcli.store.queries.fields import PLACES, Own
from crmcli.store.queries.refs import custom_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.domain.fields import Field
    from crmcli.domain.filter_tree import FilterContext
    from crmcli.services.desk import Desk
    from crmcli.store.queries.completion import Known
    from crmcli.store.reader import Reader

_NAMED = ("contact", "company", "deal")
_FEW = {
    "tag": "tag",
    "stage": "stage",
    "pipeline": "pipeline",
    "campaign": "campaign",
    "segment": "segment",
    "template": "template",
}
# A word that stands for the same field of several nouns.
_SHARED = {
    "source": ("contact.source", "deal.source"), "country": ("company.country",), "industry": ("company.industry",),
    "lost_reason": ("deal.lost_reason",),
}  # fmt: skip
_KEPT_SECONDS = 30.0
_OF_KIND = {
    Kind.TAG: "tag",
    Kind.USER: "owner",
    Kind.STAGE: "stage",
    Kind.PIPELINE: "pipeline",
    Kind.SEGMENT: "segment",
}
# Texts of one's own, which no other record says in the same words.
_OWN_WORDS = frozenset(
    {"name", "address", "note", "body", "subject", "next_step", "outcome", "lost_note", "id", "thread", "attachments",
     "external_id"}
)  # fmt: skip


class Suggestion(NamedTuple):
    """A value that a field takes, and what is said beside it."""

    value: str
    about: str = ""


class _Kept(NamedTuple):
    change: int
    at: float
    values: list[str]


class Completing:
    """What fits what was typed, the beginnings first, whatever case and accents.

    The different texts of a field are kept between calls, and read again when the store has changed meanwhile.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._kept: dict[str, _Kept] = {}

    def values(self, kind: str, typed: str, limit: int = 8) -> list[Suggestion]:
        """The values of a kind that fit what was typed.

        A kind is ``contact``, ``company``, ``deal``, ``tag``, ``owner``, ``stage``, ``pipeline``, ``campaign``, ``segment``,
        ``template``, ``source``, ``country``, ``industry``, ``lost_reason``, a text field of a noun as
        ``contact.title``, or its custom field as ``deal.custom.KEY``.
        """
        with self.desk.reading() as reader:
            if kind in _NAMED:
                return [_suggestion(kind, known) for known in records_named(reader, kind, typed.strip(), limit)]
            return [Suggestion(value) for value in fitting(self._texts(reader, kind), typed, limit)]

    def filter_context(self) -> FilterContext:
        """What a filter's meaning depends on just now."""
        from crmcli.domain.filter_tree import FilterContext

        desk = self.desk
        with desk.reading() as reader:
            return FilterContext(desk.clock.local(), desk.user, custom_keys(reader), desk.currency, desk.locale)

    def _texts(self, reader: Reader, kind: str) -> Iterable[str]:
        if kind == "owner":
            return dict.fromkeys(("me", *every_name(reader, "app_user")))
        if kind in _FEW:
            return every_name(reader, _FEW[kind])
        listed = LOST_REASONS if kind == "lost_reason" else ()
        places = _SHARED.get(kind, (kind,))
        return dict.fromkeys((*listed, *(text for place in places for text in self._vocabulary(reader, place))))

    def _vocabulary(self, reader: Reader, place: str) -> list[str]:
        change, now = last_change(reader), time.monotonic()
        kept = self._kept.get(place)
        if kept is None or (kept.change != change and now - kept.at > _KEPT_SECONDS):
            kept = self._kept[place] = _Kept(change, now, _read(reader, place))
        return kept.values


def completed_by(field: Field, noun: str) -> str:
    """The kind of values that ``Completing`` knows for a field; none for what is a choice, a measure or one's own words."""
    if field.kind is Kind.LINK:
        return "campaign" if field.noun == "membership" else field.noun if field.noun in (*_NAMED, "campaign") else ""
    if field.kind in _OF_KIND:
        return _OF_KIND[field.kind]
    if field.name == "campaign":
        return "campaign"
    is_own = field.name in _OWN_WORDS or (noun, field.name) == ("deal", "title")
    if field.kind is Kind.TEXT and not is_own and noun in FIELDS and isinstance(PLACES[noun].get(field.name), Own):
        return field.name if field.name in _SHARED else f"{noun}.{field.name}"
    return ""


def _read(reader: Reader, place: str) -> list[str]:
    noun, _, name = place.partition(".")
    if noun not in FIELDS:
        return []
    if name.startswith("custom."):
        return custom_values(reader, noun, name.removeprefix("custom."))
    field = find_field(noun, name)
    known = field is not None and isinstance(PLACES[noun].get(field.name), Own)
    return column_values(reader, noun, field.name) if field is not None and known else []


def fitting(texts: Iterable[str], typed: str, limit: int) -> list[str]:
    """The texts that begin with what was typed, then those in which every word typed begins a word."""
    start = fold(typed)
    words = start.split()
    begun, within = [], []
    for text in texts:
        folded = fold(text)
        if folded.startswith(start):
            begun.append(text)
        elif all(_begins_a_word(folded, word) for word in words):
            within.append(text)
        if len(begun) >= limit:
            break
    return (begun + within)[:limit]


def _begins_a_word(folded: str, word: str) -> bool:
    return any(part.startswith(word) for part in folded.replace("-", " ").split())


def _suggestion(noun: str, known: Known) -> Suggestion:
    """The surest name that a form takes for a record: an e-mail, a name that no other has, or else its number."""
    if noun == "contact" and known.first:
        return Suggestion(known.first, _joined((known.name, known.second)))
    if known.is_only and not _reads_otherwise(known.name):
        return Suggestion(known.name, _joined((known.first, known.second)))
    return Suggestion(f"#{known.number}", _joined((known.name, known.first, known.second)))


def _reads_otherwise(name: str) -> bool:
    """Whether a reference spelled like the name could mean another record: a number, an address."""
    from crmcli.domain.people import looks_like

    return name.lstrip("#").isdecimal() or looks_like(name) != "text"


def _joined(parts: Sequence[str | None]) -> str:
    return " · ".join(part for part in parts if part)

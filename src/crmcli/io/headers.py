"""Column titles into fields: which field of a noun a header means, in the words of the programs people come from.

A header is matched by its letters and digits alone (``E-mail Address``, ``email_address``, ``EmailAddress``), against
the words listed here and nothing else: a title that is not listed becomes a custom field, it is never guessed at.

A target is a field's name (``emails``), a field of a linked record (``company.websites``), a custom field
(``custom.product``) or one of IMPORTED, which only an import can set.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, Field, Kind, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, nearest
from crmcli.errors import BadValue
from crmcli.io.titles import NOUN_WORDS, TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CUSTOM = "custom."
IGNORED = ("-", "ignore")

# What an import sets besides the fields a command sets.
_RECORD_IMPORTED = {
    "id": "the uid that it has here, as ct_01J8…",
    "external_id": "id in the system it came from",
    "created_at": "when it was made there",
}
IMPORTED: dict[str, dict[str, str]] = {
    "contact": {
        "given": "given name",
        "middle": "middle name",
        "family": "family name",
        "prefix": "what stands before the name, as Dr.",
        "suffix": "what stands after the name, as Jr.",
        **_RECORD_IMPORTED,
    },
    "company": _RECORD_IMPORTED,
    "deal": {
        "close_date": "when it was closed, or for an open deal when it should be",
        "closed_at": "when it was won or lost",
        "lost_reason": "why it was lost",
        **_RECORD_IMPORTED,
    },
    "activity": {"done_at": "when it was done", **_RECORD_IMPORTED},
}
# Linked records whose fields a row can name, by the word before the dot.
LINKED: dict[str, tuple[str, ...]] = {
    "contact": ("company",),
    "company": (),
    "deal": ("company", "contact"),
    "activity": ("company", "contact", "deal"),
}

# A lone "Имя" holds the whole name, beside "Фамилия" only the first; "Nom" beside "Prénom" only the last.
_GIVEN_BESIDE_FAMILY = ("име", "имя", "nombre")
_FAMILY_BESIDE_GIVEN = {"name": "vorname", "nom": "prénom"}


_PRICED = re.compile(
    r"(.*?[^\W_])\s*(?:\s(?:in|en|w|в|във)\s+)?([(\[_,/:\-]?)\s*(?:in\s+)?((?<![^\W_])[A-Za-z]{3}|[^\s()\[\]_,/:\-]{1,4})\s*[)\]]?"
)


class _Match(NamedTuple):
    """What a header means, and how surely: the lowest ``rank`` has the field."""

    target: str
    rank: tuple[int, int]


def match_headers(noun: str, headers: Sequence[str]) -> dict[str, str]:
    """Each header's target; those whose meaning is unknown or taken by a likelier column become custom fields."""
    found = {header: match for header in headers if (match := _match(noun, header))}
    targets = {header: match.target for header, match in found.items()}
    if noun == "contact":
        _tell_names_apart(targets)
    _lift_contacts(targets)
    winners = _winners(noun, targets, {header: match.rank for header, match in found.items()})
    _drop_loose_links(winners)
    return _with_custom(headers, winners)


def overlaid(
    headers: Sequence[str], matched: Mapping[str, str], known: Mapping[str, str], *, noun: str
) -> dict[str, str]:
    """The targets after those that are ``known`` of some headers; ``-`` leaves one out.

    Of two columns for one value the first known one has it, and the others become custom fields.
    """
    placed: dict[str, str] = {}
    for header in sorted(headers, key=lambda header: header not in known):
        target = known.get(header) or matched[header]
        if _is_many(noun, target) or target not in placed.values():
            placed[header] = target
    shown = [header for header in headers if known.get(header) not in IGNORED]
    placed = {header: placed[header] for header in shown if header in placed}
    _drop_loose_links(placed)
    return _with_custom(shown, placed)


def losers(noun: str, headers: Sequence[str], placed: Mapping[str, str]) -> dict[str, str]:
    """The headers whose field a likelier column has, with that field."""
    taken = set(placed.values())
    found = {}
    for header in headers:
        match = _match(noun, header)
        if match and placed.get(header, "").startswith(CUSTOM) and match.target in taken:
            found[header] = match.target
    return found


def apply_mapping(
    headers: Sequence[str], matched: Mapping[str, str], overrides: Mapping[str, str], *, noun: str
) -> dict[str, str]:
    """The targets after the user's ``COLUMN=FIELD`` words; a column sent to ``-`` or ``ignore`` is left out.

    A column that loses its field to an override becomes a custom field. Raises BadValue for an unknown column or
    field, and for two columns sent to one field that holds one value.
    """
    chosen: dict[str, str | None] = {}
    for column, field in overrides.items():
        header, target = _find_column(headers, column), resolve_target(noun, field)
        rival = next((h for h, t in chosen.items() if t and t == target and not _is_many(noun, t)), None)
        if rival is not None:
            raise BadValue("map", f"{rival!r} and {header!r} both go to {target}, which holds one value")
        chosen[header] = target
    taken = {target for target in chosen.values() if target and not _is_many(noun, target)}
    kept = {h: t for h, t in matched.items() if h not in chosen and t not in taken}
    dropped = {header for header, target in chosen.items() if target is None}
    placed = kept | {header: target for header, target in chosen.items() if target}
    return _with_custom([header for header in headers if header not in dropped], placed)


def resolve_target(noun: str, text: str, *, flag: str = "map") -> str | None:
    """The target a user means by ``email``, ``company.name`` or ``custom.KEY``; None for ``-`` and ``ignore``.

    Raises BadValue, blaming ``flag``, for a field that ``noun`` does not have.
    """
    name = text.strip()
    if name.lower() in IGNORED:
        return None
    if name.lower().startswith(CUSTOM) and name[len(CUSTOM) :].strip():
        return CUSTOM + custom_key(name[len(CUSTOM) :])
    link, dot, last = name.lower().partition(".")
    if dot and link == noun:
        return _field_name(noun, last, flag)
    if dot and link in LINKED[noun]:
        return f"{link}.{_field_name(link, last, flag, before=f'{link}.')}"
    return _field_name(noun, name, flag)


def custom_key(header: str) -> str:
    """The header as a custom field's key: case folded, every run of anything but letters and digits one ``_``."""
    text = unicodedata.normalize("NFC", header).casefold()
    spread = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return "_".join(spread.split()) or "column"


def targets_of(noun: str) -> tuple[str, ...]:
    """Every target an import of ``noun`` can fill, but for linked records' fields and custom fields."""
    return tuple(field.name for field in FIELDS[noun] if not field.computed) + tuple(IMPORTED[noun])


def _field_name(noun: str, word: str, flag: str, *, before: str = "") -> str:
    """The name of the field that the word means; ``before`` is what leads to it in the hint of an error."""
    wanted = word.strip().lower().replace("-", "_")
    field = find_field(noun, wanted)
    if field and not field.computed:
        return field.name
    if wanted in IMPORTED[noun]:
        return wanted
    if field:
        raise BadValue(flag, f"{field.name} is worked out, it cannot be imported")
    close = nearest(wanted, [*targets_of(noun), *(f.flag for f in FIELDS[noun] if f.flag)])
    hint = f"did you mean {before}{close}?" if close else f"there are: {', '.join(targets_of(noun))}."
    raise BadValue(flag, f"{noun} has no field {word.strip()!r}", hint=f"{hint} {CUSTOM}KEY makes a custom field")


def _find_column(headers: Sequence[str], column: str) -> str:
    if column in headers:
        return column
    alike = [header for header in headers if letters(header) == letters(column)]
    if len(alike) == 1:
        return alike[0]
    reason = f"{column!r} may be {' or '.join(map(repr, alike))}" if alike else f"there is no column {column!r}"
    raise BadValue("map", reason, hint=f"the columns are: {', '.join(headers)}")


def letters(text: str) -> str:
    """What two spellings of a title have in common: its letters and digits, folded."""
    return "".join(c for c in fold(text) if c.isalnum())


def unnumbered(header: str) -> str:
    """The letters of a title, without the number in it: ``E-mail 2 - Value`` is an ``E-mail - Value``."""
    return "".join(c for c in letters(header) if not c.isdecimal())


@cache
def _titles(noun: str) -> dict[str, _Match]:
    """Every title that means a field of ``noun``, by its letters; a title listed twice means the first."""
    titles: dict[str, _Match] = {}
    for target, words in TITLES[noun].items():
        # A field's own name always means it, if no likelier title is there.
        spellings = words.split(",") if "." in target else [*words.split(","), target]
        for rank, title in enumerate(map(letters, spellings)):
            titles.setdefault(title, _Match(target, (0, rank)))
    return titles


def _match(noun: str, header: str) -> _Match | None:
    """The target of a header: as it stands, without the noun before it, or without the number in it."""
    text = letters(header)
    bare = unnumbered(header)
    for doubt, spelling in enumerate((text, bare if len(bare) > 2 else "")):
        match = _titles(noun).get(spelling) or _match_after_noun(noun, spelling)
        if match:
            return _Match(match.target, (2 * doubt + match.rank[0], match.rank[1]))
    named = priced_title(header)
    match = _match(noun, named[0]) if named else None
    field = find_field(noun, match.target) if match else None
    return _Match(match.target, (1, match.rank[1])) if match and field and field.kind is Kind.MONEY else None


def priced_title(header: str) -> tuple[str, str] | None:
    """A title such as ``Value (USD)``, ``Amount in EUR`` or ``Betrag €`` without its currency, and the currency's word."""
    from crmcli.domain.money import CURRENCIES, is_currency_sign

    found = _PRICED.fullmatch(header.strip())
    if found is None:
        return None
    title, mark, word = found.groups()
    is_code = word.upper() in CURRENCIES and (word.isupper() or mark in ("(", "[", "_"))
    return (title, word.upper() if is_code else word) if is_code or is_currency_sign(word) else None


def _match_after_noun(noun: str, text: str) -> _Match | None:
    for word in NOUN_WORDS[noun]:
        match = _titles(noun).get(text.removeprefix(word)) if text.startswith(word) else None
        if match and "." not in match.target:
            return _Match(match.target, (1, match.rank[1]))
    for word in NOUN_WORDS["company"] if noun != "company" else ():
        match = _titles("company").get(text.removeprefix(word)) if text.startswith(word) else None
        if match and match.target not in ("name", "owner", "parent", *_RECORD_IMPORTED):
            return _Match(f"company.{match.target}", (1, match.rank[1]))
    return None


def _tell_names_apart(targets: dict[str, str]) -> None:
    """Turns a column for whole names into one for given or family names where its neighbours say so."""
    by_letters = {letters(header): header for header, target in targets.items() if target in ("name", "given")}
    if "family" in targets.values():
        for word in _GIVEN_BESIDE_FAMILY:
            if (header := by_letters.get(letters(word))) is not None:
                targets[header] = "given"
        return
    for word, beside in _FAMILY_BESIDE_GIVEN.items():
        if word in by_letters and letters(beside) in by_letters:
            targets[by_letters[word]] = "family"


def _lift_contacts(targets: dict[str, str]) -> None:
    """Makes a person's e-mail, else name, the link to them where no column is: one person, however many columns."""
    present = set(targets.values())
    if "contacts" in present:
        return
    chosen = next((target for target in ("contact.emails", "contact.name") if target in present), None)
    for header, target in targets.items():
        if target == chosen:
            targets[header] = "contacts"


def _winners(noun: str, targets: Mapping[str, str], ranks: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """The targets without the columns that lose a field of one value to a likelier column."""
    best: dict[str, str] = {}
    for header, target in targets.items():
        if target not in best or ranks[header] < ranks[best[target]]:
            best[target] = header
    return {h: t for h, t in targets.items() if best[t] == h or _is_many(noun, t)}


def _drop_loose_links(targets: dict[str, str]) -> None:
    """Takes out fields of a linked record that no column of the row names."""
    present = set(targets.values())
    named = {
        "company": present & {"company", "companies", "company.websites", "company.external_id"},
        "contact": present & {"contacts", "contact.external_id"},
        "deal": present,
    }
    for header, target in list(targets.items()):
        link, dot, _ = target.partition(".")
        if dot and link in named and not named[link]:
            del targets[header]


def _is_many(noun: str, target: str) -> bool:
    link, dot, last = target.partition(".")
    field: Field | None = find_field(link, last) if dot and link in FIELDS else find_field(noun, target)
    return field is not None and field.many


def _with_custom(headers: Sequence[str], targets: Mapping[str, str]) -> dict[str, str]:
    """A target for every header, in the order of the file: those without one become custom fields of their own."""
    used = set(targets.values())
    complete: dict[str, str] = {}
    for header in headers:
        target = targets.get(header)
        if target is None:
            target = _free(CUSTOM + custom_key(header), used)
            used.add(target)
        complete[header] = target
    return complete


def _free(target: str, used: set[str]) -> str:
    name, count = target, 1
    while name in used:
        count += 1
        name = f"{target}_{count}"
    return name

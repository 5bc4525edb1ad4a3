"""What a column of an unknown title may mean, by what it holds: said only where nearly all values say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmcli.services.importing.mapping import Cell

ENOUGH = 0.8  # of the values
_FEWEST = 3  # values, for what could be chance
_EMAIL = re.compile(r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+|.*<[^\s@<>]+@[\w-]+(?:\.[\w-]+)+>")
_PROFILES = {
    "linkedin": re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:in|pub)/\S+", re.I),
    "x": re.compile(r"(?:https?://)?(?:www\.|mobile\.)?(?:twitter|x)\.com/\w+/?(?:\?\S*)?", re.I),
    "bluesky": re.compile(r"(?:https?://)?bsky\.app/profile/\S+", re.I),
    "telegram": re.compile(r"(?:https?://)?(?:t|telegram)\.me/\w+/?", re.I),
}
_SITE = re.compile(
    r"(?:https?://|www\.)[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/?", re.I
)
_PHONE = re.compile(r"(?:\+|00|\(|0)[\d\s().\-/]{6,22}(?:(?:x|ext\.?|доб\.?|wew\.?)\s*\d+)?", re.I)
_MARK_OR_CODE = r"(?:[$€£¥₴₽₺₹]|zł|лв\.?|руб\.?|Kč|kr\.?|Fr\.?|CHF|EUR|USD|GBP|BGN|PLN|RUB|CZK|SEK|NOK|DKK|HUF|RON)"  # noqa: RUF001
_AMOUNT = r"-?\d[\d\s.,'’\u00a0]*"  # noqa: RUF001
_MONEY = re.compile(rf"{_MARK_OR_CODE}\s*{_AMOUNT}|{_AMOUNT}\s*{_MARK_OR_CODE}", re.I)
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[T ].*)?|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2})(?:\s.*)?")
_TAGS = re.compile(r"[^,;|\d]{1,24}(?:[,;|][^,;|\d]{1,24})*")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?\.?")  # noqa: RUF001
_NO_NAME = frozenset(
    (
        "ltd", "llc", "inc", "corp", "corporation", "company", "co", "gmbh", "ag", "kg", "sa", "sas", "sarl", "sl", "srl",
        "spa", "bv", "nv", "oy", "ab", "as", "aps", "plc", "group", "holding", "bank", "hotel", "university", "street",
        "road", "avenue", "city", "ооо", "оао", "ао", "зао", "ип", "еоод", "оод", "ад",  # noqa: RUF001
    )
)  # fmt: skip


class Guess(NamedTuple):
    """Targets of headers by what their columns hold, and what to tell the user about that."""

    targets: dict[str, str]
    doubts: list[str]


class _Kind(NamedTuple):
    """A sort of value: how one is told, the fields it could go to by noun, and how it is called."""

    called: str
    fits: Callable[[str], bool]
    fields: Mapping[str, tuple[str, ...]]
    fewest: int = 1
    together: Callable[[Sequence[str]], bool] = bool  # what all values must be besides


def guessed(
    noun: str,
    titled: Mapping[str, str],
    headers: Sequence[str],
    rows: Sequence[Mapping[str, Cell]],
    stages: Callable[[], Iterable[str]],
) -> Guess:
    """The meaning of the ``headers`` whose titles say nothing; a field that a column has already is not given twice."""
    taken = set(titled.values())
    guess = Guess({}, [])
    for header in headers:
        values = [cell.strip() for row in rows if isinstance(cell := row.get(header, ""), str) and cell.strip()]
        for kind in _kinds(noun, stages):
            if len(values) >= kind.fewest and _share(kind.fits, values) >= ENOUGH and kind.together(values):
                field = next((f for f in kind.fields.get(noun, ()) if _is_free(noun, f, taken)), None)
                if field is not None:
                    taken.add(field)
                    guess.targets[header] = field
                    guess.doubts.append(f"{header!r} holds {kind.called}: taken as {field}")
                elif kind.called == "dates":
                    guess.doubts.append(f"column {header!r} looks like dates but goes to {titled[header]}, a text")
                break
    return guess


def _kinds(noun: str, stages: Callable[[], Iterable[str]]) -> tuple[_Kind, ...]:
    """The sorts of value, those that are hardest to mistake first."""
    beside = {"deal": ("contacts", "contact.emails"), "activity": ("contacts", "contact.emails")}
    phones = {
        "contact": ("phones",),
        "company": ("phones",),
        "deal": ("contact.phones",),
        "activity": ("contact.phones",),
    }
    kinds = [_Kind("e-mail addresses", _whole(_EMAIL), {"contact": ("emails",), **beside})]
    kinds += [
        _Kind(f"profiles on {network}", _whole(shape), {"contact": (network,)}) for network, shape in _PROFILES.items()
    ]
    kinds += [
        _Kind("dates", _whole(_DATE), {"activity": ("at",)}, _FEWEST),
        _Kind("phone numbers", _is_phone, phones),
        _Kind("websites", _whole(_SITE), {"company": ("websites",)}),
        _Kind("amounts", _whole(_MONEY), {"deal": ("value",)}),
    ]
    if noun == "deal":
        known = {fold(name) for name in stages()}
        kinds.append(_Kind("stages", lambda text: fold(text) in known, {"deal": ("stage",)}, _FEWEST))
        kinds.append(_Kind("currencies", _is_currency, {"deal": ("currency",)}, _FEWEST))
    if noun == "company":
        kinds.append(_Kind("countries", _is_country, {"company": ("country",)}, _FEWEST))
    kinds.append(_Kind("names of people", _is_name, {"contact": ("name",)}, _FEWEST, _are_many))
    kinds.append(_Kind("labels", _whole(_TAGS), dict.fromkeys(FIELDS, ("tags",)), _FEWEST, _are_labels))
    return tuple(kinds)


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _share(fits: Callable[[str], bool], values: Sequence[str]) -> float:
    return sum(map(fits, values)) / len(values)


def _are_many(values: Sequence[str]) -> bool:
    """Whether values differ as names do, and as kinds and places don't."""
    return len(set(values)) * 2 > len(values)


def _are_labels(values: Sequence[str]) -> bool:
    """Whether lists of words are of few words that come again and again."""
    words = [fold(word) for value in values for word in re.split(r"[,;|]", value)]
    return len(words) >= 1.3 * len(values) and len(set(words)) * 2 <= len(words)


def _is_free(noun: str, target: str, taken: set[str]) -> bool:
    """Whether a field can have one more column: it holds several values, or has none; a name, if no part of one is there."""
    link, dot, name = target.partition(".")
    if dot and not taken & {link, f"{link}s"}:
        return False
    if target == "name":
        return not taken & {"name", "given", "family"}
    if target in ("contacts", "stage", "value"):
        return target not in taken
    field = find_field(link, name) if dot else find_field(noun, target)
    return (field is not None and field.many) or target not in taken


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None and not _DATE.fullmatch(text) and sum(map(str.isdigit, text)) >= 7


def _is_currency(text: str) -> bool:
    from crmcli.domain.money import read_currency
    from crmcli.errors import BadValue

    try:
        return len(text) == 3 and text.isupper() and bool(read_currency(text))
    except BadValue:
        return False


def _is_country(text: str) -> bool:
    from crmcli.domain.countries import is_country

    return is_country(text)


def _is_name(text: str) -> bool:
    """Two or three words that each begin with a capital letter, none of which is of a company or a street."""
    words = text.replace("-", " ").split()
    return (
        2 <= len(words) <= 4
        and all(word[0].isupper() and _LETTERS.fullmatch(word) for word in words)
        and not all(word.isupper() for word in words)
        and not any(fold(word.strip(".")) in _NO_NAME for word in words)
    )

"""The files of one import of many: from a plan that the user wrote, or as they lie in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import ConfigError, CrmError, NotFound
from crmcli.io.drop_folder import is_unfinished
from crmcli.services.importing.options import LISTS, NAMES, NUMBERS, PAIRS, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAIL = "mail"
_MAIL_NAMES = ("owner_address", "deal", "create_contacts", "keep_unmatched")
_NOUNS = {**{plural: noun for noun, plural in PLURAL.items()}, **{noun: noun for noun in PLURAL}, MAIL: MAIL}
_PLAN = ("source", "order")
_ORDERS = ("dependency", "as written")
# Companies come before those who work there, and so on; calendars and mail name people, and make none of them.
_BEFORE = {noun: place for place, noun in enumerate(("company", "contact", "deal", "activity", MAIL))}
LAST = (len(_BEFORE), True)
_CALENDARS = (".ics", ".ical", ".ifb")
_MAIL_ENDINGS = (".mbox", ".eml")
_OURS = (".rejects.csv", ".error.txt")


class Part(NamedTuple):
    """One file of several: what it holds, and what its import is told, by the names of the options."""

    noun: str
    path: Path
    given: Mapping[str, Any]

    @property
    def rank(self) -> tuple[int, bool]:
        """Its place among the others, so that each finds what it points to."""
        return _BEFORE[self.noun], self.path.suffix.lower() in _CALENDARS


class LeftOut(NamedTuple):
    """A file that is not imported, and why."""

    path: Path
    reason: str


def in_order(parts: Iterable[Part]) -> list[Part]:
    """Files in the order in which one can point to another."""
    return sorted(parts, key=lambda part: part.rank)


# -- a folder


def parts_of_folder(
    folder: Path, given: Mapping[str, Any], likely: Callable[[Path], str | None]
) -> tuple[list[Part], list[LeftOut]]:
    """The files of a folder that can be told what they are, and those that are left out; ``likely`` tells a file's noun."""
    found, left_out = [], []
    shared = {**given, "usual_source": source_of(folder)}
    for path in sorted(folder.iterdir()):
        if is_unfinished(path.name):
            continue
        noun, reason = likely_part(path, likely)
        if noun is None:
            left_out.append(LeftOut(path, reason))
        else:
            found.append(Part(noun, path, shared))
    return in_order(found), left_out


def source_of(folder: Path) -> str:
    """The name of the system from which the files of a folder come, so that they find each other by its numbers."""
    return folder.resolve().name.replace(":", "_") or "files"


def likely_part(path: Path, likely: Callable[[Path], str | None]) -> tuple[str | None, str]:
    """What a file or folder of mail holds, or why that is not known."""
    if path.is_dir():
        return (MAIL, "") if (path / "cur").is_dir() else (None, "a folder")
    if path.name.lower().endswith(_OURS):
        return None, "what an earlier import has said"
    if path.suffix.lower() in _MAIL_ENDINGS:
        return MAIL, ""
    try:
        noun = likely(path)
    except CrmError as error:
        return None, error.message
    return noun, "" if noun else "neither its name nor its titles say what it holds"


# -- a plan


def parts_of_plan(path: Path) -> list[Part]:
    """The files that a plan names, in the order of their import; raises NotFound, or ConfigError naming file and line."""
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        raise NotFound(f"no file {path}") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return _Plan(path, text, document).parts()


class _Plan:
    """A plan as it is read; each complaint names the line."""

    def __init__(self, path: Path, text: str, document: dict[str, Any]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._document = document

    def parts(self) -> list[Part]:
        files = self._document.pop("file", [])
        if not isinstance(files, list) or not all(isinstance(each, dict) for each in files):
            raise self._wrong(None, "file", "files stand in tables: [[file]]")
        order = self._document.pop("order", _ORDERS[0])
        if order not in _ORDERS:
            raise self._wrong(None, "order", f"{order!r} is neither {' nor '.join(map(repr, _ORDERS))}")
        shared = self._options(None, self._document, (*_PLAN, *NAMES))
        if not files:
            raise ConfigError(f"{self._path} names no file", hint="[[file]] with noun and path")
        parts = [self._part(number, each, shared) for number, each in enumerate(files)]
        return parts if order == _ORDERS[1] else in_order(parts)

    def _part(self, number: int, said: dict[str, Any], shared: Mapping[str, Any]) -> Part:
        own = dict(said)
        noun, place = own.pop("noun", None), own.pop("path", None)
        if noun not in _NOUNS:
            raise self._wrong(number, "noun", f"{noun!r} is none of {', '.join(_NOUNS)}" if noun else "noun is missing")
        if not isinstance(place, str) or not place:
            raise self._wrong(number, "path", "path is missing")
        is_mail = _NOUNS[noun] == MAIL
        given = self._options(number, own, _MAIL_NAMES if is_mail else NAMES)
        if "stage_map" in given and _NOUNS[noun] != "deal":
            raise self._wrong(number, "stage_map", "stage_map is for deals")
        given = given if is_mail else {"usual_source": source_of(self._path.parent), **shared, **given}
        if given.get("rejects"):
            given["rejects"] = str(self._beside(given["rejects"]))
        return Part(_NOUNS[noun], self._beside(place), given)

    def _beside(self, place: str) -> Path:
        """A path as the plan means it: relative to where the plan lies."""
        return self._path.parent / Path(place).expanduser()

    def _options(self, number: int | None, said: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
        found = {}
        for key, value in said.items():
            name = key.replace("-", "_")
            if name not in known:
                also = ("noun", "path") if number is not None else ("file",)
                near = nearest(name, [*known, *also])
                hint = f"did you mean {near}?" if near else f"one of {', '.join([*also, *known])}"
                raise self._wrong(number, key, f"there is no {key!r}", hint)
            found[name] = self._value(number, key, name, value)
        return found

    def _value(self, number: int | None, key: str, name: str, value: Any) -> Any:  # noqa: ANN401 - of TOML
        if name in PAIRS and isinstance(value, dict):
            value = [f"{left}={'-' if right is False else right}" for left, right in value.items()]
        if name in (*LISTS, *PAIRS, "owner_address") and isinstance(value, str):
            value = [value]
        kind: tuple[type, str]
        if name in (*LISTS, *PAIRS, "owner_address"):
            kind = (list, "a list of texts")
        elif name in (*SWITCHES, "keep_unmatched"):
            kind = (bool, "true or false")
        else:
            kind = (int, "a whole number") if name in NUMBERS else (str, "a text")
        is_sound = type(value) is kind[0] and (type(value) is not list or all(type(each) is str for each in value))
        if not is_sound:
            raise self._wrong(number, key, f"{key} is {kind[1]}")
        return value

    def _wrong(self, number: int | None, key: str, message: str, hint: str | None = None) -> ConfigError:
        return ConfigError(f"{self._path}:{self._line(number, key)}: {message}", hint=hint)

    def _line(self, number: int | None, key: str) -> int:
        """The line of a key: at the top, or in the file's table of that number."""
        table, begun = -1, 1
        for line, text in enumerate(self._lines, 1):
            bare = text.replace(" ", "")
            if bare.startswith("[[file]]"):
                table += 1
                begun = line if table == number else begun
            is_here = table == -1 if number is None else table == number
            name = bare.replace('"', "").replace("'", "").lstrip("[")
            if is_here and (name.startswith((f"{key}=", f"{key}]", f"{key}.", f"file.{key}"))):
                return line
        return begun

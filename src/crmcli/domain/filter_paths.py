"""The path of a condition: from the record over its links to a field or a custom key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, Field, Kind, find_field
from crmcli.domain.filter_fields import FILTERED, find_filtered
from crmcli.domain.filter_tree import Path
from crmcli.domain.filter_words import did_you_mean, filter_error, one_line, unescaped
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import loosened, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmcli.domain.filter_tree import Text
    from crmcli.domain.filter_words import Token
    from crmcli.errors import FilterError

MAX_LINKS = 6


class PathReader:
    """Finds what the names of a path stand for; its errors point into the text of the filter."""

    def __init__(self, text: str, noun: str, custom: Mapping[str, frozenset[str]]) -> None:
        self._text = text
        self._noun = noun
        self._custom = custom

    def read(self, token: Token) -> Path:
        """The path that the word names; raises FilterError."""
        return self._walk(_segments(token), Path((), None, None, self._noun), token)

    def read_on(self, path: Path, which: Text, token: Token) -> Path:
        """The path that goes on from one record of a link, as ``.status`` after ``campaign("Spring")``."""
        assert path.field is not None
        links = (*path.links, path.field)
        narrowed = (*path.narrowed, *[None] * (len(path.links) - len(path.narrowed)), which)
        first, *rest = _segments(token)
        if first.text or not rest:
            message = f"a field must follow '{path}(…)'"
            raise self._error(message, token.column, f".{FILTERED[path.field.noun][0].name}, without a space before it")
        return self._walk(rest, Path(links, None, None, path.field.noun, narrowed), token)

    def custom_of(self, token: Token) -> Path | None:
        """The custom field that the word names, where otherwise it is a field that only filters have."""
        name = token.text
        if self._noun not in FIELDS or find_field(self._noun, name) or not find_filtered(self._noun, name):
            return None
        key = match_key(self._custom.get(self._noun, frozenset()), name)
        return Path((), None, key, self._noun) if key is not None else None

    def _walk(self, segments: list[_Segment], path: Path, token: Token) -> Path:
        """The path of the names, after the links of ``path``."""
        links, noun = path.links, path.noun
        while len(links) <= MAX_LINKS:
            field = self._field(noun, segments[0])
            total = _total(noun, field, segments)
            if field and (len(segments) == 1 or total):
                return path._replace(links=links, field=total or field, noun=noun)
            if field is None or field.kind is not Kind.LINK:
                return path._replace(links=links, custom=self._custom_key(noun, field, segments), noun=noun)
            links, noun, segments = (*links, field), field.noun, segments[1:]
        raise self._error(f"a path crosses at most {MAX_LINKS} links", token.column)

    def _field(self, noun: str, segment: _Segment) -> Field | None:
        if not segment.text.strip():
            raise self._error("a field name is missing", segment.column, field_list(noun))
        return find_filtered(noun, segment.text)

    def _custom_key(self, noun: str, field: Field | None, segments: list[_Segment]) -> str:
        """The custom key the segments name; ``field`` is what the first of them names otherwise."""
        known = self._custom.get(noun, frozenset())
        if segments[0].text.lower() == "custom" and len(segments) > 1:
            key = match_key(known, ".".join(s.text for s in segments[1:]))
            if key is None:
                raise self._unknown_custom(noun, known, segments[1:])
            return key
        key = match_key(known, ".".join(s.text for s in segments))
        if key is None:
            raise self._not_a_link(noun, field, segments[1]) if field else self._unknown_field(noun, known, segments[0])
        return key

    def _not_a_link(self, noun: str, field: Field, beyond: _Segment) -> FilterError:
        links = ", ".join(f.name for f in FILTERED[noun] if f.kind is Kind.LINK)
        message = f"{field.name} is not a link, so it has no field '{one_line(beyond.text)}'"
        return self._error(message, beyond.column, f"links of {noun}: {links}")

    def _unknown_custom(self, noun: str, known: frozenset[str], segments: list[_Segment]) -> FilterError:
        key = ".".join(s.text for s in segments)
        near = nearest(key[:100], list(known))
        suggestion = did_you_mean(f"custom.{_as_typed(near)}" if near else None)
        listed = ", ".join(sorted(map(_as_typed, known)))
        hint = f"custom fields of {noun}: {listed}" if known else f"{noun} has none yet"
        return self._error(f"{noun} has no custom field '{one_line(key)}'{suggestion}", segments[0].column, hint)

    def _unknown_field(self, noun: str, known: frozenset[str], segment: _Segment) -> FilterError:
        meant = (
            colon_form(noun, segment.text) or _over_a_link(noun, segment.text) or _nearest_name(noun, known, segment)
        )
        message = f"{noun} has no field '{one_line(segment.text)}'{did_you_mean(meant)}"
        return self._error(message, segment.column, field_list(noun, known))

    def _error(self, message: str, column: int, hint: str | None = None) -> FilterError:
        return filter_error(message, self._text, column, hint)


class _Segment(NamedTuple):
    """One name of a path."""

    text: str
    column: int


def _total(noun: str, link: Field | None, segments: list[_Segment]) -> Field | None:
    """The field that adds up what is at the end of a link, as ``deal.won_value``."""
    if link is None or link.kind is not Kind.LINK or len(segments) != 2:
        return None
    return find_filtered(noun, f"{link.flag or link.name}.{segments[1].text}")


def _segments(token: Token) -> list[_Segment]:
    """The names between the dots of a path; a dot inside backticks belongs to the name."""
    import re

    name = re.compile(r"(?:`(?:\\.|[^`\\])*`|[^.`])*", re.DOTALL)
    found: list[_Segment] = []
    position = 0
    while position <= len(token.text):
        match = name.match(token.text, position)
        raw = match[0] if match else ""
        quoted = len(raw) > 1 and raw[0] == raw[-1] == "`"
        found.append(_Segment(unescaped(raw[1:-1]) if quoted else raw, token.column + position))
        position += len(raw) + 1
    return found


def field_list(noun: str, custom: Iterable[str] = ()) -> str:
    """The remedy for a name that is no field: those that are."""
    names = [field.name for field in FILTERED[noun]]
    return f"fields of {noun}: {', '.join(names + sorted(map(_as_typed, custom)))}"


def colon_form(noun: str, word: str) -> str | None:
    """``tag = vip`` for ``tag:vip``."""
    name, colon, rest = word.partition(":")
    return f"{name} = {rest}" if colon and rest and find_filtered(noun, name) else None


def _over_a_link(noun: str, word: str) -> str | None:
    """``company.industry`` for ``industry`` where only a linked record has one."""
    links = (field for field in FILTERED[noun] if field.kind is Kind.LINK)
    return next((f"{link.flag or link.name}.{word}" for link in links if find_filtered(link.noun, word)), None)


def _nearest_name(noun: str, known: frozenset[str], segment: _Segment) -> str | None:
    names = [name for field in FILTERED[noun] for name in (field.name, field.flag) if name]
    written = segment.text.lower()[:100]
    near = nearest(written, names + [_as_typed(key) for key in known])
    # A name that is there is no correction of itself: then it is what follows its dot that was wrong.
    return None if near == written else near


def _as_typed(key: str) -> str:
    """A custom key as it can stand in a filter."""
    plain = all(c.isalnum() or c in "_-" for c in key)
    return key if plain else "`" + key.replace("\\", "\\\\").replace("`", "\\`") + "`"


def match_key(known: Collection[str], wanted: str) -> str | None:
    """The known key spelled like this, else the only one that differs just in case, accents or ``-``, ``_``, space."""
    if wanted in known:
        return wanted
    alike = [key for key in known if loosened(key) == loosened(wanted)]
    return alike[0] if len(alike) == 1 else None

"""Formulas of segments: whole groups put together and taken from each other, as ``a + b - c``.

They are read from left to right: `+` brings everyone of a segment in, `-` leaves everyone of it out.
"""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue

_HINT = "--formula 'a + b - c', a name that holds + or - in quotes"


class Term(NamedTuple):
    """A segment of a formula, and whether its people come in (+) or stay out (-)."""

    sign: str
    name: str


def read_formula(text: str) -> tuple[Term, ...]:
    """The segments of a formula by name; raises BadValue."""
    import re

    terms: list[Term] = []
    sign, words = "+", list[str]()
    for word in [*re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+|"', text), "+"]:
        if word == '"':
            raise BadValue("formula", "a quote is never closed", hint=_HINT)
        if word not in ("+", "-"):
            words.append(re.sub(r'\\(["\\])', r"\1", word[1:-1]) if word[0] == '"' else word)
            continue
        if not words:
            raise BadValue(
                "formula", f"a segment is missing {f'after {sign}' if terms else 'at its beginning'}", hint=_HINT
            )
        terms.append(Term(sign, " ".join(words)))
        sign, words = word, []
    return tuple(terms)


def written(terms: tuple[Term, ...]) -> str:
    """The formula as it can be read again."""
    first, *rest = terms
    return " ".join([as_word(first.name), *(f"{term.sign} {as_word(term.name)}" for term in rest)])


def as_word(name: str) -> str:
    """A segment's name as it can stand in a formula: in quotes where it would be read as more than a name."""
    plain = '"' not in name and not any(word in ("+", "-") for word in name.split()) and name == " ".join(name.split())
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def formula_of(included: tuple[str, ...], excluded: tuple[str, ...]) -> tuple[Term, ...]:
    """Everyone of the segments included but for those of the segments excluded."""
    if not included:
        raise BadValue("exclude", "there is nobody to leave out", hint="--include a segment, --filter or --formula")
    return tuple([Term("+", name) for name in included] + [Term("-", name) for name in excluded])

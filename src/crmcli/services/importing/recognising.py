"""What records a file holds, when nobody says so: by its format, the system it comes from, its name, or its titles."""

# ruff: noqa: RUF001 - letters of two alphabets look alike
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.text import fold, word_set
from crmcli.io.headers import match_headers
from crmcli.io.presets import recognised

if TYPE_CHECKING:
    from crmcli.io.table import Table

_WORDS = {
    "contact": word_set(
        "contact contacts people persons person lead leads subscribers kontakt kontakte kontakty контакт контакти"
        " контакты хора люди osoby personen contacto contactos personas personnes"
    ),
    "company": word_set(
        "company companies account accounts organization organizations organisation organisations firm firms firma"
        " firmen firmy unternehmen компания компании фирма фирми фирмы организации entreprises societes empresas organizacje"
    ),
    "deal": word_set(
        "deal deals opportunity opportunities pipeline сделка сделки angebote verkaufschancen szanse opportunites"
        " oportunidades negocios affaires transakcje"
    ),
    "activity": word_set(
        "activity activities note notes call calls meeting meetings task tasks ticket tickets engagements todos"
        " aktivitaten aktivitat активности задачи задача звонки встречи aktywnosci zadania activites actividades tareas"
    ),
}
_NAME = ("name", "given", "family")
# Of each noun, sets of fields of which a file of it has one each, when its name says what it is, and when nothing does.
_OWN = {
    "contact": ((*_NAME, "emails"),),
    "company": (("name", "websites"),),
    "deal": (("title", "stage", "value"),),
    "activity": (("type", "subject", "body", "at", "due"),),
}
_SURE = {
    "contact": ((_NAME, ("emails",)), (_NAME, ("phones",), ("companies",))),
    "company": ((("name",), ("websites", "phones")),),
    "deal": ((("stage",), ("title", "value")),),
    "activity": ((("type",), ("at", "due")),),
}


def noun_of(table: Table, stem: str) -> str | None:
    """The noun of an open file's rows; ``stem`` is the file's name without its ending. None where nothing tells it."""
    preset = recognised(table.headers)
    if table.noun or preset:
        return table.noun or (preset.noun if preset else None)
    fields = {noun: set(match_headers(noun, table.headers).values()) for noun in _OWN}
    named = _named(stem)
    if named is not None and all(fields[named] & set(some) for some in _OWN[named]):
        return named
    sure = (noun for noun, ways in _SURE.items() if any(all(fields[noun] & set(some) for some in way) for way in ways))
    return next(sure, None)


def _named(stem: str) -> str | None:
    """The noun that a file's name says; of several the last, as in ``contact notes``."""
    words = re.split(r"[\W_\d]+", fold(stem))
    found = [noun for word in words for noun, known in _WORDS.items() if word in known]
    return found[-1] if found else None

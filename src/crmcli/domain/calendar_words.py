"""Months and weekdays by name, in the languages of our users: en, bg, ru, pl, de, fr, es."""

from __future__ import annotations

from functools import lru_cache

from crmcli.domain.text import fold

# One line a month; a whole name or its beginning from three letters on means the month, in every case of the noun.
_MONTHS = """
january януари январь января styczeń stycznia januar jänner janvier enero ян
february февруари февраль февраля luty lutego februar feber février febrero
march март марта marzec marca märz mrz mars marzo
april април апрель апреля kwiecień kwietnia avril abril
may май мая maj maja mai mayo
june юни июнь июня czerwiec czerwca juni juin junio
july юли июль июля lipiec lipca juli juillet julio
august август августа sierpień sierpnia août agosto
september септември сентябрь сентября wrzesień września septembre septiembre setiembre
october октомври октябрь октября październik października oktober octobre octubre
november ноември ноябрь ноября listopad listopada novembre noviembre
december декември декабрь декабря grudzień grudnia dezember décembre diciembre
"""
_WEEKDAYS = """
monday понеделник понедельник poniedziałek montag lundi lunes пн mo
tuesday вторник wtorek dienstag mardi martes вт di
wednesday сряда среда środa mittwoch mercredi miércoles ср mi
thursday четвъртък четверг czwartek donnerstag jeudi jueves чт do
friday петък пятница piątek freitag vendredi viernes пт fr
saturday събота суббота sobota samstag sonnabend samedi sábado сб sa
sunday неделя воскресенье niedziela sonntag dimanche domingo вс нд so
"""  # noqa: RUF001 - Cyrillic
_SHORTEST = 3


def _rows(table: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(fold(line).split()) for line in table.strip().splitlines())


@lru_cache(1024)
def month_number(word: str) -> int | None:
    """The month, from 1, that a folded word names, whole or cut short; None for a word that names none or several."""
    return _row_of(word.rstrip("."), _MONTHS)


@lru_cache(256)
def is_weekday(word: str) -> bool:
    """Whether a folded word names a day of the week, whole or cut short."""
    return _row_of(word.rstrip("."), _WEEKDAYS) is not None


def _row_of(word: str, table: str) -> int | None:
    rows = _rows(table)
    whole = [number for number, names in enumerate(rows, 1) if word in names]
    begun = [
        number
        for number, names in enumerate(rows, 1)
        if len(word) >= _SHORTEST and any(name.startswith(word) for name in names)
    ]
    found = whole or begun
    return found[0] if len(found) == 1 else None

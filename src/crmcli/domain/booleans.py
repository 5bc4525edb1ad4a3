"""Yes and no, as programs and people write them in the languages of our users: en, bg, ru, pl, de, fr, es."""

from __future__ import annotations

from crmcli.domain.text import fold, word_set

_YES = word_set(fold("true t yes y 1 on x ✓ ✔ ☑ да tak ja oui sí wahr vrai verdadero prawda истина вярно"))
_NO = word_set(fold("false f no n 0 off ✗ ✘ ☐ не нет nie nein non falsch faux falso fałsz ложь невярно"))


def read_boolean(text: str) -> bool | None:
    """Whether a text says yes or no; None if it says neither."""
    word = fold(text)
    return True if word in _YES else False if word in _NO else None

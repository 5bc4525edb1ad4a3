"""How a letter begins, by language: to somebody by name, formally and informally, and to somebody unknown."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import word_set


class _Words(NamedTuple):
    """``{}`` is the name: the given one informally, the whole one formally.

    ``him`` and ``her`` take the family's name where the prefix says that it is a man's or a woman's; they have no ``{}``
    where the name would have to be bent, which a letter had better not do wrong.
    """

    informal: str
    formal: str
    nobody: str
    him: str = ""
    her: str = ""


_GREETINGS = {
    "en": _Words("Dear {}", "Dear {}", "Hello", "Dear Mr {}", "Dear Ms {}"),
    "bg": _Words("Здравейте, {}", "Здравейте, {}", "Здравейте", "Уважаеми г-н {}", "Уважаема г-жо {}"),  # noqa: RUF001
    "pl": _Words("Cześć {}", "Dzień dobry, {}", "Dzień dobry", "Szanowny Panie", "Szanowna Pani"),
    "de": _Words("Hallo {}", "Guten Tag {}", "Guten Tag", "Sehr geehrter Herr {}", "Sehr geehrte Frau {}"),
    "fr": _Words("Bonjour {}", "Bonjour {}", "Bonjour", "Bonjour Monsieur {}", "Bonjour Madame {}"),
    "es": _Words("Hola, {}", "Buenos días, {}", "Buenos días", "Estimado Sr. {}", "Estimada Sra. {}"),
    "it": _Words("Ciao {}", "Gentile {}", "Buongiorno", "Gentile Sig. {}", "Gentile Sig.ra {}"),
    "ru": _Words("Здравствуйте, {}", "Здравствуйте, {}", "Здравствуйте", "Уважаемый г-н {}", "Уважаемая г-жа {}"),  # noqa: RUF001
    "uk": _Words("Вітаємо, {}", "Доброго дня, {}", "Доброго дня", "Шановний пане", "Шановна пані"),
    "zh": _Words("{},您好", "尊敬的{}", "您好", "尊敬的{}先生", "尊敬的{}女士"),
    "ja": _Words("{}様", "{}様", "ご担当者様", "{}様", "{}様"),
    "ar": _Words("مرحبًا {}", "تحية طيبة {}", "تحية طيبة"),
    "hi": _Words("नमस्ते {}", "आदरणीय {}", "नमस्ते"),
    "tr": _Words("Merhaba {}", "Sayın {}", "Merhaba"),  # noqa: RUF001
    "pt": _Words("Olá, {}", "Bom dia, {}", "Bom dia", "Prezado Sr. {}", "Prezada Sra. {}"),
    "nl": _Words("Hallo {}", "Goedendag {}", "Goedendag", "Geachte heer {}", "Geachte mevrouw {}"),
    "cs": _Words("Ahoj {}", "Dobrý den, {}", "Dobrý den", "Vážený pane", "Vážená paní"),
    "ro": _Words("Bună, {}", "Bună ziua, {}", "Bună ziua", "Stimate domnule {}", "Stimată doamnă {}"),
    "el": _Words("Γεια σας, {}", "Καλημέρα σας, {}", "Καλημέρα σας", "Αγαπητέ κύριε", "Αγαπητή κυρία {}"),
}
LANGUAGES = tuple(_GREETINGS)
_HIS = word_set("mr herr hr sr sig m monsieur dhr heer г-н господин пан pan domnul κος 先生")  # noqa: RUF001
_HERS = word_set(
    "mrs ms miss frau fr sra srta sig.ra mme mlle madame mevr г-жа г-ца госпожа пани пані pani doamna κα 女士"  # noqa: RUF001
)
_TITLES = word_set("dr prof д-р проф dott ing")  # noqa: RUF001


def greeting(locale: str, given: str, family: str, prefix: str, name: str, *, formal: bool = False) -> str:
    """How a letter to somebody begins, without the comma after it; in English where the language is not known."""
    words = _GREETINGS.get(locale.replace("-", "_").partition("_")[0].lower(), _GREETINGS["en"])
    called = name if formal else given or name
    if not called:
        return words.nobody
    if not formal:
        return words.informal.replace("{}", called)
    return _formal(words, family, prefix, called)


def _formal(words: _Words, family: str, prefix: str, called: str) -> str:
    word = prefix.casefold().rstrip(".")
    if family and words.him and word in _HIS | _HERS:
        return (words.him if word in _HIS else words.her).replace("{}", family)
    if family and word in _TITLES:
        return words.formal.replace("{}", f"{prefix} {family}")
    return words.formal.replace("{}", called)

"""Whether a mail server means never or not now, by the codes (RFC 3463, RFC 5321) and the words that it gives."""

from __future__ import annotations

import re

from crmcli.domain.text import fold


def _folded(pattern: str) -> re.Pattern[str]:
    """A pattern for folded texts: letters in it lose their accents as theirs do."""
    return re.compile(fold(pattern))


# An enhanced code, which is no part of an IP address or of a version.
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
_BASIC = re.compile(r"(?<![\d.:/-])([45])([0-5]\d)(?=[ \-#:;)]|$)")
# What passes although the code says never: a sender that is not liked, a full box, a message too large or not liked, a loop,
# a server that gave up.
_PASSING = {(1, 7), (1, 8), (2, 2), (2, 3), (3, 1), (3, 4), (4, 5), (4, 6), (4, 7), (4, 14), (4, 300), (5, 3)}
_DISABLED = ("5", "2", "1")
_CONTENT = 6
_POLICY = 7
_FULL = _folded(
    r"quota|(?:mail ?box|inbox|account|box|mail folder).{0,20}\b(?:is |was |are )?(?:full|exceeded)"
    r"|full mail ?box|storage (?:limit|exceeded|space)"
    r"|insufficient (?:system )?(?:storage|space|disk)|out of storage|over(?:sized| the size limit)|too (?:large|big)|size limit"
    r"|size.{0,20}exceed|exceed.{0,30}size"
    r"|postfach.{0,20}voll|speicher(?:platz|limit)|boite.{0,25}pleine|quota depasse|buzon.{0,20}llen|casella.{0,20}piena"
    r"|caixa.{0,30}cheia|postbus.{0,20}vol|skrzynk.{0,30}(?:pelna|przepeln)|przepelnion|переполнен|ящик.{0,20}полон"
    r"|препълнен|пълна|邮箱.{0,6}满|メールボックス.{0,12}(?:いっぱい|超過)"
)
_LATER = _folded(
    r"\btemporar|try again|try later|expired|timed? ?out|too many (?:connections|messages|recipients)|throttl|rate limit"
    r"|greylist|graylist|deferred|could not be delivered within|retry time(?:out)? (?:not reached|exceeded)"
    r"|not reached for any host"
    r"|nicht innerhalb|vorubergehend|temporaire|temporalmente|tymczasow|временн"
)
_BLOCKED = _folded(
    r"\bspam|block(?:ed|list)|black ?list|denylist|reputation|dmarc|\bspf\b|dkim|\brbl\b|dnsbl|spamhaus"
    r"|barracuda|policy|content reject"
    r"|unsolicited|virus|too many|\brate\b|throttl|\bsend(?:er|ing)\b|\bbanned\b|\brelay|authenticat"
    r"|access denied.{0,60}\b(?:ip|traffic)\b"
)
_GONE = _folded(
    r"user (?:is )?unknown|unknown (?:user|recipient|address|local)|no such (?:user|recipient|person|mailbox"
    r"|address|domain|account)"
    r"|does ?n[o']t (?:exist|have an? [\w.]+ account|like recipient)|does not exist|not exist|n[o']t (?:listed|found)|unrouteable"
    r"|(?:mailbox|account|address|recipient|user|inbox)[^.]{0,40}\b(?:unavailable|disabled|inactive|invalid"
    r"|not found|rejected|unknown|closed|terminated|suspended|not valid)"
    r"|(?:invalid|bad|disabled|inactive|illegal) (?:recipient|mailbox|address|user|account)|isn't (?:a valid"
    r"|in my)|no mailbox here"
    r"|wasn't found|couldn't be found|host (?:or domain name )?(?:not found|unknown)|domain.{0,20}not found"
    r"|nxdomain|permanent (?:error|failure)|permanent fatal"
    r"|unbekannt|existiert nicht|nicht gefunden|inconnu|n'existe pas|introuvable|no existe|desconocid|non esiste|sconosciut"
    r"|nao existe|desconhecid|bestaat niet|onbekend|nie istnieje|nieznan|не существует|не найден|неизвест"
    r"|не съществува|不存在|存在しません"
)


def is_hard(said: str) -> bool | None:
    """Whether an address will never work, by what a server said of it; None when that says nothing.

    A full mailbox, a message refused for what it holds, and a server that gave up waiting say nothing against an address,
    whatever the code.
    """
    text = fold(said)
    if _FULL.search(text):
        return False
    codes = [(int(kind), int(subject), int(detail)) for kind, subject, detail in _ENHANCED.findall(text)]
    if codes:
        return all(_is_never(code, text) for code in codes)
    basic = {kind for kind, _ in _BASIC.findall(text)}
    if basic:
        return "4" not in basic and not _LATER.search(text) and (not _BLOCKED.search(text) or bool(_GONE.search(text)))
    if _LATER.search(text):
        return False
    return True if _GONE.search(text) else None


def is_about_recipient(said: str) -> bool:
    """Whether a server that refuses a recipient says that nobody is there, and not that it does not like who asks."""
    text = fold(said)
    if not is_hard(said) or _BLOCKED.search(text):
        return False
    return any(code[:2] == ("5", "1") or code == _DISABLED for code in _ENHANCED.findall(text)) or bool(
        _GONE.search(text)
    )


def _is_never(code: tuple[int, int, int], text: str) -> bool:
    kind, subject, detail = code
    if kind != 5 or (subject, detail) in _PASSING or subject == _CONTENT:
        return False
    if subject in (_POLICY, 0) and _BLOCKED.search(text):
        return bool(_GONE.search(text)) and subject == 0
    return True

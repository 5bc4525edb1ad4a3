"""Who wrote a message: a person, a machine that answers for one, or one that reports what became of another message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.io.mail.charsets import one_line
from crmcli.io.mail.headers import addresses, ids, raw_header, raw_headers, words
from crmcli.io.mail.parts import content_of, kind_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message as Part

    from crmcli.domain.text import Matched

_LONGEST_REASON = 200
_READ_OF_BODY = 20_000
_ROBOTS = ("mailer-daemon", "mail-daemon", "postmaster", "maildaemon", "mdaemon", "mailerdaemon")
# How the subject of an automatic answer begins, folded, in the languages of those who get them. What programs write
# before the subject that they answer:
_BY_PROGRAM = fold(
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out of (?:the )?office auto[ -]?reply"
    r"|automatische (?:antwort|ruckantwort)|abwesenheits(?:notiz|assistent|benachrichtigung|meldung)"
    r"|reponse automatique|message d.absence|(?:respuesta|contestacion) automatica|risposta automatica"
    r"|resposta automatica|automatisch antwoord|autosvar|odpowiedz automatyczna|automatyczna odpowiedz|autoodpowiedz"
    r"|автоответ|автоматическии ответ|автоматичен отговор|автоматична відповідь"
    r"|automati(?:sk|skt|sch) svar|automaattinen vastaus|automaticka odpoved|automatski odgovor|samodejni odgovor|аутоматски одговор"
    r"|raspuns automat|automatikus valasz|otomatik (?:yan.t|cevap)|αυτοματη απαντηση|رد تلقائي|الرد التلقائي"
    r"|(?:תשובה|מענה|תגובה) אוטומטית?|自[动動](?:回[复復覆]|答[复覆]|应答|応答|返信)|不在(?:通知|応答)|자동 ?(?:회신|응답|답장)"
    r"|tra loi tu dong)"
)
# What people write as well:
_BY_PEOPLE = (
    r"(?:out of (?:the )?office|away from (?:the office|my desk)|on (?:vacation|holiday|annual leave)"
    r"|abwesenheit\w*|abwesend|ausser haus|nicht im (?:buro|haus)|im urlaub|absence|absente?|absente? du bureau"
    r"|hors du bureau|en (?:conges?|vacances)|fuera de (?:la )?oficina|ausencia|ausente|de vacaciones|assente"
    r"|poza biurem|nieobecnosc|nieobecn[ya]|na urlopie|вне офиса|отсутству[юе]т?|в отпуске|нет на месте"
    r"|извън офиса|отсъствам|отсъствие|в отпуск)"
)
_CERTAINLY_AWAY = re.compile(_BY_PROGRAM + r" ?:")
_LIKELY_AWAY = re.compile(rf"(?:{_BY_PROGRAM}|{_BY_PEOPLE})(?: ?[:!.,(]| [-\u2013\u2014]|$)")
_AWAY = re.compile(rf"{_BY_PROGRAM}|{_BY_PEOPLE}")
_UNDELIVERED = re.compile(
    r"undeliver|delivery (?:status notification|has failed|failure|failed|problem)|delivery notification.*fail"
    r"|returned mail|failure notice|mail delivery (?:failed|failure|system)|message not delivered|could not be delivered"
    r"|unzustellbar|nicht zugestellt|non remis|echec de la remise|no se puede entregar|nie mozna dostarczyc|niedostarcz"
    r"|недостав|не доставлен|не удалось доставить"
)
_STATUS = re.compile(r"\b[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}\b)?[^\r\n]*|\b[45]\.\d{1,3}\.\d{1,3}\b[^\r\n]*")
_FAILED = re.compile(r"(?:^|\s|<)([^\s<>,;:\"()\[\]@]+@[^\s<>,;:\"()\[\]@]+\.[^\s<>,;:\"()\[\]@]+?)(?=[>\s:;,.)]|$)")
# Where the copy of the message that could not be delivered begins.
_COPY = re.compile(r"^[> ]*(?:return-path|received|message-id):", re.IGNORECASE | re.MULTILINE)
_QUOTED_ID = re.compile(r"^[> ]*message-id:\s*(<[^<>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
# What a report says became of the message, and what we call it.
_OUTCOMES = {"failed": "bounced", "delayed": "delayed"}


class Failure(NamedTuple):
    """What a report tells of an earlier message: ``outcome`` as ``bounced: 550 5.1.1 …``, whom it was for, its id."""

    outcome: str
    recipients: tuple[Matched, ...]
    original: str | None


def failure_of(message: Part, text: str, *, came_back: bool = False) -> Failure | None:
    """What a report of delivery says; None for a message that is no report of a failure or delay.

    One that ``came_back`` to where only what can't be delivered is sent is one whatever its subject says.
    """
    statuses = [part for part in message.walk() if kind_of(part) == "message/delivery-status"]
    if statuses:
        return _by_report(message, statuses)
    return _by_looks(message, text) if came_back or _is_from_robot(message) else None


# -- reports by the standard (RFC 3464)


def _by_report(message: Part, statuses: list[Part]) -> Failure | None:
    told = [block for status in statuses for block in _blocks(status)]
    for action, outcome in _OUTCOMES.items():
        about = [block for block in told if words(raw_header(block, "action")).lower().split()[:1] == [action]]
        if about:
            named = [text for block in about for text in raw_headers(block, "original-recipient", "final-recipient")]
            recipients = addresses(text.partition(";")[2] or text for text in named)
            reason = _reason(raw_header(about[0], "status"), raw_header(about[0], "diagnostic-code"))
            return Failure(_outcome(outcome, reason), tuple(each.email for each in recipients), _original(message))
    return None


def _blocks(status: Part) -> Iterator[Part]:
    payload, encoded = status.get_payload(), unpacked(status)
    if isinstance(payload, list) and encoded is None:
        yield from payload  # type: ignore[misc]
        return
    from email import message_from_bytes

    for block in re.split(rb"\r?\n\r?\n", encoded or content_of(status)):  # which the standard forbids
        yield message_from_bytes(block.lstrip())


def _reason(status: str, diagnostic: str) -> str:
    code = words(status).partition(" ")[0]
    said = words(diagnostic)
    said = said.partition(";")[2].strip() if ";" in said[:20] else said
    return said if not code or code in said else f"{code} {said}".strip()


def _outcome(word: str, reason: str) -> str:
    told = f"{word}: {reason}" if reason else word
    return told if len(told) <= _LONGEST_REASON else f"{told[: _LONGEST_REASON - 1]}…"


def _original(message: Part) -> str | None:
    """The id of the message that the report is about, out of the copy that it carries."""
    for part in message.walk():
        kind = kind_of(part)
        payload = part.get_payload()
        if kind in ("message/rfc822", "message/global") and isinstance(payload, list) and payload:
            found = ids(raw_header(payload[0], "message-id"))  # type: ignore[arg-type]
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            found = _quoted_ids(content_of(part).decode("utf-8", "replace"))
        else:
            continue
        if found:
            return found[0]
    return next(iter(ids(raw_header(message, "in-reply-to"))), None)


def _quoted_ids(text: str) -> tuple[str, ...]:
    found = _QUOTED_ID.search(text)
    return ids(found[1]) if found else ()


# -- reports of other programs, by what they look like


def _is_from_robot(message: Part) -> bool:
    told = bool(raw_header(message, "x-failed-recipients"))
    undelivered = _UNDELIVERED.search(fold(words(raw_header(message, "subject"))))
    return told or ((is_mail_server(message) or is_from_nobody(message)) and bool(undelivered))


def is_mail_server(message: Part) -> bool:
    """Whether the sender goes by the name of a mail server."""
    senders = addresses(raw_headers(message, "from"))
    named = raw_header(message, "from").lower().replace("_", "-")
    return any(each.email.key.partition("@")[0] in _ROBOTS for each in senders) or "mailer-daemon" in named


def is_from_nobody(message: Part) -> bool:
    """Whether no answer goes anywhere, as with everything that a mail server writes itself."""
    return raw_header(message, "return-path").strip() == "<>"


def _by_looks(message: Part, text: str) -> Failure:
    beginning = _COPY.split(text[:_READ_OF_BODY], maxsplit=1)[0]
    named = addresses(raw_headers(message, "x-failed-recipients"))
    own = {each.email.key for each in addresses(raw_headers(message, "from", "to"))}
    found = named or addresses(_FAILED.findall(beginning))
    recipients = tuple(each.email for each in found if each.email.key not in own)
    status = _STATUS.search(beginning)
    original = _original(message) or next(iter(_quoted_ids(text)), None)
    return Failure(_outcome("bounced", one_line(_said(beginning, status)) if status else ""), recipients, original)


def _said(text: str, status: re.Match[str]) -> str:
    """The line of a status, from the status on; the whole one where it stands as a number after the words."""
    if text[: status.start()].endswith("#"):
        return text[text.rfind("\n", 0, status.start()) + 1 : status.end()]
    return status[0]


# -- automatic answers


def is_auto_reply(message: Part) -> bool:
    """Whether a machine answered for a person: away, on holiday, received your request."""

    def said(name: str) -> str:
        return words(raw_header(message, name)).lower()

    submitted = next(iter(re.split(r"[;\s(]", said("auto-submitted"))), "")
    if submitted == "auto-replied" or said("precedence") == "auto_reply":
        return True
    marks = [
        said(name) for name in ("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-autoreply-from")
    ]
    if any(mark and mark != "no" for mark in marks):
        return True
    return _is_away(fold(words(raw_header(message, "subject"))), message, _is_automatic(said, submitted))


def _is_away(subject: str, message: Part, by_headers: bool) -> bool:
    """Whether a subject tells of a machine: by a program's own words, or by others when headers or an answer agree."""
    if by_headers:
        return bool(_AWAY.match(subject))
    answers = any(ids(raw_header(message, name)) for name in ("in-reply-to", "references"))
    return bool((_LIKELY_AWAY if answers else _CERTAINLY_AWAY).match(subject))


def _is_automatic(said: Callable[[str], str], submitted: str) -> bool:
    return (
        submitted not in ("", "no")
        or bool(said("x-auto-response-suppress"))
        or said("return-path") == "<>"
        or said("precedence") in ("bulk", "junk")
        or "vacation" in said("x-mailer")
    )

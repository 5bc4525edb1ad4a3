"""Whether somebody who writes back wants no more mail: the whole subject or the first line says so, and nothing else."""

from __future__ import annotations

import re

from crmcli.domain.text import fold

_PREFIX = re.compile(r"^(?:(?:re|aw|sv|antw|odp|ynt|rv|tr|fw|fwd|wg|отг|отв)(?:\[\d+\])? ?: ?)+")
_LIST = (
    r"(?: (?:from|off|of) (?:this|the|your|that|all)?"
    r"(?: \w+)?(?: ?mailing)?(?: ?lists?| ?e?-?mails?| ?newsletters?| database| messages)?)?"
)
_WISH = re.compile(
    fold(
        r"(?:(?:please|pls|hi|hello|bitte|merci de|s'il vous plait|por favor|per favore|prosze|пожалуйста|прошу|моля)[, ]*)?"
        r"(?:i (?:want|would like|wish) to |kindly |ich mochte |je veux (?:me )?|quiero |vorrei |quero |chce |хочу |искам да )?"
        r"(?:(?:un ?-?sub?scribe|opt ?-?out|remove|take|delete)(?: (?:me|us|my (?:e-?mail )?(?:address|name)))?(?: off)?"
        + _LIST
        + r"|stop(?: (?:it|emailing|mailing|sending)(?: me)?(?: \w+)?)?|no more (?:e-?)?mails?"
        r"|(?:mich )?(?:abmelden|abbestellen|austragen|abmeldung|abbestellung|newsletter (?:abmelden|abbestellen))"
        r"|keine (?:weiteren )?(?:e-?)?mails? mehr"
        r"|(?:me )?(?:desabonner|desinscrire|desabonnement|desinscription|desabonnez-moi|desinscrivez-moi)"
        r"|(?:dar(?:me)? de )?baja|darse de baja|cancelar (?:la )?(?:suscripcion|inscricao|assinatura)"
        r"|no quiero (?:mas|recibir mas) correos"
        r"|(?:cancella(?:mi|temi)?|cancellazione|cancellarmi|disiscriv\w+|disiscrizione)(?: iscrizione)?"
        r"|descadastrar|remover|(?:me )?uitschrijven|afmelden|avregistrera|avmeld|afmeld"
        r"|wypisz(?:cie)?(?: mnie)?|wypisac(?: sie)?|rezygnuje|rezygnacja(?: z subskrypcji)?"
        r"|отписаться|отпишите(?: меня)?|отписка|отписать(?: меня)?|удалите меня(?: из (?:рассылки|списка))?"
        r"|отпиш(?:и|ете) ме|отписване|отпиши"
        r"|відписатися|відпишіть мене|退订|退訂|取消订阅|配信停止|배신 중지|수신 거부|수신거부|إلغاء الاشتراك)"
        r"(?:[, ]*(?:please|thanks|thank you|thx|bitte|danke|merci|gracias|grazie|dziekuje|спасибо|благодаря"
        r"|svp|s'il vous plait|por favor|per favore|prosze|пожалуйста|моля))*"
    )
)
_END = " .!?,;:*_-\u2013\u2014\"'«»()[]"
_LONGEST = 120


def asks_to_leave(subject: str, text: str) -> bool:
    """Whether a mail says no more than that its writer wants off the list, in one of many languages."""
    return _is_wish(_PREFIX.sub("", fold(subject).strip())) or _is_wish(_first_line(text))


def _first_line(text: str) -> str:
    """What the writer says first, before anything quoted."""
    first = next((line for line in text[:2000].splitlines() if line.strip(" \t>|")), "")
    return "" if first.lstrip().startswith((">", "|")) else fold(first)


def _is_wish(line: str) -> bool:
    bare = " ".join(line.strip(_END).split())
    return len(bare) <= _LONGEST and bool(_WISH.fullmatch(bare))

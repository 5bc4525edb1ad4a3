"""What an e-mail address tells besides where it leads: whose domain it is, and whether a person reads it."""

from __future__ import annotations

import re

from crmcli.domain.text import word_set

# Where anybody can have an address, so that the domain says nothing of an employer.
_FREE = word_set(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com icloud.com
    me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io fastmail.com hey.com zoho.com
    mail.com email.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de arcor.de posteo.de mailbox.org
    1und1.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it terra.es
    telefonica.net wp.pl o2.pl onet.pl onet.eu op.pl interia.pl gazeta.pl poczta.fm tlen.pl vp.pl seznam.cz centrum.cz
    azet.sk abv.bg mail.bg dir.bg gbg.bg mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru
    lenta.ru ukr.net i.ua meta.ua qq.com foxmail.com 163.com 126.com yeah.net sina.com sohu.com naver.com daum.net
    hanmail.net rediffmail.com comcast.net verizon.net att.net sbcglobal.net btinternet.com virginmedia.com sky.com
    bigpond.com optusnet.com.au shaw.ca rogers.com bellsouth.net cox.net earthlink.net
    """
)
_FREE_EVERYWHERE = frozenset(
    {"yahoo", "hotmail", "live", "outlook", "gmx", "yandex"}
)  # under the domain of each country
_ROBOT = re.compile(
    r"(?:no|do-?not|dont|not)[-_.]?reply.*|noreply.*|mailer-?daemon|mail-daemon|postmaster|bounces?([-+_.=].*)?"
    r"|notifications?([-+_.].*)?|auto-?confirm|autoresponder|.*[-_.](bounces?|noreply|no-reply)"
)


def domain_of(key: str) -> str:
    """The domain of an address's key."""
    return key.rpartition("@")[2]


def is_free(domain: str) -> bool:
    """Whether anybody can have an address there."""
    return domain in _FREE or domain.partition(".")[0] in _FREE_EVERYWHERE


def is_robot(key: str) -> bool:
    """Whether the address is one that no person reads."""
    return bool(_ROBOT.fullmatch(key.rpartition("@")[0]))


def untagged(key: str) -> str:
    """The key without a ``+tag``: the same mailbox."""
    local, _, domain = key.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def sites_of(domain: str) -> list[str]:
    """The websites that may be those of a domain's owner: the domain, and those that it lies in."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]

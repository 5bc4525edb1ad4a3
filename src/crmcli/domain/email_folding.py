"""E-mail addresses that reach one mailbox, domains that say where someone works, and mailboxes that are nobody's own."""

from __future__ import annotations

from crmcli.domain.text import word_set

_GOOGLE = ("gmail.com", "googlemail.com")
# So many first letters make the addresses few that begin with them, and the ways to put dots between them, too.
_DOTTED = 4
_FREE = word_set(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.co.uk live.com "
    "msn.com live.de live.fr yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.co.jp ymail.com rocketmail.com "
    "aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de mail.de "
    "posteo.de proton.me protonmail.com pm.me tutanota.com fastmail.com zoho.com hey.com abv.bg mail.bg dir.bg gbg.bg "
    "mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net i.ua meta.ua wp.pl o2.pl "
    "onet.pl onet.eu op.pl poczta.onet.pl interia.pl gazeta.pl tlen.pl vp.pl orange.fr wanadoo.fr free.fr laposte.net sfr.fr "
    "neuf.fr libero.it virgilio.it tin.it tiscali.it telefonica.net terra.es seznam.cz centrum.cz email.cz azet.sk "
    "bluewin.ch bigpond.com btinternet.com comcast.net verizon.net att.net sbcglobal.net cox.net qq.com 163.com 126.com "
    "sina.com naver.com daum.net hanmail.net example.com example.org example.net"
)
# Pages on these belong to many; the path says to whom.
_PLATFORMS = word_set(
    "facebook.com linkedin.com instagram.com x.com twitter.com youtube.com vk.com ok.ru t.me github.com github.io "
    "wordpress.com blogspot.com wixsite.com tumblr.com medium.com etsy.com sites.google.com weebly.com myshopify.com"
)
_ROLES = word_set(
    "info office sales support contact kontakt hello mail admin billing invoices accounts accounting hr jobs career "
    "marketing press service help team webmaster postmaster noreply no-reply orders order shop booking reservations "
    "reception biuro sekretariat buero vertrieb verkauf rechnung personal comercial ventas administracion contacto "
    "bonjour contacter accueil commercial compta zakupki buh reklama sklad finance legal it purchasing einkauf feedback"
)
_SECOND_LEVEL = word_set("co com org net gov edu ac or ne go gob nom com.br")


def folded_email(key: str) -> str:
    """The address without its ``+tag``, and without dots where the provider does not read them."""
    local, _, domain = key.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GOOGLE:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def beginnings_of(folded: str) -> list[tuple[str, str]]:
    """How addresses that are folded to this one begin, with their domain: dots may stand anywhere in Google's."""
    local, _, domain = folded.rpartition("@")
    if domain not in _GOOGLE:
        return [(local, domain)]
    starts = [local[:1]]
    for letter in local[1:_DOTTED]:
        starts = [f"{start}{dot}{letter}" for start in starts for dot in ("", ".")]
    return [(start, domain) for start in starts for domain in _GOOGLE]


def is_role(key: str) -> bool:
    """Whether an address is an office's rather than a person's: ``info@``, ``sales@``."""
    return key.partition("@")[0] in _ROLES


def work_domain(key: str) -> str | None:
    """The domain of an address that tells where someone works; None for a provider of free mail."""
    domain = registered_domain(key.rpartition("@")[2])
    return None if domain in _FREE or key.rpartition("@")[2] in _FREE else domain


def site_domain(key: str) -> str:
    """The domain of a website; on a platform of many the page itself."""
    host = key.partition("/")[0]
    domain = registered_domain(host)
    if domain in _PLATFORMS or host in _PLATFORMS:
        return key
    return domain


def registered_domain(host: str) -> str:
    """The part of a host that somebody owns: ``acme.co.uk`` of ``mail.acme.co.uk``."""
    labels = host.partition(":")[0].split(".")
    if len(labels) < 3:
        return ".".join(labels)
    keep = 3 if labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])

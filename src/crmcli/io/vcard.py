"""Address cards: vCard 2.1, 3.0 and 4.0 in, 3.0 and 4.0 out (RFC 2426, RFC 6350)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from crmcli.domain.fields import NETWORKS
from crmcli.domain.handles import network_of
from crmcli.domain.text import Labelled, tidy, word_set
from crmcli.io.charset import known_encoding
from crmcli.io.content_lines import Card, Property, cards, properties, split_value, unescaped
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

Cells = dict[str, "str | tuple[str, ...]"]

# The fields a card can fill; custom ones are columns only in name, for a card that lacks one leaves nothing.
TARGETS = (
    "name", "given", "middle", "family", "prefix", "suffix", "emails", "phones", "companies", "title", *NETWORKS, "birthday",
    "anniversary", "address", "timezone", "locale", "tags", "note", "external_id", "custom.nickname", "custom.role",
    "custom.department", "custom.website", "custom.city", "custom.country", "custom.more_addresses", "custom.chat",
    "custom.related", "custom.assistant", "custom.email_original", "custom.birthday_original",
)  # fmt: skip
# What is left out, and counted as this.
SKIPPED = {"PHOTO": "photos", "LOGO": "logos", "SOUND": "sounds", "KEY": "keys"}
# What says nothing of the person, or what another property says as well.
SILENT = word_set(
    "VERSION PRODID REV MAILER SORT-STRING CLASS LABEL X-ABADR X-ABLABEL X-ABUID X-ABSHOWAS PROFILE SOURCE CLIENTPIDMAP XML "
    "X-PHONETIC-FIRST-NAME X-PHONETIC-LAST-NAME X-PHONETIC-MIDDLE-NAME X-PHONETIC-ORG KIND X-ADDRESSBOOKSERVER-KIND NAME "
    "X-MS-OL-DEFAULT-POSTAL-ADDRESS X-MS-OL-DESIGN X-GENERATOR"
)
_SAYS_NOTHING = frozenset({"internet", "voice", "pref", "text", "video", "x400", "msg", "textphone", "type", ""})
_LABELS = {"cell": "mobile", "iphone": "mobile"}
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")


def read(source: Source, reading: Reading) -> Table:
    """The cards of a file as rows whose headers are our own fields; each contact in a row of its own."""
    encoding = known_encoding(reading.encoding) if reading.encoding else None
    left_out: Counter[str] = Counter()
    return Table(
        TARGETS,
        _rows(cards(source.chunks(), source.head, encoding), encoding, left_out),
        position=lambda: source.position,
        close=source.close,
        encoding=lambda: encoding,
        size=source.size,
        format="vcard",
        noun="contact",
        targets={name: name for name in TARGETS},
        notes=lambda: dict(left_out),
    )


def _rows(found: Iterable[Card], encoding: str | None, left_out: Counter[str]) -> Iterator[Row | BadRow]:
    for card in found:
        if card.flaw:
            yield BadRow(card.line, card.flaw)
            continue
        said = list(properties(card, encoding))
        if any(p.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND") and p.value.strip().lower() == "group" for p in said):
            left_out["groups"] += 1
            continue
        cells = _Reading(said, left_out).cells()
        if cells is None:
            yield BadRow(card.line, "the card says neither a name nor an address nor a number")
        else:
            yield Row(card.line, cells)


class _Reading:
    """One card being read."""

    def __init__(self, said: list[Property], left_out: Counter[str]) -> None:
        self.said = said
        self.left_out = left_out
        self.old = any(p.name == "VERSION" and p.value.strip() == "2.1" for p in said)
        self.labels = {p.group: _label_text(p.value) for p in said if p.name == "X-ABLABEL" and p.group}
        self.one: dict[str, str] = {}
        self.many: dict[str, list[tuple[int, str]]] = {}

    def cells(self) -> Cells | None:
        """The cells of the row; None for a card without anybody in it."""
        for each in self.said:
            self._take(each)
        if not self.one.keys() & {"name", "given", "family"} and not self.many.keys() & {
            "emails",
            "phones",
            "companies",
        }:
            return None
        if not self.one.keys() & {"name", "given", "family"}:
            self._name_after_contents()
        several = {
            name: tuple(text for _, text in sorted(texts, key=lambda t: t[0])) for name, texts in self.many.items()
        }
        return dict.fromkeys(TARGETS, "") | self.one | several

    def _name_after_contents(self) -> None:
        company, phone = self.many.get("companies"), self.many.get("phones")
        if company:
            self.one["name"] = company[0][1]
        elif phone and "emails" not in self.many:
            self.one["name"] = phone[0][1]

    def _take(self, said: Property) -> None:
        name = said.name
        if name in SKIPPED:
            self.left_out[SKIPPED[name]] += 1
        elif name in READERS:
            if said.value.strip():
                READERS[name](self, said)
        elif name not in SILENT:
            self.left_out[name] += 1

    # -- what a property says

    def put(self, target: str, text: str) -> None:
        """A field of one value: the first counts."""
        kept = tidy(text)
        if kept:
            self.one.setdefault(target, kept)

    def add(self, target: str, said: Property, text: str) -> None:
        """A value of a field of several, the preferred ones first."""
        kept, label = tidy(text), self.label(said)
        if kept and all(kept != other for _, other in self.many.get(target, ())):
            self.many.setdefault(target, []).append((_preference(said), Labelled(kept, label) if label else kept))

    def join(self, target: str, text: str) -> None:
        """Something more of a field that holds them all as one text."""
        kept = tidy(text)
        if kept and kept not in self.one.get(target, "").split("; "):
            self.one[target] = "; ".join(filter(None, (self.one.get(target), kept)))

    def label(self, said: Property) -> str:
        """What the value is called: Apple's own label, else the first types that say something."""
        own = self.labels.get(said.group) if said.group else None
        words = [_LABELS.get(word, word) for word in said.types() if word not in _SAYS_NOTHING]
        return own or " ".join(dict.fromkeys(words))

    def plain(self, said: Property) -> str:
        """The value as one text."""
        return unescaped(said.value, old=self.old)

    def parts(self, said: Property) -> list[str]:
        """The value's components."""
        return [tidy(part) for part in split_value(said.value, ";", old=self.old)]

    def name(self, said: Property) -> None:
        """N: family, given, additional, prefixes, suffixes."""
        for target, part in zip(("family", "given", "middle", "prefix", "suffix"), self.parts(said), strict=False):
            self.put(target, ", ".join(filter(None, map(str.strip, part.split(",")))) if target != "middle" else part)

    def full_name(self, said: Property) -> None:
        """FN."""
        self.put("name", self.plain(said))

    def email(self, said: Property) -> None:
        """EMAIL; one that is none is kept as a text, so that the person is not lost for it."""
        text = self.plain(said)
        if "@" in text:
            self.add("emails", said, text.partition(":")[2] if text.lower().startswith("mailto:") else text)
        else:
            self.join("custom.email_original", text)

    def phone(self, said: Property) -> None:
        """TEL, also as a ``tel:`` address."""
        if (self.labels.get(said.group) or "").lower().startswith("assistant"):
            self.join("custom.assistant", self.plain(said))
        else:
            self.add("phones", said, self.plain(said))

    def organisation(self, said: Property) -> None:
        """ORG: the company, then its units."""
        company, *units = self.parts(said)
        self.add("companies", said._replace(params={}, group=""), company)
        self.join("custom.department", " / ".join(filter(None, units)))

    def address(self, said: Property) -> None:
        """ADR: box, suite, street, city, region, postal code, country, as lines of an envelope."""
        box, suite, street, city, region, code, country, *_ = [*self.parts(said), *[""] * 7]
        place = " ".join(filter(None, (code, city)))
        lines = (box, suite, street.replace("\n", ", "), place, region, country)
        text = ", ".join(part.strip(" ,") for part in lines if part.strip(" ,"))
        if not text:
            return
        if "address" in self.one and _preference(said) == 0 and not self.one.get("custom.more_addresses"):
            text, self.one["address"] = self.one["address"], text
        elif "address" not in self.one:
            self.put("address", text)
            self.put("custom.city", city)
            self.put("custom.country", country)
            return
        label = self.label(said)
        self.join("custom.more_addresses", f"{label}: {text}" if label else text)

    def url(self, said: Property) -> None:
        """URL and social profiles: a handle where it is one of ours, else a website."""
        text = self.plain(said)
        network = network_of(text)
        self.put(network, text) if network else self.join("custom.website", text)

    def social(self, said: Property) -> None:
        """X-SOCIALPROFILE and its like: a profile of ours, else its address as it stands."""
        text, kinds = self.plain(said), said.types()
        network = network_of(text) or next(
            ("x" if kind == "twitter" else kind for kind in kinds if kind in (*NETWORKS, "twitter")), None
        )
        if network:
            user = said.params.get("X-USER", ())
            self.put(network, text if network_of(text) else next(iter(user), text))
        else:
            self.join("custom.website", text)

    def handle(self, said: Property) -> None:
        """X-TWITTER, X-LINKEDIN, X-TELEGRAM and X-BLUESKY."""
        network = {"X-TWITTER": "x"}.get(said.name, said.name.removeprefix("X-").lower())
        self.put(network, self.plain(said))

    def chat(self, said: Property) -> None:
        """IMPP and the many X- properties before it."""
        text = self.plain(said)
        scheme, colon, rest = text.partition(":")
        if scheme.lower() == "telegram" and colon:
            self.put("telegram", rest.lstrip("/"))
        elif said.name.startswith("X-") and not colon:
            service = "im" if said.name == "X-MS-IMADDRESS" else said.name[2:].lower()
            self.join("custom.chat", f"{service}:{text}")
        else:
            self.join("custom.chat", text)

    def birthday(self, said: Property) -> None:
        """BDAY; one without its year is kept as a text."""
        self._day("birthday", "custom.birthday_original", said)

    def anniversary(self, said: Property) -> None:
        """ANNIVERSARY and the X- properties before it."""
        self._day("anniversary", "", said)

    def _day(self, target: str, original: str, said: Property) -> None:
        text = self.plain(said).strip()
        found = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", text)
        omitted = said.params.get("X-APPLE-OMIT-YEAR", ())
        if found and found[1] not in omitted:
            self.put(target, f"{found[1]}-{found[2]}-{found[3]}")
        elif original:
            self.put(original, f"--{found[2]}-{found[3]}" if found else text)
        else:
            self.left_out["dates without their year"] += 1

    def dated(self, said: Property) -> None:
        """X-ABDATE: an anniversary when its label says so."""
        if (self.labels.get(said.group) or "").lower() == "anniversary":
            self.anniversary(said)
        else:
            self.left_out["other dates"] += 1

    def related(self, said: Property) -> None:
        """RELATED and X-ABRELATEDNAMES."""
        label = self.label(said).lower() or said.name.rpartition("-")[2].lower().replace("related", "")
        self.join("custom.related", f"{label}: {self.plain(said)}" if label else self.plain(said))

    def categories(self, said: Property) -> None:
        """CATEGORIES: labels."""
        for tag in split_value(said.value, ",", old=self.old):
            self.add("tags", said._replace(params={}, group=""), tag)

    def note(self, said: Property) -> None:
        """NOTE; several are paragraphs of one."""
        text = tidy(self.plain(said))
        if text not in self.one.get("note", "").split("\n\n"):
            self.one["note"] = "\n\n".join(filter(None, (self.one.get("note"), text)))

    def zone(self, said: Property) -> None:
        """TZ, where it is a name of the zone database."""
        if re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)+", self.plain(said).strip()):
            self.put("timezone", self.plain(said))
        else:
            self.left_out["time zones that are offsets"] += 1

    def language(self, said: Property) -> None:
        """LANG, the first: ``bg-BG`` is our ``bg_BG``."""
        self.put("locale", self.plain(said).replace("-", "_"))


def _one(target: str) -> Callable[[_Reading, Property], None]:
    return lambda reading, said: reading.put(target, reading.plain(said))


# Every property that is read.
READERS: dict[str, Callable[[_Reading, Property], None]] = {
    "N": _Reading.name, "FN": _Reading.full_name, "EMAIL": _Reading.email, "TEL": _Reading.phone, "X-MS-TEL": _Reading.phone,
    "ORG": _Reading.organisation, "TITLE": _one("title"), "ROLE": _one("custom.role"), "NICKNAME": _one("custom.nickname"),
    "ADR": _Reading.address, "URL": _Reading.url, "X-SOCIALPROFILE": _Reading.social, "SOCIALPROFILE": _Reading.social,
    "X-TWITTER": _Reading.handle, "X-LINKEDIN": _Reading.handle, "X-TELEGRAM": _Reading.handle, "X-BLUESKY": _Reading.handle,
    "IMPP": _Reading.chat, "X-MS-IMADDRESS": _Reading.chat, "X-SKYPE": _Reading.chat, "X-SKYPE-USERNAME": _Reading.chat,
    "X-JABBER": _Reading.chat, "X-ICQ": _Reading.chat, "X-AIM": _Reading.chat, "X-MSN": _Reading.chat, "X-YAHOO": _Reading.chat,
    "X-QQ": _Reading.chat, "X-GOOGLE-TALK": _Reading.chat, "X-GTALK": _Reading.chat,
    "BDAY": _Reading.birthday, "ANNIVERSARY": _Reading.anniversary, "X-ANNIVERSARY": _Reading.anniversary,
    "X-MS-ANNIVERSARY": _Reading.anniversary, "X-EVOLUTION-ANNIVERSARY": _Reading.anniversary,
    "X-KADDRESSBOOK-X-ANNIVERSARY": _Reading.anniversary, "X-ABDATE": _Reading.dated, "RELATED": _Reading.related,
    "X-ABRELATEDNAMES": _Reading.related, "X-SPOUSE": _Reading.related, "X-ASSISTANT": _Reading.related,
    "X-MANAGER": _Reading.related, "X-MS-MANAGER": _Reading.related, "X-MS-ASSISTANT": _Reading.related,
    "CATEGORIES": _Reading.categories, "NOTE": _Reading.note, "UID": _one("external_id"),
    "TZ": _Reading.zone, "LANG": _Reading.language,
}  # fmt: skip


def _label_text(value: str) -> str:
    found = _APPLE_LABEL.fullmatch(value.strip())
    return tidy(found[1] if found else unescaped(value)).lower()


def _preference(said: Property) -> int:
    """0 for the preferred one, 1 for the others; 4.0 ranks them from 1 to 100."""
    rank = said.params.get("PREF", ("",))[0]
    if rank.isdecimal():
        return int(rank) - 1
    return 0 if "pref" in said.types() else 100


# -- out


def card(contact: Mapping[str, object], version: str = "4.0") -> str:
    """A contact's JSON record as one card of version 3.0 or 4.0, lines ended by CRLF and folded at 75 bytes.

    ``contact`` may have ``labels`` beside the record's own keys: the label of each e-mail and phone by its value.
    """
    lines = ["BEGIN:VCARD", f"VERSION:{version}", *_lines(contact, version), "END:VCARD"]
    return "".join(map(_folded, lines))


def _lines(contact: Mapping[str, object], version: str) -> Iterator[str]:
    text = {key: str(value) for key, value in contact.items() if isinstance(value, str | int) and value != ""}
    yield f"FN:{_escaped(text['name'])}"
    yield "N:" + ";".join(map(_escaped, _names(text["name"])))
    labels = contact.get("labels")
    for name, property_ in (("emails", "EMAIL"), ("phones", "TEL")):
        for place, value in enumerate(_several(contact.get(name))):
            yield f"{property_}{_types(value, labels, version, first=place == 0)}:{_escaped(value)}"
    for company in _links(contact.get("companies"))[:1]:
        yield f"ORG:{_escaped(company)}"
    for key, property_ in (("title", "TITLE"), ("note", "NOTE")):
        if key in text:
            yield f"{property_}:{_escaped(text[key])}"
    yield from _dates(text, version)
    if "address" in text:
        yield f"ADR:;;{_escaped(text['address'])};;;;"
    yield from _profiles(text, version)
    yield from _bookkeeping(contact, text, version)


def _bookkeeping(contact: Mapping[str, object], text: Mapping[str, str], version: str) -> Iterator[str]:
    if "timezone" in text:
        yield f"TZ{';VALUE=text' if version == '3.0' else ''}:{_escaped(text['timezone'])}"
    if "locale" in text and version != "3.0":
        yield f"LANG:{_escaped(text['locale'].partition('.')[0].replace('_', '-'))}"
    if tags := _several(contact.get("tags")):
        yield "CATEGORIES:" + ",".join(map(_escaped, tags))
    if "id" in text:
        yield f"UID:{_escaped(text['id'])}"
    if "updated_at" in text:
        yield f"REV:{text['updated_at'] if version == '3.0' else text['updated_at'].replace('-', '').replace(':', '')}"


def _names(name: str) -> tuple[str, ...]:
    """The components of N: family, given, additional, prefixes, suffixes."""
    from crmcli.domain.names import split_name

    parts = split_name(name)
    return (parts.family or "", parts.given or "", "", parts.prefix or "", parts.suffix or "")


def _types(value: str, labels: object, version: str, *, first: bool) -> str:
    label = labels.get(value) if isinstance(labels, dict) else None
    words = ["cell" if word == "mobile" else word for word in str(label or "").split()]
    known = [word for word in words if word in ("home", "work", "cell", "fax", "pager", "other", "main")]
    types = [f"TYPE={word}" for word in known]
    preferred = ["PREF=1" if version == "4.0" else "TYPE=pref"] if first else []
    return "".join(f";{each}" for each in (*types, *preferred))


def _dates(text: Mapping[str, str], version: str) -> Iterator[str]:
    for key, property_ in (
        ("birthday", "BDAY"),
        ("anniversary", "ANNIVERSARY" if version == "4.0" else "X-ANNIVERSARY"),
    ):
        if key in text:
            yield f"{property_}:{text[key] if version == '3.0' else text[key].replace('-', '')}"


def _profiles(text: Mapping[str, str], version: str) -> Iterator[str]:
    from crmcli.domain.handles import profile_url

    for network in NETWORKS:
        if network in text:
            url = profile_url(network, text[network])
            yield f"URL;TYPE={network}:{url}" if version == "4.0" else f"X-SOCIALPROFILE;TYPE={network}:{url}"


def _several(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _links(links: object) -> list[str]:
    return [str(link["name"]) for link in links if isinstance(link, dict)] if isinstance(links, list | tuple) else []


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 bytes, none of which cuts a character."""
    if len(line) * 4 <= 75 or len(line.encode("utf-8", "replace")) <= 75:
        return line + "\r\n"
    pieces, size = [""], 0
    for c in line:
        width = len(c.encode("utf-8", "replace"))
        if size + width > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += c
        size += width
    return "\r\n".join(pieces) + "\r\n"

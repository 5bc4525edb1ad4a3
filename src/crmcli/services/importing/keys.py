"""By what a record is known when ``--key`` says it: those keys in that order, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import NETWORKS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, nearest
from crmcli.errors import Ambiguous, BadValue, NotFound, UsageError
from crmcli.io.headers import CUSTOM, custom_key
from crmcli.services.importing.index import Index
from crmcli.services.importing.rows import keys_of
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmcli.services.importing.directory import Directory, Links
    from crmcli.services.importing.index import Holder
    from crmcli.services.importing.mapping import Columns
    from crmcli.services.importing.rows import Entry
    from crmcli.store.reader import Reader

EXTERNAL_ID = "external_id"
# What the user may say for each noun, besides custom.KEY.
KEYS = {
    "contact": (EXTERNAL_ID, "email", "phone", "name", "name+company", *NETWORKS),
    "company": (EXTERNAL_ID, "website", "phone", "name"),
    "deal": (EXTERNAL_ID, "title", "title+company"),
    "activity": (EXTERNAL_ID, "subject"),
}
_MANY = {"email": "emails", "phone": "phones", "website": "websites"}
_ALSO = {
    "domain": "website",
    "e-mail": "email",
    **{many: one for one, many in _MANY.items()},
    "external-id": EXTERNAL_ID,
}
_COMPANY = "+company"


class Key(NamedTuple):
    """A sort of key: what a row says of it, and who holds which."""

    name: str
    holders: Index
    said: Callable[[Entry], Sequence[str]]
    shared: bool  # the directory looks it up and adds to it anyway
    with_company: bool = False


class Told:
    """Finds records by the keys that the user told."""

    def __init__(self, reader: Reader, directory: Directory, names: Sequence[str]) -> None:
        self._reader = reader
        self._directory = directory
        self._noun = directory.noun
        self._keys = [self._key(name) for name in _known(self._noun, names)]

    def ask(self, entries: Sequence[Entry]) -> None:
        """Look up what these entries say."""
        for key in self._keys:
            if not key.shared:
                key.holders.ask(said for entry in entries for said in key.said(entry))

    def candidates(self, entry: Entry) -> list[int]:
        """Every record that holds any of the entry's keys."""
        return [holder.number for key in self._keys for holder in self._all_holders(key, entry)]

    def match(self, entry: Entry, links: Links) -> int | None:
        """The record that the first key finds that finds any; raises Ambiguous when it finds several."""
        self.refuse_unread(entry)
        for key in self._keys:
            holders = self._holders(key, entry, links)
            if len(holders) > 1:
                numbers = ", ".join(f"#{holder.number}" for holder in holders[:5])
                raise Ambiguous(
                    f"{key.name} {', '.join(key.said(entry))} is that of {self._noun} {numbers}",
                    hint=f"crm {self._noun} merge makes them one",
                )
            if holders:
                return holders[0].number
        return None

    def refuse_unread(self, entry: Entry) -> None:
        """Raise BadValue when the key is a phone, and the row's can't be read because it lacks its country."""
        kept_text = entry.custom.get("phone_original")
        if kept_text and any(k.name == "phone" for k in self._keys) and not any(k.said(entry) for k in self._keys):
            raise BadValue(
                "phone",
                f"{kept_text!r} can't be read without its country",
                hint="set phone.default_country, or give a column of countries",
            )

    def _holders(self, key: Key, entry: Entry, links: Links) -> list[Holder]:
        if not key.with_company:
            return self._all_holders(key, entry)
        company = _company_of(links)
        return key.holders.of(key.said(entry), lambda holder: company is not None and holder.more[0] == company)

    def _all_holders(self, key: Key, entry: Entry) -> list[Holder]:
        """Whoever has the key, at whatever company."""
        return self._directory.of_number(entry) if key.name == EXTERNAL_ID else key.holders.of(key.said(entry))

    def missing(self, entry: Entry) -> NotFound:
        """The error for an entry whose record is not there, which says what was looked for."""
        said = [f"{key.name} {', '.join(found)}" for key in self._keys if (found := key.said(entry))]
        names = " or ".join(key.name for key in self._keys)
        return NotFound(
            f"no such {self._noun}: {' or '.join(said)}" if said else f"the row has no {names}",
            hint="--mode upsert makes it" if said else None,
        )

    def add(self, number: int, entry: Entry, company: int | None) -> None:
        """A record made since, at that company."""
        for key in self._keys:
            if not key.shared:
                for said in key.said(entry):
                    key.holders.add(said, number, *([company] if key.with_company else []))

    # -- the keys there are

    def _key(self, name: str) -> Key:
        if name.startswith(CUSTOM):
            return self._custom(name, name.removeprefix(CUSTOM))
        at_company = name.endswith(_COMPANY)
        bare = name.removesuffix(_COMPANY)
        shared = None if at_company else self._shared(name)
        index = shared or Index(self._reader, self._lookup(name))
        return Key(name, index, self._saying(bare), shared is not None, at_company)

    def _shared(self, name: str) -> Index | None:
        directory = self._directory
        if name in NETWORKS:
            return directory.handles[name]
        if name == "name":
            directory.knows_names = True
            return directory.contact_names if self._noun == "contact" else directory.company_names
        if name == "phone" and self._noun == "company":
            return None
        return {
            EXTERNAL_ID: directory.external, "email": directory.emails, "phone": directory.phones,
            "website": directory.websites,
        }.get(name)  # fmt: skip

    def _lookup(self, name: str) -> keys.Lookup:
        return {
            "phone": keys.COMPANY_PHONES,
            "name+company": keys.CONTACTS_AT,
            "title": keys.DEAL_TITLES,
            "title+company": keys.DEAL_TITLES,
            "subject": keys.SUBJECTS,
        }[name]

    def _saying(self, name: str) -> Callable[[Entry], Sequence[str]]:
        if name == EXTERNAL_ID:
            return lambda entry: (entry.external_id,) if entry.external_id else ()
        if name in _MANY:
            return lambda entry: tuple(keys_of(entry.values, _MANY[name]))
        if name in NETWORKS:
            return lambda entry: (entry.values[name].key,) if name in entry.values else ()
        if name == "subject":
            return lambda entry: (entry.values[name],) if name in entry.values else ()
        return lambda entry: (fold(str(entry.values[name])),) if name in entry.values else ()

    def _custom(self, name: str, key: str) -> Key:
        return Key(
            name, CustomIndex(self._reader, self._noun, key), lambda entry: _custom_said(entry, key), shared=False
        )


class CustomIndex(Index):
    """The holders of a custom field's values: no table has an index of those, so that all are read once."""

    def __init__(self, reader: Reader, noun: str, key: str) -> None:
        super().__init__(reader, keys.custom_values(reader, noun))
        self._key = key
        self._read = False

    def ask(self, wanted: Iterable[str]) -> None:
        """Know them all from the first time on."""
        if not self._read and any(True for _ in wanted):
            self._read = True
            for number, value in self._reader.stream(self._lookup.sql, (self._key,)):
                if value is not None:
                    self.add(value, number)


def _custom_said(entry: Entry, key: str) -> Sequence[str]:
    value = entry.custom.get(key)
    return () if value is None or value == "" else (str(value),)


def _company_of(links: Links) -> int | None:
    """The number of the company that a row names, if there is one by now."""
    company = next(iter(links.get("companies") or links.get("company") or ()), None)
    return company if isinstance(company, int) else None


_FILLED_BY = {
    "name": ("name", "given", "middle", "family", "emails", "websites"),
    "phone": ("phones",),
    "email": ("emails",),
    "website": ("websites",),
    "title": ("title", "company", "product"),
}


def refuse_unfilled(noun: str, names: Sequence[str], columns: Columns) -> None:
    """Raise UsageError for a key that no column fills: a custom one at once, the others when there is none at all."""
    if columns.shape is not None or not names:
        return
    told = _known(noun, names)
    targets = (*columns.targets.values(), *columns.defaults)
    custom = {f"{CUSTOM}{target.name}" for target in targets if target.custom}
    own = {target.name for target in targets if not target.custom and not target.link}
    own |= {noun for target in targets if (noun := target.link)}
    unfilled = [
        key
        for key in told
        if (key not in custom if key.startswith(CUSTOM) else own.isdisjoint(_FILLED_BY.get(_bare(key), (key,))))
    ]
    wanted = [key for key in unfilled if key.startswith(CUSTOM)] or (unfilled if unfilled == told else [])
    if wanted:
        raise UsageError(f"no column fills {' or '.join(wanted)}", hint=f"--map COLUMN={wanted[0]}, or another --key")


def _bare(key: str) -> str:
    return key.removesuffix(_COMPANY)


def _known(noun: str, names: Sequence[str]) -> list[str]:
    """The keys as they are called here; raises BadValue for one that the noun does not have."""
    found = []
    for name in names:
        word = name.strip().lower().replace(" ", "")
        word = _ALSO.get(word, word)
        if word.startswith(CUSTOM) and word != CUSTOM:
            word = CUSTOM + custom_key(name.strip()[len(CUSTOM) :])
        elif word not in KEYS[noun]:
            close = nearest(word, list(KEYS[noun]))
            guess = f"did you mean {close}? " if close else ""
            there_are = f"one of {', '.join(KEYS[noun])}, custom.KEY"
            raise BadValue("key", f"a {noun} is not known by {name!r}", hint=guess + there_are)
        found.append(word)
    return list(dict.fromkeys(found))

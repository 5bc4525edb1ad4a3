"""From the references in a draft to record numbers; unknown people and companies become stubs when that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.fields import NETWORKS, UID_PREFIX, Kind, find_field
from crmcli.domain.text import Matched
from crmcli.errors import Duplicate, NotFound
from crmcli.store.queries.refs import Found, owner_of_key, resolve, survivor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.domain.fields import Field
    from crmcli.services.desk import Desk
    from crmcli.store.session import UnitOfWork

KIND_WORD = {Kind.EMAIL: "e-mail", Kind.PHONE: "phone", Kind.WEBSITE: "website", Kind.HANDLE: "handle"}


class Links:
    """Resolves the links of one use case; ``create`` False forbids stubs."""

    def __init__(self, desk: Desk, uow: UnitOfWork, *, create: bool = True) -> None:
        self.desk = desk
        self.uow = uow
        self.create = create
        self.made = 0  # stubs

    def resolved(self, noun: str, values: Mapping[str, object]) -> dict[str, object]:
        """The values with every link as a record number."""
        found = dict(values)
        for name, value in values.items():
            field = find_field(noun, name)
            if name == "campaign" and value:
                found[name] = self._campaign(str(value))
            if field is None or field.kind is not Kind.LINK or value is None:
                continue
            if field.many:
                found[name] = tuple(dict.fromkeys(self.number(field.noun, str(ref)) for ref in value))  # type: ignore[attr-defined]
            else:
                found[name] = self.number(field.noun, str(value))
        return found

    def number(self, noun: str, ref: str) -> int:
        """The number of the record that the reference names, or of the stub made for it."""
        try:
            return resolve(self.uow.reader, noun, ref, self.desk.country).number
        except NotFound:
            kept = survivor(self.uow.reader, noun, ref, self.desk.country)
            if kept is not None:
                return self._merged(noun, ref, kept)
            values = self._stub(noun, ref)
            if values is None or not self.create:
                raise
        from crmcli.store.records import insert

        number = insert(self.uow, noun, {**values, "owner": self.desk.user}, {})
        self.made += 1
        self.uow.afterwards(lambda: self.desk.note(f"new {noun} #{number} {values['name']}"))
        return number

    def _campaign(self, ref: str) -> str:
        """The uid of the campaign that the reference names; an unknown name stays as it is, and makes one."""
        from crmcli.domain.campaign_drafts import read_label
        from crmcli.store.queries.campaign_views import campaign_named

        try:
            return campaign_named(self.uow.reader, ref).uid
        except NotFound:
            if not self.create or _is_record_name(ref) or ref.lower().startswith("cp_"):
                raise
        name = read_label(ref)
        self.uow.afterwards(lambda: self.desk.note(f"new campaign {name}"))
        return name

    def _merged(self, noun: str, ref: str, kept: Found) -> int:
        self.uow.afterwards(lambda: self.desk.note(f"{noun} {ref} was merged into #{kept.number} {kept.name}"))
        return kept.number

    def _stub(self, noun: str, ref: str) -> dict[str, object] | None:
        """The values of a stub: a contact for an e-mail, a company for a name or website; None for anything else."""
        from crmcli.domain.people import looks_like, name_from_email, read_email, read_website

        shape = looks_like(ref)
        if noun == "contact" and shape == "email":
            email = read_email(ref)
            return {"name": name_from_email(email.value), "emails": (email,)}
        if noun == "company" and not _is_record_name(ref):
            if shape == "website" and " " not in ref:
                return {"name": read_website(ref).value, "websites": (read_website(ref),)}
            return {"name": ref} if shape == "text" else None
        return None


def _is_record_name(ref: str) -> bool:
    return ref.lstrip("#").isdecimal() or ref.startswith(tuple(f"{prefix}_" for prefix in UID_PREFIX.values()))


def unique_field(noun: str, name: str) -> Field | None:
    """The field of that name if only one live record of the noun may hold a value of it."""
    field = find_field(noun, name)
    shared = field is None or field.kind not in KIND_WORD or (noun == "company" and field.kind is Kind.PHONE)
    return None if shared else field


def refuse_duplicates(uow: UnitOfWork, noun: str, values: Mapping[str, object], own: int | None = None) -> None:
    """Raise Duplicate, naming the owner, when another live record holds one of these addresses."""
    for name, value in values.items():
        field = unique_field(noun, name)
        if field is None:
            continue
        network = name if name in NETWORKS else ""
        for address in value if isinstance(value, tuple) and not isinstance(value, Matched) else (value,):
            if isinstance(address, Matched):
                owner = owner_of_key(uow.reader, noun, field.kind, address.key, network)
                if owner is not None and owner.number != own:
                    raise duplicate(noun, network or KIND_WORD[field.kind], address.value, owner)


def duplicate(noun: str, what: str, value: str, owner: Found) -> Duplicate:
    """The error that names who has the value."""
    return Duplicate(
        f"{what} {value} belongs to {noun} #{owner.number} {owner.name} ({owner.uid})",
        hint=f"crm {noun} show {owner.number}",
    )

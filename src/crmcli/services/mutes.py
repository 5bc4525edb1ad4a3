"""Advice that is not wanted any more, of one rule about everything or about one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.advice import RULES, rule_named
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, NotFound
from crmcli.store.queries.advice import mutes

if TYPE_CHECKING:
    from datetime import date

    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader


class RuleView(NamedTuple):
    """A rule and whether it is muted: for everything, and for how many records."""

    rule: str
    about: str
    weight: float
    muted: bool
    until: date | None
    records: int


class Mutes:
    """Muting advice, and listening to it again."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def rules(self) -> list[RuleView]:
        """Every rule, the weightiest first."""
        today = self.desk.clock.local().date()
        with self.desk.reading() as reader:
            silenced = mutes(reader, today)
        found = []
        for rule in RULES:
            own = [mute for mute in silenced if mute.rule == rule.name]
            whole = next((mute for mute in own if mute.noun is None), None)
            records = sum(mute.noun is not None for mute in own)
            found.append(
                RuleView(rule.name, rule.about, rule.weight, whole is not None, whole.until if whole else None, records)
            )
        return found

    def mute(self, rule: str, ref: str | None = None, until: str | None = None) -> str:
        """Hear no more of a rule, or of it about one record, until a day or for ever; what is muted, in words."""
        from crmcli.domain.ids import new_uid
        from crmcli.domain.schedule import read_date
        from crmcli.store.models.analysis import AdviceMute

        name, now = rule_named(rule).name, self.desk.clock.local()
        day = read_date(until, now, "until") if until else None
        if day is not None and day < now.date():
            raise BadValue("until", f"{day} is over", hint="a day to come, as +2w")
        with self.desk.writing("advise mute", name) as uow:
            noun, number, told = self._about(uow.reader, name, ref)
            uow.summary = told
            for known in uow.find(AdviceMute, rule=name, noun=noun, record_id=number, deleted_at=None):
                known.until = day
                return told
            uow.add(
                AdviceMute(uid=new_uid("mu"), rule=name, noun=noun, record_id=number, until=day, owner_id=uow.user_id)
            )
        return told

    def unmute(self, rule: str, ref: str | None = None) -> str:
        """Hear of it again; raises NotFound for what is not muted."""
        from crmcli.store.models.analysis import AdviceMute

        name = rule_named(rule).name
        with self.desk.writing("advise unmute", name) as uow:
            noun, number, told = self._about(uow.reader, name, ref)
            uow.summary = told
            found = uow.find(AdviceMute, rule=name, noun=noun, record_id=number, deleted_at=None)
            if not found:
                raise NotFound(f"{told} is not muted", hint="crm advise --rules")
            for each in found:
                uow.bury(each)
        return told

    def _about(self, reader: Reader, rule: str, ref: str | None) -> tuple[str | None, int | None, str]:
        if ref is None:
            return None, None, rule
        from crmcli.services.history import any_record

        noun, found = any_record(reader, ref, self.desk.country)
        return noun, found.number, f"{rule} about {noun} #{found.number}"

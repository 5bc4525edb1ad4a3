"""Taking a merge back, however much was done since: the record that was merged away comes back with what it had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import UID_PREFIX
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record
from crmcli.errors import Ambiguous, NotFound, Refused
from crmcli.store.queries.refs import MERGED, NAMES, Found, merged_away, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmcli.services.desk import Desk
    from crmcli.services.records import Records
    from crmcli.store.reader import Reader


class Unmerged(NamedTuple):
    """The outcome: the record that is back, the one it came from, and what could not be given back."""

    noun: str
    record: Any
    keeper: Found
    kept_back: tuple[str, ...]


class Unmerging:
    """Brings back what was merged away."""

    def __init__(self, desk: Desk, services: Mapping[str, Records]) -> None:
        self.desk = desk
        self._services = services

    def unmerge(self, ref: str) -> Unmerged:
        """Bring back the record that a reference names, or the one that was merged into the record it names.

        Raises:
            Ambiguous: several were; lists them.
            Refused: none was, or the log no longer tells how.
        """
        with self.desk.reading() as reader:
            noun, loser = self._meant(reader, ref)
            keeper = _keeper(reader, noun, loser.number)
            _refuse_forgotten(reader, noun, loser)
        with self.desk.writing(f"{noun} unmerge", f"{loser.name} from {keeper.name}") as uow:
            from crmcli.store.unmerge import unmerge

            kept_back = unmerge(uow, noun, loser.number)
            records = self._services[noun]
            for number in (keeper.number, loser.number):
                records.revived(uow, number)
            view = records.view(uow.reader, loser.number)
            self.desk.hooks.before(f"{noun}-edit", as_record(view))
        self.desk.hooks.after(f"{noun}-edit", as_record(view))
        return Unmerged(noun, view, keeper, tuple(kept_back))

    def _meant(self, reader: Reader, ref: str) -> tuple[str, Found]:
        nouns, bare = _nouns(ref)
        found: list[tuple[str, Found]] = []
        keepers: list[tuple[str, Found]] = []
        for noun in nouns:
            gone = merged_away(reader, noun, bare, self.desk.country)
            if not gone:
                keepers += ((noun, live) for live in self._live(reader, noun, bare))
                gone = [
                    loser for of, live in keepers if of == noun for loser in _merged_into(reader, noun, live.number)
                ]
            found += ((noun, loser) for loser in gone)
        if len(found) == 1:
            return found[0]
        if found:
            lines = tuple(f"  {noun}:{loser.number}  {loser.uid}  {loser.name}" for noun, loser in found)
            hint = f"crm unmerge {found[0][0]}:{found[0][1].number}"
            raise Ambiguous(f"{len(found)} records were merged that {ref!r} may mean", hint=hint, details=lines)
        if keepers:
            noun, live = keepers[0]
            raise Refused(f"nothing was merged into {noun} #{live.number} {live.name}")
        raise NotFound(f"no record {ref}", hint="crm history")

    def _live(self, reader: Reader, noun: str, ref: str) -> Iterator[Found]:
        try:
            yield resolve(reader, noun, ref, self.desk.country)
        except NotFound:
            return


def _nouns(ref: str) -> tuple[tuple[str, ...], str]:
    """The nouns that a reference may be of, and the reference without the noun."""
    noun, colon, rest = ref.strip().partition(":")
    if colon and noun in MERGED:
        return (noun,), rest
    by_uid = tuple(noun for noun in MERGED if ref.strip().startswith(f"{UID_PREFIX[noun]}_"))
    return by_uid or MERGED, ref.strip()


def _merged_into(reader: Reader, noun: str, number: int) -> list[Found]:
    sql = f"SELECT id, uid, {NAMES[noun]} FROM {noun} WHERE merged_into = ? ORDER BY id"
    return [Found(*row) for row in reader.rows(sql, (number,))]


def _keeper(reader: Reader, noun: str, number: int) -> Found:
    """The record that has its things by now: the end of the chain."""
    sql = f"SELECT w.id, w.uid, w.{NAMES[noun]} FROM {noun} r JOIN {noun} w ON w.id = r.merged_into WHERE r.id = ?"
    row = reader.row(sql, (number,))
    assert row is not None
    found = Found(*row)
    while (row := reader.row(sql, (found.number,))) is not None:
        found = Found(*row)
    return found


def _refuse_forgotten(reader: Reader, noun: str, loser: Found) -> None:
    if reader.value("SELECT 1 FROM forgotten WHERE uid = ?", (loser.uid,)) is not None:
        raise Refused(f"{noun} #{loser.number} was forgotten; nothing is left to bring back")

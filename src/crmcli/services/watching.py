"""A drop folder: whatever arrives in it is imported, and moved to where one sees what became of it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError, PartlyDone, StoreError
from crmcli.io.drop_folder import DONE, FAILED
from crmcli.services.alone import alone
from crmcli.services.importing.parts import LAST, source_of
from crmcli.services.several import NothingStored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from crmcli.io.drop_folder import DropFolder, Look
    from crmcli.services.desk import Desk
    from crmcli.services.several import Outcome, SeveralImports


class Arrival(NamedTuple):
    """A file that was dropped: ``status`` is read, partly, failed, or waiting where the store could not be had."""

    name: str
    status: str
    place: Path
    record: Mapping[str, object]
    error: CrmError | None = None


class Watching:
    """The use case of a drop folder; ``words`` writes an error down for people."""

    def __init__(
        self,
        desk: Desk,
        several: SeveralImports,
        folder: DropFolder,
        noun: str | None,
        given: Mapping[str, Any],
        words: Callable[[CrmError], str],
    ) -> None:
        self.desk = desk
        self.folder = folder
        self.odd: dict[str, None] = {}
        self._several = several
        self._noun = noun
        self._given = {name: value for name, value in given.items() if value}
        self._words = words
        self._last: dict[str, Look] = {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Watch the folder while nobody else does, from this machine."""
        from platform import node

        with alone(self.desk, f"watch {node()}:{self.folder.path}", f"watch of {self.folder.path}"):
            yield

    def whole(self) -> tuple[list[str], list[str]]:
        """The files that are as they were at the last look, and those that are not yet."""
        seen, odd = self.folder.look()
        self.odd |= dict.fromkeys(odd)
        ready = [name for name, look in seen.items() if self._last.get(name) == look]
        self._last = seen
        ready.sort(key=self._rank)
        return ready, [name for name in seen if name not in ready]

    def _rank(self, name: str) -> tuple[tuple[int, bool], str]:
        """Where a file stands among those that came together, so that each finds what it points to."""
        try:
            return self._several.part(self.folder.path / name, {}, self._noun).rank, name
        except CrmError:
            return LAST, name  # told when its turn comes

    def take(self, name: str) -> Arrival:
        """Import one file, and move it."""
        try:
            return self._judged(name)
        except StoreError as error:  # not the file's fault: it stays, and is tried again
            return Arrival(name, "waiting", self.folder.path / name, {}, error)

    def _judged(self, name: str) -> Arrival:
        rejects = self.folder.reserved(FAILED, f"{name}.rejects.csv", self.desk.clock.now())
        try:
            return self._take(name, rejects)
        finally:
            with suppress(OSError):
                if not rejects.stat().st_size:
                    rejects.unlink()
            with suppress(OSError):
                rejects.parent.rmdir()  # when nothing has failed

    def _take(self, name: str, rejects: Path) -> Arrival:
        try:
            outcome = self._imported(self.folder.path / name, rejects)
        except NothingStored as refused:
            return self._failed(name, refused.error, _record(refused.outcome))
        except StoreError:
            raise
        except CrmError as error:
            return self._failed(name, error, {})
        except Exception as error:
            known = self.desk.store.explain(error)
            if isinstance(known, StoreError):
                raise known from error
            return self._failed(name, known or CrmError(f"unexpected failure: {type(error).__name__}: {error}"), {})
        self._last.pop(name, None)
        verdict = outcome.verdict()
        place = self.folder.move(name, DONE, self.desk.clock.now())
        if isinstance(verdict, PartlyDone):
            self._write_down(name, verdict)
        return Arrival(name, "partly" if verdict else "read", place, _record(outcome), verdict)

    def _imported(self, path: Path, rejects: Path) -> Outcome:
        self.desk.store.committed = None
        given = {**self._given, "usual_source": source_of(self.folder.path)}
        part = self._several.part(path, given, self._noun)
        goes_on = self._given.get("skip_errors") or self._given.get("max_errors") is not None
        more = {"rejects": str(rejects), "whole": not goes_on}
        return self._several.go([part._replace(given={**part.given, **more})])

    def _failed(self, name: str, error: CrmError, record: Mapping[str, object]) -> Arrival:
        self._last.pop(name, None)
        place = self.folder.move(name, FAILED, self.desk.clock.now())
        self._write_down(name, error)
        return Arrival(name, "failed", place, record, error)

    def _write_down(self, name: str, error: CrmError) -> None:
        """The reason, beside what failed."""
        place = self.folder.reserved(FAILED, f"{name}.error.txt", self.desk.clock.now())
        place.write_text(self._words(error), encoding="utf-8")


def _record(outcome: Outcome) -> Mapping[str, object]:
    (part, taken), *_ = outcome.files
    return {
        "noun": part.noun, **taken.record(), "stored": outcome.is_stored, "change_set": outcome.change_set,
    }  # fmt: skip

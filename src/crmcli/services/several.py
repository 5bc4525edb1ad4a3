"""Several files in: those of one system, which point at each other, in one undo step."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from crmcli.domain.fields import PLURAL
from crmcli.errors import CrmError, NotFound, PartlyDone, UsageError
from crmcli.services.alone import alone
from crmcli.services.importing.options import plan_of
from crmcli.services.importing.parts import MAIL, Part, in_order, likely_part, parts_of_folder, parts_of_plan
from crmcli.services.trial import trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from crmcli.services.correspondence import Correspondence
    from crmcli.services.desk import Desk
    from crmcli.services.importing.parts import LeftOut
    from crmcli.services.imports import Imports
    from crmcli.store.session import UnitOfWork

COUNTS = ("read", "created", "updated", "skipped", "unchanged", "rejected")
_SHOWN = 10


class _OnlyTried(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class NothingStored(Exception):
    """Nothing was stored; the ``outcome`` tells of each file, the ``error`` why."""

    def __init__(self, outcome: Outcome, error: CrmError) -> None:
        super().__init__(error.message)
        self.outcome = outcome
        self.error = error


class Taken(Protocol):
    """One file of several, while it is imported and after."""

    @property
    def lock(self) -> str:
        """The name under which no two imports run at the same time."""

    @property
    def about(self) -> str:
        """What is done, as whoever has to wait for it is told."""

    name: str

    def take(self, uow: UnitOfWork, advance: Callable[[int], None]) -> None:
        """Put all of it in."""

    def tell_of_half(self) -> None:
        """Tell of an earlier import of the same that stopped half-way."""

    def forget_half(self, uow: UnitOfWork) -> None:
        """Nothing of it is half done any more."""

    def stored(self) -> None:
        """The transaction has ended well."""

    def tell_hooks(self) -> None:
        """Run what comes after."""

    def record(self) -> dict[str, object]:
        """What was done, as a JSON object."""

    def doubts(self) -> Iterator[str]:
        """How it is understood, as far as nobody has said so."""

    def verdict(self) -> CrmError | None:
        """What is left to say when some of it was rejected."""


class Outcome:
    """What became of several files."""

    def __init__(self, files: Sequence[tuple[Part, Taken]], *, dry_run: bool) -> None:
        self.files = files
        self.dry_run = dry_run
        self.change_set: int | None = None
        self.is_stored = False

    def counts(self) -> list[tuple[str, str, dict[str, int]]]:
        """Each file with its noun and tally."""
        return [(str(part.path), part.noun, _counted(taken.record())) for part, taken in self.files]

    def totals(self) -> dict[str, int]:
        """The tallies of all files together."""
        each = [counts for _, _, counts in self.counts()]
        return {name: sum(counts[name] for counts in each) for name in COUNTS}

    @property
    def command(self) -> str:
        """How the history calls it."""
        nouns = dict.fromkeys(part.noun for part, _ in self.files)
        return f"import {', '.join(PLURAL.get(noun, noun) for noun in nouns)}"

    def headline(self) -> str:
        """The line that the history shows: what came from where."""
        totals = self.totals()
        names = ", ".join(dict.fromkeys(taken.name for _, taken in self.files))
        counts = (("new", totals["created"]), ("changed", totals["updated"]))
        return f"{names}: " + ", ".join(f"{count:,} {word}" for word, count in counts if count)

    def record(self) -> dict[str, object]:
        """What was done, as a JSON object."""
        files = [{"file": str(part.path), "noun": part.noun, **taken.record()} for part, taken in self.files]
        return {
            "dry_run": self.dry_run,
            "stored": self.is_stored,
            "totals": self.totals(),
            "files": [{**each, "stored": self.is_stored, "change_set": self.change_set} for each in files],
            "change_set": self.change_set,
        }

    def verdict(self) -> CrmError | None:
        """What is left to say when some rows were rejected: the error that the command ends with."""
        errors = [(part, error) for part, taken in self.files if (error := taken.verdict()) is not None]
        if not errors:
            return None
        if len(self.files) == 1:
            return errors[0][1]
        totals = self.totals()
        what = f"{totals['rejected']:,} of {totals['read']:,} rows"
        details = [
            line for part, error in errors for line in (f"  {part.path}: {error.message}", *error.details[:_SHOWN])
        ]
        if all(isinstance(error, PartlyDone) for _, error in errors):
            return PartlyDone(f"{what} were rejected", details=tuple(details))
        return UsageError(
            f"{what} can't be imported; nothing was stored",
            hint="--skip-errors stores the others",
            details=tuple(details),
        )


def _counted(record: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(record.get(f"{name}_count" if name == "rejected" else name) or 0) for name in COUNTS}


class SeveralImports:
    """The use case of importing several files at once."""

    def __init__(self, desk: Desk, imports: Imports, correspondence: Callable[[], Correspondence]) -> None:
        self.desk = desk._replace(origin="import")
        self._imports = imports
        self._correspondence = correspondence

    def found(self, places: Sequence[Path], given: Mapping[str, Any]) -> tuple[list[Part], list[LeftOut]]:
        """The files at these places (plans, folders and files) in their order, and those that are left out.

        Raises NotFound for a place where nothing is, ConfigError for a plan that can't be read, UsageError for a file
        that does not say what it holds.
        """
        parts: list[Part] = []
        left_out: list[LeftOut] = []
        said = {name: value for name, value in given.items() if value}
        for place in places:
            if place.suffix.lower() == ".toml":
                parts += [part._replace(given={**part.given, **said}) for part in parts_of_plan(place)]
            elif place.is_dir() and not (place / "cur").is_dir():
                here, others = parts_of_folder(place, said, self._imports.likely_noun)
                parts, left_out = parts + here, left_out + others
            else:
                parts.append(self.part(place, said))
        if not parts:
            raise UsageError(
                f"{', '.join(map(str, places))}: nothing here says what it is", hint="crm import contacts FILE"
            )
        if said.get("rejects") and len(parts) > 1:
            parts = [_rejecting_into(Path(said["rejects"]), part) for part in parts]
        return parts if len(places) == 1 else in_order(parts), left_out

    def part(self, path: Path, given: Mapping[str, Any], noun: str | None = None) -> Part:
        """One file with its noun; raises NotFound, or UsageError when it does not say what it holds."""
        if not path.exists():
            raise NotFound(f"no file {path}")
        why = ""
        if noun is None:
            noun, why = likely_part(path, self._imports.likely_noun)
        if noun is None:
            raise UsageError(why if str(path) in why else f"{path}: {why}", hint=f"crm import contacts {path}")
        return Part(noun, path, given)

    def go(
        self, parts: Sequence[Part], *, dry_run: bool = False, advance: Callable[[int], None] = lambda _: None
    ) -> Outcome:
        """Import them all, in this order and one transaction.

        Raises NothingStored when a row is rejected and bad rows are not to be skipped.
        """
        with ExitStack() as stack:
            files = [(part, stack.enter_context(self._opened(part, dry_run=dry_run))) for part in parts]
            outcome = Outcome(files, dry_run=dry_run)
            if not dry_run:
                for lock, about in sorted({taken.lock: taken.about for _, taken in files}.items()):
                    stack.enter_context(alone(self.desk, lock, about))
                for _, taken in files:
                    taken.tell_of_half()
            self._store(outcome, advance)
            for _, taken in files:
                taken.tell_hooks()
        return outcome

    def _store(self, outcome: Outcome, advance: Callable[[int], None]) -> None:
        with (
            suppress(_OnlyTried),
            trial(self.desk) if outcome.dry_run else nullcontext(self.desk) as desk,
            desk.writing(outcome.command) as uow,
        ):
            for part, taken in outcome.files:
                with _named(part):
                    taken.take(uow, advance)
            if outcome.dry_run:
                raise _OnlyTried
            error = outcome.verdict()
            if error is not None and not isinstance(error, PartlyDone):
                raise NothingStored(outcome, error)
            for _, taken in outcome.files:
                taken.forget_half(uow)
            uow.summary = outcome.headline()
        outcome.is_stored = not outcome.dry_run
        outcome.change_set = self.desk.store.committed if outcome.is_stored else None
        for _, taken in outcome.files if outcome.is_stored else ():
            taken.stored()

    @contextmanager
    def _opened(self, part: Part, *, dry_run: bool) -> Iterator[Taken]:
        """One file, ready to be taken; what is wrong with it is told with its name."""
        if part.noun == MAIL:
            from crmcli.services.mailbag import Mailbag

            with _named(part):
                bag = Mailbag(self._correspondence(), part, dry_run=dry_run)
            yield bag
            return
        given = part.given if part.noun == "deal" else {**part.given, "stage_map": None}
        with ExitStack() as stack:
            with _named(part):
                plan = plan_of(part.noun, given)._replace(dry_run=dry_run)
                run = stack.enter_context(self._imports.opened(plan, part.path))
            stack.callback(run.drop)
            if plan.save_map is not None:
                self._imports.keep_map(plan.save_map, run)
            yield run


@contextmanager
def _named(part: Part) -> Iterator[None]:
    """Have an error say which file it is about."""
    try:
        yield
    except CrmError as error:
        if str(part.path) not in error.message:
            error.message = f"{part.path}: {error.message}"
        raise


def _rejecting_into(folder: Path, part: Part) -> Part:
    """The file with a place of its own for its rejected rows."""
    return part._replace(given={**part.given, "rejects": str(folder / f"{part.path.name}.rejects.csv")})

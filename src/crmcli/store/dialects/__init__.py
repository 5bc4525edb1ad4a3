"""What differs between the two engines, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from crmcli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from threading import Event

    from crmcli.errors import CrmError
    from crmcli.store.location import Location
    from crmcli.store.store import Store

Row = tuple[Any, ...]


class Held(Exception):
    """Somebody else holds the name; ``note`` is what they say of themselves, empty where that is not known."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class Lookout(Protocol):
    """One kept connection that sees when anyone changes the store; it is for one thread, and opens when first asked."""

    def mark(self) -> object:
        """What differs from before once the store was changed, made or taken away.

        Raises CrmError when the store can't be reached, StoreLocked when it can't be told just now.
        """

    def rest(self, seconds: float, called: Event) -> None:
        """Wait so long; less when it is time to ask for the mark again, or when ``called`` is set."""

    def close(self) -> None:
        """Let go of the connection; the next mark opens another."""


class Dialect(Protocol):
    """One engine, as the rest of the store sees it."""

    name: str
    sorts_groups: bool  # whether it sorts the rows of a GROUP BY, one by one

    def exists(self, location: Location) -> bool:
        """Whether there is a store to read."""

    def connect(self, location: Location, *, write: bool, timeout: float) -> Any:  # noqa: ANN401 - a DB-API connection
        """A DB-API connection; ``write`` makes the store's place if it is missing."""

    def place(self, location: Location) -> object:
        """What differs from before once something else lies where the store was; None when nothing does."""

    def keep(self, connection: Any) -> None:  # noqa: ANN401
        """The connection stays open for many questions: what one of them read is not to stay in memory after it."""

    def interrupt(self, connection: Any) -> None:  # noqa: ANN401
        """From another thread: end the query that runs on the connection, if one does."""

    def tell(self) -> str:
        """The statement that tells the lookouts of a commit; empty where they see it by themselves."""

    def lookout(self, location: Location) -> Lookout:
        """Someone who sees when anyone changes the store."""

    def begin(self) -> str:
        """The statements that start a write and wait for the other writers to end."""

    def keep_at_once(self, connection: Any) -> None:  # noqa: ANN401
        """From now on no commit of this connection returns before it would survive the loss of power."""

    def sql(self, text: str) -> str:
        """A statement written with ``?`` in the engine's own placeholder style."""

    def stream(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[Row]:  # noqa: ANN401
        """The rows, a few hundred at a time, with times and JSON as text on both engines."""

    def ask(self, location: Location, text: str, seconds: float) -> tuple[list[str], Iterator[Row]]:
        """The columns and rows of a stranger's SELECT, on a connection that can't write and ends after ``seconds``.

        Raises Refused for what is no reading statement or takes too long, and UsageError for what the engine can't read.
        """

    def explain(self, error: BaseException, label: str) -> CrmError | None:
        """The engine's exception as one of ours; None when it is not the engine's."""

    def seconds(self, moment: str) -> str:
        """SQL for a moment as whole seconds since the beginning of 1970."""

    def custom_value(self, alias: str) -> str:
        """SQL for the text of the custom field whose key is the one parameter; NULL when there is none."""

    def shifted_day(self, moment: str, seconds: str) -> str:
        """SQL for the day, as text, of a kept moment that is moved by so many seconds; both are SQL."""

    def later(self, moment: str, seconds: int) -> str:
        """SQL for a kept moment so many seconds later."""

    def gathered(self, value: str) -> str:
        """SQL for the values of a group in one text, with commas between them; without those that are NULL."""

    def one_in(self, every: int, number: str, highest: int) -> str:
        """SQL that is true for one number in so many, scattered as in ``domain.scattered``; none is above the highest."""

    def among(self, values: Sequence[object]) -> tuple[str, Sequence[object]]:
        """SQL after an expression that makes it true for any of the values, and the parameters of that SQL."""

    def search_condition(self) -> str:
        """SQL that matches ``search_entry`` rows by one query parameter made by ``search_query``."""

    def search_query(self, words: Sequence[str], *, names_only: bool) -> str:
        """The engine's query text for records that hold all the words, each as a beginning."""

    def finds_far(self, word: str) -> bool:
        """Whether the index finds the beginning of a word as short as this without looking through most of itself."""

    def names_beginning(self, noun: str, key: str, words: str) -> tuple[str, Sequence[object]] | None:
        """SQL for the ``id`` of the noun's records whose names begin so, and its parameters; None without an index.

        ``key`` is the folded text, ``words`` are its words. The records may be deleted.
        """

    def fill(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ANN401
        """Insert rows by the thousand: text, numbers and None, moments and JSON as text."""

    def expect_many(self, connection: Any) -> None:  # noqa: ANN401
        """Make ready for very many rows within this transaction."""

    def settle(self, connection: Any) -> None:  # noqa: ANN401
        """Before the commit: everything as it was before ``expect_many``."""

    def kept_order(self, keys: Iterable[str]) -> list[str]:
        """The keys of a JSON object in the order in which the engine gives them back."""

    def describe(self, connection: Any, location: Location) -> tuple[str, int]:  # noqa: ANN401
        """The engine's version, and how many bytes the store takes."""

    def grown(self, tables: Sequence[str]) -> str:
        """A statement that tells the planner of many new rows; empty where it needs none."""

    def snapshot(self) -> str:
        """The statement after which a reading connection sees the store as it is now, whoever writes meanwhile."""

    def stream_long(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[Row]:  # noqa: ANN401
        """As ``stream``, within a snapshot, for more rows than fit into memory."""

    def numbers(self, connection: Any, tables: Sequence[str]) -> dict[str, int]:  # noqa: ANN401
        """The highest number that a row of each table was ever given; nothing for a table that never had one."""

    def set_numbers(self, connection: Any, numbers: Mapping[str, int]) -> None:  # noqa: ANN401
        """Go on from these numbers; 0 means that no row was ever given one."""

    def load(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ANN401
        """Many whole rows as they are, which may point to each other; raises ValueError for those that don't fit."""

    def refuse_dangling(self, connection: Any) -> None:  # noqa: ANN401
        """Raise ValueError if a loaded row points to one that is not there."""

    def integrity(self, connection: Any) -> list[str]:  # noqa: ANN401
        """What the engine itself finds wrong, a line each."""

    def leave_no_trace(self, connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        """Have what this transaction deletes overwritten, where the engine can."""

    def scrub(self, location: Location) -> None:
        """Rid the store's files of what was deleted; raises StoreLocked while someone is at work in it."""

    def hold(self, location: Location, name: str, note: str) -> AbstractContextManager[None]:
        """Hold a name of this store against every other process for as long as the ``with`` lasts, or this process.

        ``note`` tells the others who it is. Raises Held, with the note of who holds it as far as that is known.
        """

    def backup(self, location: Location, target: Path) -> None:
        """A whole copy of the store at one moment, while others write."""

    def backup_version(self, source: Path) -> str:
        """The version of the schema in a backup; raises StoreError when it is none."""

    def restore(self, store: Store, source: Path, version: str) -> None:
        """The store as the backup has it, which is of schema ``version``, in one step."""


def too_long(seconds: float) -> Refused:
    """The refusal of a question whose time is up."""
    return Refused(f"the answer was not there after {seconds:g} s", hint="--timeout 5m")


def scattered(every: int, number: str) -> str:
    """SQL that is true for the numbers that ``domain.scattered`` chooses."""
    from crmcli.domain.scattered import FACTOR, SIZE

    return f"({number} * {FACTOR} % {SIZE}) * {every:d} < {SIZE}"


def dialect_of(location: Location) -> Dialect:
    """The dialect that speaks to the store at ``location``."""
    if location.path:
        from crmcli.store.dialects.sqlite import Sqlite

        return Sqlite()
    from crmcli.store.dialects.postgresql import Postgresql

    return Postgresql()

"""``crm import --watch FOLDER``: what is dropped into a folder is imported and moved."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import app_of, is_machine
from crmcli.domain.fields import PLURAL
from crmcli.errors import BadValue, Interrupted, PartlyDone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from crmcli.context import AppContext
    from crmcli.errors import CrmError
    from crmcli.services.watching import Arrival, Watching

WATCH_EXAMPLES = [
    "crm import --watch ~/drop --noun contacts --key email --mode upsert",
    "crm import watch ~/drop --once --skip-errors --report json --quiet",
]
UNFIT = ("dry_run", "resume", "rejects", "interactive", "save_map")
"""Options of an import that say nothing of a folder that is watched."""
_NOUNS = {plural: noun for noun, plural in PLURAL.items()} | {"mail": "mail"}

Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="Where files are dropped.")]
Records = Annotated[
    str | None,
    typer.Option(
        "--noun", metavar="RECORDS", help=f"What the files hold: {', '.join(_NOUNS)}. Told by each if not given."
    ),
]
Every = Annotated[
    str, typer.Option("--every", metavar="TIME", help="Look so often; a file that has not changed since is whole.")
]
Once = Annotated[bool, typer.Option("--once", help="Read what lies there and end, for cron and systemd.")]


def import_watch(
    ctx: typer.Context, folder: str, noun: str | None, every: str, once: bool, given: dict[str, Any]
) -> None:
    """What is dropped into a folder. Each file is imported, and moved to its folder done, or failed with the reason."""
    from crmcli.domain.durations import read_seconds
    from crmcli.io.drop_folder import DropFolder
    from crmcli.services.watching import Watching

    app = app_of(ctx)
    if app.output.format == "json":
        app.output.use_format("jsonl")
    if noun is not None and noun not in _NOUNS:
        raise BadValue("noun", f"{noun!r} is not one of {', '.join(_NOUNS)}")
    seconds = read_seconds(every, "every")
    place = DropFolder(Path(folder).expanduser())
    watching = Watching(app.desk, app.several, place, _NOUNS[noun] if noun else None, given, _in_words)
    with watching.alone(), _stopping() as stop:
        arrivals = []
        for arrival in _arrivals(app, watching, stop, seconds, once=once):
            _tell(ctx, app, arrival)
            arrivals += [arrival.status] if once else []
    if stop.signal == signal.SIGINT:
        raise Interrupted("stopped; what was read is stored")
    if bad := sum(status != "read" for status in arrivals):
        raise PartlyDone(f"{bad:,} of {len(arrivals):,} files were not read whole", hint=f"ls {place.path / 'failed'}")


def _arrivals(app: AppContext, watching: Watching, stop: _Stop, seconds: float, *, once: bool) -> Iterator[Arrival]:
    """What arrives, as it is read; ends when it is stopped, or when all that lay there is read."""
    ready, coming = watching.whole()
    told = len(watching.odd)
    _tell_odd(app, list(watching.odd))
    while (coming or not once) and not stop.wait(seconds):
        ready, coming = watching.whole()
        _tell_odd(app, list(watching.odd)[told:])
        told = len(watching.odd)
        for name in ready:
            if stop.signal is not None:
                return
            yield watching.take(name)
        if once:
            for name in coming:
                app.output.note(f"{name} is still being written: left for the next time")
            return


def _tell_odd(app: AppContext, names: list[str]) -> None:
    for name in names:
        app.output.note(f"left alone {name}: not a regular file")


def _tell(ctx: typer.Context, app: AppContext, arrival: Arrival) -> None:
    """One line on stdout for a file, and the reason on stderr when something was wrong with it."""
    error = arrival.error
    if is_machine(ctx):
        told = None if error is None else {"code": error.code, "message": error.message, "hint": error.hint}
        head = {"file": arrival.name, "status": arrival.status, "moved_to": str(arrival.place), "error": told}
        app.output.value({**arrival.record, **head})
    else:
        counts = ("created", "updated", "skipped", "unchanged", "rejected_count")
        tally = (
            []
            if arrival.status == "failed"
            else [
                f"{arrival.record[name]:,} {name.removesuffix('_count')}" for name in counts if arrival.record.get(name)
            ]
        )
        said = ", ".join(tally) or "nothing new"
        app.output.text(_visible(f"{arrival.name}: {arrival.status}, {said if not error or tally else error.message}"))
    app.output.stdout.flush()
    if error is not None and not app.output.diagnostics.quiet:
        app.output.warn(f"{arrival.name}: {error.message}")


def _visible(text: str) -> str:
    from crmcli.render.safe import visible

    return visible(text)


def _in_words(error: CrmError) -> str:
    """An error as a small text file tells it."""
    hint = f" ({_visible(error.hint)})" if error.hint else ""
    return "\n".join([f"{_visible(error.message)}{hint}", *map(_visible, error.details), ""])


class _Stop:
    """Whether somebody wants the watch to end."""

    def __init__(self) -> None:
        self._event = Event()
        self.signal: int | None = None

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is stopped; whether it is."""
        return self._event.wait(seconds)

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal: the file at hand is finished first, unless Ctrl-C comes twice."""
        if self.signal is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = number
        self._event.set()


@contextmanager
def _stopping() -> Iterator[_Stop]:
    stop = _Stop()
    before = {number: signal.signal(number, stop.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""``crm dupes``: records that may be one: listed, reviewed side by side, or merged where it is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import one_of
from crmcli.commands.shape import (
    DryRun,
    Fields,
    Limit,
    Noun,
    Yes,
    app_of,
    is_machine,
    is_to_be_done,
    show_rows,
)
from crmcli.domain.fields import PLURAL
from crmcli.errors import BadValue, CrmError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.context import AppContext
    from crmcli.domain.views import DuplicatePair
    from crmcli.services.duplicates import Cluster

app = Noun("Records that may be one.")

_NOUNS = ("contact", "company")
_KEYS = "m merge into left, r merge into right, d different, s skip, u undo last, q quit"


@app.verb(
    "dupes",
    examples=[
        "crm dupes",
        "crm dupes --type contact --threshold 0.8 --format json",
        "crm dupes --interactive",
        "crm dupes --auto 0.98 --dry-run",
    ],
)
def dupes(
    ctx: typer.Context,
    type_: Annotated[
        str | None,
        typer.Option("--type", metavar="NOUN", help="contact or company; else both.", autocompletion=one_of(_NOUNS)),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", metavar="SCORE", help="The least score, from 0 to 1; 0.8 unless told."),
    ] = None,
    auto: Annotated[
        float | None,
        typer.Option(
            "--auto", metavar="SCORE", help="Merge all that score so much, in one undo step; 0.98 is careful."
        ),
    ] = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Review the pairs side by side, with single keys.")
    ] = False,
    fields: Fields = None,
    limit: Limit = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """List pairs of records that may be one, with a score and its reasons. A pair said to be different is not shown again."""
    _check(type_, threshold, auto, interactive=interactive, yes=yes, dry_run=dry_run)
    from crmcli.domain.matching import DEFAULT_THRESHOLD

    least = DEFAULT_THRESHOLD if threshold is None else threshold
    if auto is not None:
        _merge_certain(ctx, type_, auto, yes=yes, dry_run=dry_run)
    elif interactive:
        _review(ctx, type_, least, limit)
    else:
        _list(ctx, type_, least, limit, fields)


def _check(
    noun: str | None, threshold: float | None, auto: float | None, *, interactive: bool, yes: bool, dry_run: bool
) -> None:
    if noun is not None and noun not in _NOUNS:
        raise BadValue("type", f"{noun!r} is not one of {', '.join(_NOUNS)}")
    for option, value in (("threshold", threshold), ("auto", auto)):
        if value is not None and not 0 <= value <= 1:
            raise BadValue(option, f"{value:g} is not between 0 and 1")
    if auto is not None and (interactive or threshold is not None):
        raise UsageError("--auto goes without --interactive and --threshold", hint="crm dupes --auto 0.98")
    if auto is None and (yes or dry_run):
        raise UsageError("--yes and --dry-run belong to --auto", hint="crm dupes --auto 0.98 --dry-run")


def _list(ctx: typer.Context, noun: str | None, threshold: float, limit: int | None, fields: str | None) -> None:
    found = app_of(ctx).duplicates.find(noun, threshold)
    show_rows(ctx, "dupes", lambda most: found[:most], limit, fields, total=len(found))


# -- merging what is certain


def _merge_certain(ctx: typer.Context, noun: str | None, score: float, *, yes: bool, dry_run: bool) -> None:
    app = app_of(ctx)
    clusters = app.duplicates.certain(noun, score)
    pairs = [pair for cluster in clusters for pair in cluster.pairs]
    if not pairs:
        if is_machine(ctx):
            app.output.many("dupes", ())
        app.output.message(f"no duplicates score {score:g} or more")
        return
    what = _counted(clusters)
    each = (f"merge {pair.type} {_told(pair)}" for pair in pairs)
    if not is_to_be_done(app, f"merge {what}", each, yes=yes, dry_run=dry_run):
        return
    app.duplicates.merge_certain(clusters)
    if is_machine(ctx):
        app.output.many("dupes", pairs)
    app.output.note(f"merged {what} (crm undo takes it back)")


def _counted(clusters: Sequence[Cluster]) -> str:
    parts = []
    for noun in _NOUNS:
        mine = [cluster for cluster in clusters if cluster.noun == noun]
        gone = sum(len(cluster.pairs) for cluster in mine)
        if mine:
            parts.append(
                f"{gone} {noun if gone == 1 else PLURAL[noun]} into {len(mine)} {'other' if len(mine) == 1 else 'others'}"
            )
    return " and ".join(parts)


def _told(pair: DuplicatePair) -> str:
    reasons = ", ".join(pair.reasons)
    return f"#{pair.b_number} {pair.b.name} into #{pair.a_number} {pair.a.name} ({pair.score:g}: {reasons})"


# -- review


def _review(ctx: typer.Context, noun: str | None, threshold: float, limit: int | None) -> None:
    app = app_of(ctx)
    if not app.output.can_ask:
        raise UsageError("--interactive needs a terminal", hint="crm dupes --format json")
    pairs = app.duplicates.find(noun, threshold, limit or None)
    if not pairs:
        app.output.message("no duplicates")
        return
    review = _Review(app, pairs)
    review.go()
    app.output.note(review.summary())


class _Review:
    """Pairs shown one after the other, and what was decided; every decision is an undo step of its own."""

    def __init__(self, app: AppContext, pairs: list[DuplicatePair]) -> None:
        self.app = app
        self.pairs = pairs
        self.place = 0
        self._done: list[tuple[int, str, int, int | None]] = []  # place, what, change set, number merged away

    def go(self) -> None:
        """Show and ask until the pairs or the answers end."""
        while self.place < len(self.pairs):
            pair = self.pairs[self.place]
            if self._is_settled(pair):
                self.place += 1
                continue
            self._show(pair)
            if not self._answer(pair):
                return

    def summary(self) -> str:
        """What was done, in one line."""
        counts = {what: sum(each[1] == what for each in self._done) for what in ("merged", "different")}
        left = len(self.pairs) - self.place
        told = f"{counts['merged']} merged, {counts['different']} told apart"
        return f"{told}, {left} left" if left else told

    def _is_settled(self, pair: DuplicatePair) -> bool:
        """Whether one of the two was merged away on the way here."""
        gone = {(self.pairs[place].type, number) for place, _, _, number in self._done if number is not None}
        return not gone.isdisjoint({(pair.type, pair.a_number), (pair.type, pair.b_number)})

    def _show(self, pair: DuplicatePair) -> None:
        from crmcli.render.safe import visible
        from crmcli.render.side_by_side import side_by_side

        service = self.app.records(pair.type)
        left, right = service.get(pair.a.id), service.get(pair.b.id)
        reasons = visible(", ".join(pair.reasons))
        heading = f"{self.place + 1} of {len(self.pairs)}: {pair.type}, {pair.score:g} ({reasons})"
        self.app.output.text("\n".join(side_by_side(pair.type, left, right, heading, self.app.output.screen())))

    def _answer(self, pair: DuplicatePair) -> bool:
        """Do as one key says; False when it says to stop."""
        from crmcli.render.keys import key_pressed

        stdin = self.app.output.stdin
        while True:
            self.app.output.note(_KEYS)
            key = key_pressed(stdin) if stdin is not None else ""
            act: Any = {
                "m": self._merge_left, "r": self._merge_right, "d": self._tell_apart, "s": self._skip, "u": self._undo,
            }.get(key)  # fmt: skip
            if key in ("", "q"):
                return False
            if act is None:
                continue
            try:
                act(pair)
            except CrmError as error:
                self.app.output.warn(error.message)
                self._skip(pair)
            return True

    def _merge_left(self, pair: DuplicatePair) -> None:
        self._merge(pair.type, pair.a.id, pair.b.id, pair.b_number)

    def _merge_right(self, pair: DuplicatePair) -> None:
        self._merge(pair.type, pair.b.id, pair.a.id, pair.a_number)

    def _merge(self, noun: str, keep: str, lose: str, gone: int) -> None:
        service: Any = self.app.records(noun)
        merge = service.merge(keep, lose)
        for lost in merge.conflicts:
            self.app.output.warn(f"not kept: {lost.field} {lost.dropped!r} (kept {lost.kept!r})")
        self._settle("merged", gone)

    def _tell_apart(self, pair: DuplicatePair) -> None:
        self.app.duplicates.differ(pair.type, pair.a_number, pair.b_number)
        self._settle("different", None)

    def _settle(self, what: str, gone: int | None) -> None:
        self._done.append((self.place, what, self.app.store.committed or 0, gone))
        self.place += 1

    def _skip(self, _pair: DuplicatePair) -> None:
        self.place += 1

    def _undo(self, _pair: DuplicatePair) -> None:
        if not self._done:
            self.app.output.note("nothing was decided yet")
            return
        place, what, number, _ = self._done[-1]
        self.app.history.undo(str(number))
        self._done.pop()
        self.place = place
        self.app.output.note(f"took back: {what}")

"""What a file's columns mean: said by the user, known of the system it comes from, told by its format, or guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, nearest
from crmcli.errors import BadValue, UsageError
from crmcli.io.headers import CUSTOM, letters, losers, match_headers, overlaid
from crmcli.io.table import BadRow
from crmcli.services.importing.cells import EMPTY
from crmcli.services.importing.guessing import guessed
from crmcli.services.importing.mapping import Columns, columns_of, target_of
from crmcli.services.importing.totals import without_total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from crmcli.io.presets.preset import Preset, Step
    from crmcli.io.table import Row, Table
    from crmcli.services.importing.mapping import Cell, Target
    from crmcli.services.importing.plan import Plan

NO_PRESET = "none"
LOOKED_AT = 200  # rows from which the meaning of columns is guessed


class Meaning(NamedTuple):
    """A plan completed by what is known of its file, where columns go, and what is doubtful about that."""

    plan: Plan
    columns: Columns
    preset: Preset | None = None
    recognised: bool = False  # by the headers, rather than named by the user
    doubts: tuple[str, ...] = ()
    shown: Mapping[str, str] = {}  # the field of each column, and of what several columns make together

    @property
    def is_doubtful(self) -> bool:
        """Whether the user should see it unasked."""
        return self.recognised or bool(self.doubts)

    def lines(self) -> Iterator[str]:
        """What the user is told: the system, each column's field, and the doubts."""
        yield from self._system()
        for header, target in self.shown.items():
            yield f"{header} → {target}"
        yield from self.doubts

    def briefly(self, *, is_told: bool) -> Iterator[str]:
        """What the user is told unasked: each column where one is doubtful or kept as text, else all on one line.

        Nothing of what a known system or format, which the user named, says by itself (``is_told``).
        """
        if self.is_doubtful or (
            not is_told and self.preset is None and any(target.custom for target in self.columns.targets.values())
        ):
            yield from self.lines()
        elif not is_told and self.preset is None:
            columns = ", ".join(f"{header} → {target}" for header, target in self.shown.items())
            yield f"{len(self.shown)} {'column' if len(self.shown) == 1 else 'columns'}: {columns}"

    def notes(self) -> Iterator[str]:
        """The system that was recognised, and what is doubtful."""
        yield from self._system()
        yield from self.doubts

    def _system(self) -> Iterator[str]:
        if self.preset is not None and self.recognised:
            yield f"recognised {self.preset.about} (--preset {self.preset.name}; --preset none to switch off)"


def meaning_of(plan: Plan, table: Table, stages: Callable[[], Iterable[str]]) -> Meaning:
    """What the columns of an open file mean; ``stages`` are those of the store, asked for when needed.

    Raises BadValue for an unknown preset, column or field, and UsageError for a file that the preset does not fit.
    """
    meaning = _meaning(plan, table, stages)
    exact = meaning.preset is not None and meaning.preset.exact
    # What has a null of its own says NULL as a text.
    nothing = EMPTY if table.format == "csv" and not exact else frozenset()
    return meaning._replace(columns=meaning.columns._replace(exact=exact, nothing=nothing))


def _meaning(plan: Plan, table: Table, stages: Callable[[], Iterable[str]]) -> Meaning:
    headers = table.headers
    if table.noun is not None and table.noun != plan.noun:
        noun = PLURAL[table.noun]
        raise UsageError(f"{table.format} holds {noun}, not {PLURAL[plan.noun]}", hint=f"crm import {noun}")
    preset = _named_preset(plan, table)
    if table.targets is not None and (preset is None or preset.format):
        columns = columns_of(plan, headers, table.targets)
        return Meaning(plan, columns, preset, shown=_shown(columns))
    found = preset or _recognised(plan, headers)
    if plan.noun in ("contact", "deal") and (found is None or not found.exact):
        table.rows = without_total(table.rows)
    if found is None:
        return _guessed_meaning(plan, table, headers, stages)
    plan = _completed(plan, found, stages)
    if found.together and not any(setting.startswith(f"{found.together}.") for setting in plan.map):
        table.gather(found.together)
        headers, plan = table.headers, plan._replace(reading=plan.reading._replace(together=found.together))
    placed = overlaid(headers, match_headers(plan.noun, headers), found.placed(headers), noun=plan.noun)
    columns = columns_of(plan, headers, placed)
    undoing = found.undoing.get("tsv" if table.delimiter == "\t" else table.format, ())
    changes = list(_changes((*undoing, *found.steps), headers))
    if found.noise:
        _leave_out(table, found.noise)
    if changes:
        columns = columns._replace(shape=_shaper(plan.noun, columns.targets, [change for _, _, change in changes]))
    shown = _shown(columns)
    for step, headers_read, _ in changes:
        if step.into:
            shown[f"{headers_read} …" if headers_read in shown else headers_read] = _either(step.into)
    return Meaning(plan, columns, found, preset is None, shown=shown)


def _shown(columns: Columns) -> dict[str, str]:
    return {header: str(target) for header, target in columns.targets.items()}


# -- which system


def _named_preset(plan: Plan, table: Table) -> Preset | None:
    from crmcli.io.presets import fits, presets, recognised

    if plan.preset is None or plan.preset == NO_PRESET:
        return None
    family = [p for name, p in presets().items() if name == plan.preset or name.startswith(f"{plan.preset}-")]
    if not family:
        raise unknown_preset(plan.preset, list(presets()))
    own = [preset for preset in family if preset.noun == plan.noun]
    if not own:
        noun = PLURAL[family[0].noun]
        raise BadValue("preset", f"{plan.preset} is for {noun}", hint=f"crm import {noun} --preset {plan.preset}")
    likely = recognised(table.headers, plan.noun)
    preset = likely if likely in own else own[0]
    if not fits(preset, table):
        raise UsageError(f"{table.format} file does not look like {preset.about}", hint="leave --preset out")
    return preset


def unknown_preset(name: str, known: list[str]) -> BadValue:
    """The error for a preset that there is not."""
    close = nearest(name, known)
    return BadValue("preset", f"there is no {name!r}", hint=f"did you mean {close}?" if close else "crm import presets")


def _recognised(plan: Plan, headers: Sequence[str]) -> Preset | None:
    from crmcli.io.presets import recognised

    return None if plan.preset == NO_PRESET else recognised(headers, plan.noun)


def _completed(plan: Plan, preset: Preset, stages: Callable[[], Iterable[str]]) -> Plan:
    """The plan with what is known of the system, under what the user said."""
    ours: list[str] = []
    if preset.stages:
        there = {fold(name) for name in stages()}
        ours = [f"{a}={b}" for a, b in preset.stages.items() if fold(b) in there and fold(a) not in there]
    return plan._replace(
        source=plan.source or preset.source,
        default=[*(f"{name}={value}" for name, value in preset.defaults.items()), *plan.default],
        stage_map=[*ours, *plan.stage_map],
        preset=preset.name,
        spare_links=not any("external_id" in setting for setting in plan.map),
    )


# -- cells of a known system


def _changes(
    steps: Iterable[Step], headers: Sequence[str]
) -> Iterator[tuple[Step, str, Callable[[dict[str, Cell], dict[str, Cell]], None]]]:
    """The steps for which the file has columns, each with those and the change that it makes."""
    by_letters = {letters(header): header for header in headers}
    for step in steps:
        if step.titles == ("*",):
            there = {header: header for header in headers}
        else:
            there = {title: by_letters[letters(title)] for title in step.titles if letters(title) in by_letters}
        if there and (change := step.make(there)) is not None:
            names = list(there.values())
            yield step, step.about or ", ".join(names[:3]) + (" …" if len(names) > 3 else ""), change


def _either(targets: Sequence[str]) -> str:
    """``linkedin, x or custom.website``."""
    *others, last = targets
    return f"{', '.join(others)} or {last}" if others else last


def _shaper(
    noun: str, targets: dict[str, Target], changes: Sequence[Callable[[dict[str, Cell], dict[str, Cell]], None]]
) -> Callable[[Mapping[str, Cell]], dict[str, Cell]]:
    """All changes of a row's cells; what they make besides gets a column and a target of its own."""
    made: dict[str, str] = {}

    def shape(cells: Mapping[str, Cell]) -> dict[str, Cell]:
        shaped: dict[str, Cell] = dict(cells)
        more: dict[str, Cell] = {}
        for change in changes:
            change(shaped, more)
        for text in [text for text in more if text not in made]:
            made[text] = text if text not in shaped else f"{text} …"
            targets[made[text]] = target_of(noun, text)
        for text, header in made.items():
            shaped[header] = more.get(text, "")
        return shaped

    return shape


def _leave_out(table: Table, noise: str) -> None:
    """Take out rows whose only cell says that they are no record, and count them."""
    pattern = re.compile(noise, re.IGNORECASE)
    count = [0]

    def rest(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
        for row in rows:
            if not isinstance(row, BadRow):
                said = [cell for cell in row.cells.values() if cell]
                if len(said) == 1 and isinstance(said[0], str) and pattern.match(said[0].strip()):
                    count[0] += 1
                    continue
            yield row

    notes = table.notes
    table.rows = rest(table.rows)
    table.notes = lambda: {**notes(), **({"lines of a report's footer": count[0]} if count[0] else {})}


# -- guesses


def _guessed_meaning(plan: Plan, table: Table, headers: Sequence[str], stages: Callable[[], Iterable[str]]) -> Meaning:
    """The meaning by titles, and by what the columns of unknown titles hold."""
    said = {letters(setting.rpartition("=")[0]) for setting in plan.map}
    titled = match_headers(plan.noun, headers)
    doubts = list(_looks_like_another(plan, headers))
    doubts += [
        f"two columns for {target}: {header!r} is kept as {titled[header]}"
        for header, target in losers(plan.noun, headers, titled).items()
        if letters(header) not in said
    ]
    unsure = [h for h, target in titled.items() if target.startswith(CUSTOM) and letters(h) not in said]
    if unsure:
        rows = [row.cells for row in table.ahead(LOOKED_AT) if not isinstance(row, BadRow)]
        guess = guessed(plan.noun, titled, unsure, rows, stages)
        titled = overlaid(headers, titled, guess.targets, noun=plan.noun)
        doubts += guess.doubts
    doubts += _unclear_titles(plan.noun, titled, said)
    columns = columns_of(plan, headers, titled)
    plan = plan._replace(spare_links=not any("external_id" in setting for setting in plan.map))
    return Meaning(plan, columns, doubts=tuple(doubts), shown=_shown(columns))


def _looks_like_another(plan: Plan, headers: Sequence[str]) -> Iterator[str]:
    from crmcli.io.presets import recognised

    other = None if plan.preset == NO_PRESET else recognised(headers)
    if other is not None:
        yield f"it looks like {other.about} (crm import {PLURAL[other.noun]})"


def _unclear_titles(noun: str, placed: Mapping[str, str], said: set[str]) -> Iterator[str]:
    from crmcli.io.titles import UNCLEAR

    for header, target in placed.items():
        for title, meanings in UNCLEAR.get(noun, {}).items():
            if letters(header) == letters(title) and letters(header) not in said:
                yield f"{header!r} could be {meanings}: taken as {target} (--map '{header}=…' says otherwise)"

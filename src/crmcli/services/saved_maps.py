"""Mappings that the user keeps for the next file of the same kind: one TOML file each, in the configuration folder."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue, ConfigError, NotFound
from crmcli.io.opening import Reading
from crmcli.paths import config_folder, make_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from crmcli.io.table import Table
    from crmcli.services.importing.meaning import Meaning
    from crmcli.services.importing.plan import Plan

_NAME = re.compile(r"\w[\w.-]{0,63}")
# What a plan says that belongs to the kind of file rather than to this one.
_KEPT = (
    "source", "currency", "date_format", "mode", "on_duplicate", "key", "fill_only", "overwrite", "append",
    "skip_errors", "max_errors",
)  # fmt: skip


class SavedMap(NamedTuple):
    """A mapping that was kept: where columns go, and how such a file is read and put in."""

    name: str
    noun: str
    preset: str
    columns: Mapping[str, str]
    defaults: Mapping[str, str]
    stages: Mapping[str, str]
    reading: Mapping[str, Any]
    settings: Mapping[str, Any]

    @property
    def about(self) -> str:
        """What kind of file it is for."""
        based = "" if self.preset == "none" else f", on top of {self.preset}"
        return f"your own map of {len(self.columns)} columns{based}"

    def under(self, plan: Plan) -> Plan:
        """The plan with what the map says where the user said nothing; raises BadValue for a plan of other records."""
        if self.noun != plan.noun:
            raise BadValue("preset", f"{self.name} is a map for {PLURAL[self.noun]}, not for {PLURAL[plan.noun]}")
        unsaid = {name: value for name, value in self.settings.items() if getattr(plan, name) == _usual(plan, name)}
        reading = {n: value for n, value in self.reading.items() if getattr(plan.reading, n) == _usual(Reading, n)}
        return plan._replace(
            **unsaid,
            preset=self.preset,
            map=[*_settings(self.columns), *plan.map],
            default=[*_settings(self.defaults), *plan.default],
            stage_map=[*_settings(self.stages), *plan.stage_map],
            reading=plan.reading._replace(**reading),
        )

    def refuse_missing(self, headers: Sequence[str]) -> None:
        """Raise BadValue naming the columns that a file does not have."""
        missing = [header for header in self.columns if header not in headers]
        if missing:
            raise BadValue(
                "preset",
                f"{self.name} wants columns that the file does not have: {', '.join(map(repr, missing))}",
                hint=f"the columns are: {', '.join(headers)}",
            )


def find(name: str | None) -> SavedMap | None:
    """The map of that name, None if there is none; raises ConfigError for one that can't be read."""
    return load(name) if name is not None and _place(name).is_file() else None


def save(name: str, meaning: Meaning, table: Table, chosen: Mapping[str, str]) -> bool:
    """Keep a mapping under a name; ``chosen`` are the targets of all columns. Tells whether one was replaced.

    Raises BadValue for a name that is none or belongs to a known system.
    """
    import tomlkit

    place = _place(refused(name))
    plan = meaning.plan
    document: dict[str, Any] = {"noun": plan.noun}
    if meaning.preset is not None:
        document["preset"] = meaning.preset.name
    for setting in _KEPT:
        value = getattr(plan, setting)
        if value and value not in (_usual(plan, setting), "create"):
            document[setting] = value if isinstance(value, (str, bool, int)) else list(value)
    document |= {
        "reading": _reading(plan.reading, table),
        "columns": dict(chosen),
        "defaults": _divided(plan.default, first=True),
        "stages": _divided(plan.stage_map),
    }
    replaced = place.exists()
    make_private(place.parent)
    _write(place, tomlkit.dumps({part: value for part, value in document.items() if value != {}}))
    return replaced


def _reading(said: Reading, table: Table) -> dict[str, Any]:
    """How the file was read, as far as a file of the same kind may be read otherwise."""
    reading = {name: value for name, value in said._asdict().items() if value != _usual(said, name)}
    if table.delimiter:
        reading.setdefault("delimiter", table.delimiter)
    if table.format != "csv":
        reading.setdefault("format", table.format)
    elif table.encoding and table.encoding != "utf-8":
        reading.setdefault("encoding", table.encoding)
    return reading


def load(name: str) -> SavedMap:
    """The map of that name; raises NotFound, or ConfigError for a file that is no map."""
    import tomllib

    place = _place(name)
    try:
        document = tomllib.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"no map {name!r}", hint="crm import presets") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{place}: {error}") from error
    tables = {part: document.pop(part, {}) for part in ("columns", "defaults", "stages", "reading")}
    noun, preset = document.pop("noun", None), document.pop("preset", "none")
    odd = [key for key in document if key not in _KEPT]
    if noun not in FIELDS or odd or not _is_sound(tables):
        raise ConfigError(f"{place} is no map: it has {odd[0]}" if odd else f"{place} is no map")
    columns, defaults, stages, reading = tables.values()
    return SavedMap(name, noun, preset, columns, defaults, stages, reading, document)


def _is_sound(tables: Mapping[str, Any]) -> bool:
    """Whether the tables of a file can be those of a map."""
    if not all(isinstance(table, dict) for table in tables.values()):
        return False
    words = (word for part in ("columns", "defaults", "stages") for word in tables[part].values())
    return all(isinstance(word, str) for word in words) and tables["reading"].keys() <= set(Reading._fields)


def names() -> Iterator[str]:
    """The names of all maps."""
    folder = config_folder() / "maps"
    if folder.is_dir():
        yield from sorted(place.stem for place in folder.glob("*.toml"))


def refused(name: str) -> str:
    """The name, if a map may go by it; raises BadValue."""
    from crmcli.io.presets import presets

    if not _NAME.fullmatch(name):
        raise BadValue("save-map", f"{name!r} is not a name", hint="letters, digits, - and _")
    if name == "none" or any(known == name or known.startswith(f"{name}-") for known in presets()):
        raise BadValue("save-map", f"{name!r} is a preset that there is already", hint="choose another name")
    return name


def _place(name: str) -> Path:
    return config_folder() / "maps" / f"{name}.toml" if _NAME.fullmatch(name) else config_folder() / "maps" / "-"


def _write(place: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    draft = place.with_suffix(".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    draft.replace(place)


def _usual(of: Any, name: str) -> object:  # noqa: ANN401 - a named tuple
    return of._field_defaults[name]


def _settings(pairs: Mapping[str, str]) -> list[str]:
    return [f"{left}={right}" for left, right in pairs.items()]


def _divided(settings: Iterable[str], *, first: bool = False) -> dict[str, str]:
    cut = str.partition if first else str.rpartition
    return {left.strip(): right.strip() for left, _, right in (cut(setting, "=") for setting in settings)}

"""``crm store``: what the store is, copies of it, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.shape import DryRun, Fields, Noun, Yes, app_of, is_machine, split
from crmcli.domain.views import FactView
from crmcli.errors import StoreError

if TYPE_CHECKING:
    from crmcli.services.keeping import Checked, StoreFacts

app = Noun("The store: what it is, copies of it, its schema, and whether it is whole.", no_args_is_help=True)


@app.verb(examples=["crm store info", "crm store info --format json"])
def info(ctx: typer.Context) -> None:
    """Where the store is and how much is in it. Also its engine, schema, size, last change and copies."""
    app = app_of(ctx)
    facts = app.keeping.info()
    if is_machine(ctx):
        app.output.value(_record(facts))
    else:
        app.output.many("fact", _lines(facts))
    if facts.schema is None:
        app.output.note("there is no store yet; the first write makes it (or: crm store init)")


@app.verb(examples=["crm store init", "crm --db team.db store init"])
def init(ctx: typer.Context) -> None:
    """Make an empty store; prints where it is."""
    app = app_of(ctx)
    app.output.text(app.keeping.init())


@app.verb(examples=["crm store migrate --dry-run", "crm store migrate"])
def migrate(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Bring the schema up to date, after a backup. Any other command would do so too."""
    app = app_of(ctx)
    steps = app.keeping.migrate(dry_run=dry_run)
    for version, about in steps:
        app.output.message(f"{'would run' if dry_run else 'ran'} {version}: {about}")
    if not steps:
        app.output.message("nothing to do: the schema is the newest")


@app.verb(examples=["crm store backup", "crm store backup ~/crm-2026-11-21.bak"])
def backup(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="a new file, or a folder for it")] = None,
) -> None:
    """Copy the whole store; prints the copy's path. Others can go on writing meanwhile."""
    app = app_of(ctx)
    app.output.text(str(app.keeping.backup(file)))


@app.verb(examples=["crm store restore ~/crm-2026-11-21.bak"])
def restore(
    ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="a backup")], yes: Yes = False
) -> None:
    """Make the store what a backup is. A copy of what is there now is kept first."""
    app = app_of(ctx)
    if not yes and not app.output.confirm(f"replace everything in {app.store.location.label} by {file}?"):
        app.output.message("nothing was changed")
        return
    kept = app.keeping.restore(file)
    app.output.note(f"restored {file}" + (f"; what was there before is kept in {kept}" if kept else ""))


@app.verb(examples=["crm store check", "crm store check --fix"])
def check(
    ctx: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help="Rebuild the search index and drop dangling links, after a backup.")
    ] = False,
    fields: Fields = None,
) -> None:
    """Look for damage, and mend it with --fix.

    The engine's own check, then links, uids, keys, search index, money, stages and change log.
    """
    app = app_of(ctx)
    checked = app.keeping.check(fix=fix)
    if checked.mended:
        app.output.note(f"mended {checked.mended}; the store as it was is kept in {checked.backup}")
    if checked.findings:
        app.output.many("finding", checked.findings, split(fields))
        raise _broken(checked, app.store.location.label)
    if is_machine(ctx):
        app.output.many("finding", ())
    app.output.message(f"{app.store.location.label} is whole: {checked.records} records")


def _broken(checked: Checked, label: str) -> StoreError:
    count = len(checked.findings)
    mendable = any("--fix" in each.remedy for each in checked.findings)
    many = "1 thing is" if count == 1 else f"{count} things are"
    return StoreError(f"{many} wrong with {label}", hint="crm store check --fix" if mendable else None)


def _record(facts: StoreFacts) -> dict[str, object]:
    from crmcli.domain.records import plain

    return {key: plain(value) for key, value in facts._asdict().items()}


def _lines(facts: StoreFacts) -> list[FactView]:
    lines: list[tuple[str, object]] = [("location", facts.location), ("engine", facts.engine)]
    if facts.schema is not None:
        newer = "" if facts.schema == facts.newest_schema else f" ({facts.newest_schema} is the newest)"
        lines += [("schema", f"{facts.schema}{newer}"), ("size", _in_words(facts.size)), *facts.counts.items()]
    if facts.last_change is not None:
        last = facts.last_change
        lines.append(("last change", f"#{last.number} {last.at:%Y-%m-%dT%H:%M:%SZ} {last.user}: {last.command}"))
    lines += [("half done", about) for about in facts.half_imports]
    lines += [("backup", path) for path in facts.backups[:5]]
    return [FactView(name, value) for name, value in lines]


def _in_words(size: int) -> str:
    if size < 10_000:
        return f"{size} bytes"
    kilobytes = size / 1000
    return f"{kilobytes:,.0f} kB" if kilobytes < 10_000 else f"{kilobytes / 1000:,.1f} MB"

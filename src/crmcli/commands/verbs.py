"""Answers that several nouns give alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.commands.shape import app_of, is_machine, name_of

if TYPE_CHECKING:
    import typer

    from crmcli.services.merging import Merge


def answer_merged(ctx: typer.Context, merge: Merge) -> None:
    """The survivor's uid (or record), and on stderr every value that could not be kept."""
    output = app_of(ctx).output
    for lost in merge.conflicts:
        output.warn(f"not kept: {lost.field} {lost.dropped!r} (kept {lost.kept!r})")
    output.note(f"merged into #{merge.record.number} {name_of(merge.record)} (crm undo takes it back)")
    if is_machine(ctx):
        from crmcli.domain.records import as_record

        conflicts = [{"field": c.field, "kept": c.kept, "dropped": c.dropped} for c in merge.conflicts]
        output.value({**as_record(merge.record), "merged": merge.merged, "conflicts": conflicts})
    else:
        output.uid(merge.record.id)

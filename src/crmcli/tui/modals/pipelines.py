"""Which pipeline to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.tui.modals.picker import Picker

if TYPE_CHECKING:
    from collections.abc import Sequence


class PipelinePicker(Picker):
    """The pipelines; dismissed with the name of the chosen one, or None."""

    def __init__(self, names: Sequence[str], present: str) -> None:
        super().__init__("pipeline", names, present)

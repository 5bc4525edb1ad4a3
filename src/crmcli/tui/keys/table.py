"""The keys of the table screen, besides those that work on the record at the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcli.tui.keys.key import Key

TABLE: tuple[Key, ...] = ()

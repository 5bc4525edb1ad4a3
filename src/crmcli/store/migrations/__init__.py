"""The schema's way forward: each step once, in order, after a backup.

``HEAD`` is the schema this program writes. Revisions are numbered ``0001``, ``0002`` …, so that a store written by a
newer program can be told from an older one without loading Alembic.
"""

from __future__ import annotations

HEAD = "0006"

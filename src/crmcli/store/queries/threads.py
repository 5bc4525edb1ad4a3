"""Messages that are stored already, by id and by thread."""

from __future__ import annotations

from crmcli.store.queries.keys import Lookup

SOURCE = "mail"  # the system in the external ids of messages

STORED = Lookup(
    "SELECT r.external_id, r.id, r.thread, r.subject FROM activity r"
    " WHERE r.deleted_at IS NULL AND r.external_source = ? AND r.external_id IN ({in})",
    (SOURCE,),
)
BEGUN = Lookup("SELECT DISTINCT r.thread FROM activity r WHERE r.thread IN ({in})")
# Messages that somebody deleted; those that went because their import was undone may come again.
DELETED = Lookup(
    "SELECT r.external_id FROM activity r JOIN change_set s ON s.id = r.deleted_in"
    " WHERE r.deleted_at IS NOT NULL AND s.undo_of IS NULL AND r.external_source = ? AND r.thread IN ({in})",
    (SOURCE,),
)
PEOPLE = Lookup(
    "SELECT l.activity_id, l.contact_id FROM activity_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE c.deleted_at IS NULL AND l.activity_id IN ({in}) ORDER BY l.position, l.id"
)

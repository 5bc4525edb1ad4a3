"""How rows of a file become records: read, linked, matched with what is there, written."""

"""File formats: bytes in, rows out; knows no store."""

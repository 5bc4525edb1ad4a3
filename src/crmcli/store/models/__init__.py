"""SQLModel tables: the truth about the schema, and every write."""

"""The warehouse: the store's rows once more in a DuckDB file, laid out for questions; the only place that knows DuckDB."""

"""Reads: SQL text over the DB-API, straight into views."""

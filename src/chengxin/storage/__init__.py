"""Bulk writes, id blocks and write transactions, on SQLite and PostgreSQL alike."""

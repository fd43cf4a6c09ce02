"""Tests: the stores, on SQLite and PostgreSQL."""

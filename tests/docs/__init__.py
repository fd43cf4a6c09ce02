"""Tests: what the documents promise."""

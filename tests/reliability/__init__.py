"""Tests: crashes, races and hostile input."""

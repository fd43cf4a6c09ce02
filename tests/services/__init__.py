"""Tests: the use cases."""

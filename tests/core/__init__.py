"""Tests: the pure core."""

"""Tests: pages in a real browser."""

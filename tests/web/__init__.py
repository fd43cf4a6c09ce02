"""Tests: pages and API."""

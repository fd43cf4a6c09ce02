"""Tests: access, secrets and headers."""

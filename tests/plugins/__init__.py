"""Tests: the plugins through the manager."""

"""Tests: shipped forms and workflows."""

"""Tests: whole stories over HTTP."""

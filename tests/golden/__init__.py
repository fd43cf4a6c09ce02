"""Tests: files saved by earlier releases."""

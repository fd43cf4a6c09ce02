"""Bieumau: a form and workflow server for public statistical reporting."""

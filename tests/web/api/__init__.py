"""The HTTP API against the real services."""

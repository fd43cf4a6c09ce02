"""The plugins that ship with the server, one folder each."""

"""The demonstration: real input, accounts, mail sink and its own clock."""

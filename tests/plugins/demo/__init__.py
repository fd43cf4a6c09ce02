"""Three characters that every caller of plugins is tested with: works, refuses, explodes."""

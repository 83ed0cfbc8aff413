"""The `recovery` command: the composition root."""

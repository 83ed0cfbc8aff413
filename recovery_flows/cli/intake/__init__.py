"""The command `recovery intake`."""

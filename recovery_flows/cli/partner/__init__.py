"""The command `recovery partner`."""

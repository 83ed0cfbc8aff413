"""The command `recovery trace`."""

"""Whose money lies where: pure rules with one signature, `trace(...) -> Trace`."""

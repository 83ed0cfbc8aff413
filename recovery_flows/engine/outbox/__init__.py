"""Sending once: prepared, dispatched, settled."""

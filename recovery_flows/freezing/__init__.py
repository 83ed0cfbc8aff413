"""Freezing: stop-payments, formal freezes, their clocks, renewals, releases and ends."""

"""Every write, by noun. Nothing outside this package adds to a session."""

"""Who gets what back: `recovery allocate`."""

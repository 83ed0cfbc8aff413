"""Queue and counts, kept with each write."""

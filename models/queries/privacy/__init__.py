"""Personal data opened for a person, and what was disclosed."""

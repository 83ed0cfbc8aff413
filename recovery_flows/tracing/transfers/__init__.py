"""Files of transfers alone: read under a column mapping, kept as columns, traced alone."""

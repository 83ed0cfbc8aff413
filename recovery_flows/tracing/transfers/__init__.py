"""Files of transfers alone: read under a named column mapping, kept as columns, traced without a case."""

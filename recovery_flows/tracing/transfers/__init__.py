"""Files of transfers (CSV under a named column mapping), rows to arrays that a trace can walk."""

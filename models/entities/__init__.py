"""One file per entity: states, transitions, table and frozen row."""

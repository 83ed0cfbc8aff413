"""State: pure values, tables, every write (`store`) and every read (`queries`)."""

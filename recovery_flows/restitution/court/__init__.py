"""A court's own list of returns, carried out like a division of the unit's own."""

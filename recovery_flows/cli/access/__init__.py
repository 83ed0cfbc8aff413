"""Commands by which people who have no system user on the unit's machine come to its screens."""

"""The audit trail of the unit: its filter, its pages, its lines in words."""

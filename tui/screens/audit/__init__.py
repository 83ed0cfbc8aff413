"""The audit trail on the terminal."""

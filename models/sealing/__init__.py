"""Keys, seals of rows, and signed heads of the history."""

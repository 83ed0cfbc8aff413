"""Documents that leave the unit on paper or by mail: pure functions from values to text."""

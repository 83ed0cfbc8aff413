"""What is measured over time, as values."""

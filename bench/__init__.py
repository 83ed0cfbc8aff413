"""What is measured: always a ratio against a floor in the same run, never a time alone."""

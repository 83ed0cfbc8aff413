"""What becomes of the sums that requests ask for once the trace or the recovery is another."""

"""A whole recovery: lifecycle, next steps, deadlines, merging; above the stages."""

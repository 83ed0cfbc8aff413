"""Planted misbehaviour of banks: what it is, when it comes, what it does."""

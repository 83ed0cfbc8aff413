"""Shares that nobody has claimed: what people do with them."""

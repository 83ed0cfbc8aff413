"""The books of one recovery: accounts, balanced entries, legal days, what contradicts them."""

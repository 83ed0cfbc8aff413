"""Worlds of accounts and transfers in which a story plays."""

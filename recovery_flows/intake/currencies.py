"""The currencies in which a report, a statement or a transfer may be."""

from models.currencies import DECIMALS, FUNDS, HISTORIC

CURRENCIES = frozenset(DECIMALS) - FUNDS - HISTORIC
"""Every currency of ISO 4217 in which people are paid."""

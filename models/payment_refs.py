"""References of payments: what stands in the place of one where there is none."""

from __future__ import annotations

NO_REFERENCE = frozenset({"", "notprovided", "not provided", "nonref", "noref", "unknown", "-"})
"""In small letters; such a text is the same in all payments that have no reference."""


def is_reference(text: str) -> bool:
    """Whether a payment's end-to-end reference tells it from others."""
    return text.strip().lower() not in NO_REFERENCE

"""Finds payments that reverse an earlier one, wholly or in part."""

from __future__ import annotations

from collections.abc import Sequence

from models.facts import LineKind
from recovery_flows.tracing.methods.types import Transfer


def undone_payments(ordered: Sequence[Transfer]) -> dict[str, Transfer]:
    """For each reversal, by its id, the payment that it reverses.

    A reversal comes later and goes in the opposite direction; anything else is a payment of its
    own, and so is the reversal of a reversal.
    """
    earlier: dict[str, Transfer] = {}
    found: dict[str, Transfer] = {}
    for transfer in ordered:
        original = earlier.get(transfer.reverses) if transfer.reverses else None
        if original is not None and original.id not in found and _goes_back(transfer, original):
            found[transfer.id] = original
        earlier[transfer.id] = transfer
    return found


def _goes_back(reversal: Transfer, original: Transfer) -> bool:
    if reversal.kind is not LineKind.TRANSFER or original.payer is None:
        return False
    if original.payee is not None and original.kind is not LineKind.TRANSFER:
        return False
    return (reversal.payer, reversal.payee) == (original.payee, original.payer)

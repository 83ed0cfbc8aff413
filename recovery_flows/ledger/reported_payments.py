"""What of an account's disputed money rests on victims' reports alone: no bank has told of it yet.

A trace shows what statements show. Before a bank has told of the time of a payment, its absence
from the trace says nothing: what was reported stays to be held, and nothing of it is to be paid
back or released yet.
"""

from __future__ import annotations

from models.case_file import CaseFile, DissipatedPart, Position, TraceView
from models.entities.asset import AssetRow
from models.facts import LineKind


def traced_at(trace: TraceView) -> dict[str, tuple[int, int]]:
    """(amount, claim) that a trace finds per account, what was already paid back included.

    Minor units of the account's currency, and of the currency of the loss.
    """
    sums: dict[str, tuple[int, int]] = {}
    parts: list[Position | DissipatedPart] = [*trace.positions]
    parts += [g for g in trace.gone if g.kind == LineKind.PAYOUT]
    for part in parts:
        amount, claim = sums.get(part.account_id, (0, 0))
        sums[part.account_id] = (amount + part.amount_minor, claim + part.claim_minor)
    return sums


def only_reported_minor(file: CaseFile, asset: AssetRow) -> int:
    """What of an account's disputed sum no trace shows and victims report to have paid there.

    Minor units of the account's currency.
    """
    found = traced_at(file.trace).get(asset.account_id, (0, 0))[0] if file.trace else 0
    return max(0, asset.traced_minor - found)

"""A CSV file of a court's list, one row a claimant, each refusal with its line and field."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path

from recovery_flows.intake.budget import Limits
from recovery_flows.restitution.court.lists import ListedShare
from recovery_flows.tracing.transfers.rows import FileRefusedError, minor_of, refuse, table_of

COLUMNS = ("claim", "amount")
_LIMITS = Limits()
_CLAIM_MAX, _TOLD_MAX = 80, 40


def read_list(
    path: Path, raw: bytes, currency: str, known: Mapping[str, str], limits: Limits = _LIMITS
) -> tuple[ListedShare, ...]:
    """The rows `claim,amount` of a file's bytes; `known` has the claim of each name.

    A name is a claim's id, its number on our papers or the reference of its report.

    FileRefusedError: what cannot be read, with line, field and remedy.
    """
    shares = []
    stream = TextIOWrapper(BytesIO(raw), encoding="utf-8-sig", newline="")
    for line, cells in table_of(path, stream, COLUMNS, limits=limits):
        named = cells["claim"]
        if not named or len(named) > _CLAIM_MAX:
            raise refuse(path, line, f"claim has {len(named)} characters: 1 to {_CLAIM_MAX}")
        if cells["amount"].startswith("-"):
            raise refuse(path, line, f"amount {cells['amount'][:_TOLD_MAX]} is below zero")
        minor = minor_of(path, line, cells["amount"], currency)
        if minor <= 0:
            raise refuse(path, line, "amount is not above zero: leave out who gets nothing")
        shares.append(ListedShare(line, known.get(named.lower(), ""), minor))
    if not shares:
        raise FileRefusedError(f"{path.name} holds no rows: there is nobody to pay")
    return tuple(shares)

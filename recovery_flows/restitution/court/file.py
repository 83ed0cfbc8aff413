"""A CSV file of a court's list, one row a claimant, each refusal with its line and field."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.intake.budget import Limits
from recovery_flows.restitution.court.lists import ListedShare
from recovery_flows.tracing.transfers.rows import FileRefusedError, minor_of, refuse, table_of

COLUMNS = ("claim", "amount")
_LIMITS = Limits()
_CLAIM_MAX, _TOLD_MAX, _TAIL = 80, 40, 4


def read_lists(
    path: Path,
    raw: bytes,
    currency: str,
    known: Mapping[str, str],
    accounts: Mapping[str, str],
    limits: Limits = _LIMITS,
) -> tuple[tuple[str, tuple[ListedShare, ...]], ...]:
    """The rows of a file's bytes by the account that they are about, in the order of the file.

    The columns are `claim,amount`, and `account` where the list is over several: then each row
    names one of `accounts`, which has the id of each name; without the column the id is "". `known`
    has the claim of each name: its id, its number on our papers or the reference of its report.

    FileRefusedError: what cannot be read, with line, field and remedy.
    """
    found: dict[str, list[ListedShare]] = {}
    stream = TextIOWrapper(BytesIO(raw), encoding="utf-8-sig", newline="")
    for line, cells in table_of(path, stream, COLUMNS, ("account",), limits):
        named = cells["claim"]
        if not named or len(named) > _CLAIM_MAX:
            raise refuse(
                path,
                line,
                phrase(
                    "claim has {length} characters: 1 to {most}", length=len(named), most=_CLAIM_MAX
                ),
            )
        if cells["amount"].startswith("-"):
            raise refuse(
                path,
                line,
                phrase("amount {amount} is below zero", amount=cells["amount"][:_TOLD_MAX]),
            )
        minor = minor_of(path, line, cells["amount"], currency)
        if minor <= 0:
            raise refuse(path, line, phrase("amount is not above zero: leave out who gets nothing"))
        asset_id = _account(path, line, cells["account"], accounts) if "account" in cells else ""
        share = ListedShare(line, known.get(named.lower(), ""), minor)
        found.setdefault(asset_id, []).append(share)
    if not found:
        raise FileRefusedError(
            phrase("{name} holds no rows: there is nobody to pay", name=path.name)
        )
    return tuple((asset_id, tuple(shares)) for asset_id, shares in found.items())


def _account(path: Path, line: int, named: str, accounts: Mapping[str, str]) -> str:
    """The account of a row, by its id or its last four digits; a whole number is not asked for."""
    asset_id = accounts.get(named)
    if not asset_id:
        tail = phrase("ending in {tail}", tail=named[-_TAIL:])
        told = tail if len(named) > _TAIL else repr(named)
        raise refuse(
            path, line, phrase(
                "account {told} is none of this recovery, or not one alone: give its id or "
                "its last four digits", told=told)
        )  # fmt: skip
    return asset_id

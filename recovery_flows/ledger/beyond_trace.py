"""Money that a bank has paid back where the trace finds less: booked, and owned by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from models.case_file import CaseFile, DissipatedPart, Position
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from models.facts import LineKind
from recovery_flows.ledger.outstanding_losses import may_have_left
from recovery_flows.ledger.payout_parts import Parts, parts_of

if TYPE_CHECKING:
    from recovery_flows.ledger.account_keys import Key

SETTLED = frozenset({PayoutState.SETTLED})
SETTLED_OR_GOING = frozenset({PayoutState.SETTLED, PayoutState.INSTRUCTED})


def beyond_trace(file: CaseFile, states: frozenset[PayoutState] = SETTLED) -> dict[str, int]:
    """By asset: what payouts in these states return above what the trace in force finds there.

    Minor units of the loss's currency; an asset of which no more is returned is left out. An order
    that cannot have left is not on its way: another trace takes it back.
    """
    if not file.payouts:
        return {}
    parts, unsent = parts_of(file), _unsent(file)
    traced: dict[str, int] = defaultdict(int)
    for part in _at_accounts(file):
        traced[part.account_id] += part.claim_minor
    found = {}
    for asset in file.assets:
        if asset.is_custody:
            continue  # what comes in there is no money that a trace finds
        paid = [
            p
            for p in file.payouts
            if p.asset_id == asset.id and p.state in states and p.id not in unsent
        ]
        beyond = sum(_returned_minor(p, parts) for p in paid) - traced[asset.account_id]
        if beyond > 0:
            found[asset.id] = beyond
    return found


def returned_or_going_minor(file: CaseFile, asset_id: str) -> int:
    """What was paid back from an asset or is on its way, in the loss's currency."""
    parts, unsent = parts_of(file), _unsent(file)
    return sum(
        _returned_minor(p, parts)
        for p in file.payouts
        if p.asset_id == asset_id and p.state in SETTLED_OR_GOING and p.id not in unsent
    )


def _unsent(file: CaseFile) -> set[str]:
    """Payouts whose order cannot have left, unless their bank has paid them all the same."""
    paid = {p.id for p in file.payouts if p.state is PayoutState.SETTLED}
    return {c.subject_id for c in file.calls if not may_have_left(c)} - paid


def _returned_minor(payout: PayoutRow, parts: Mapping[str, Parts]) -> int:
    """What a payout returns of the loss: as the bank says it, or as ordered while it is going."""
    if payout.state is PayoutState.SETTLED:
        return parts[payout.id].of_loss
    return payout.amount_minor


def _at_accounts(file: CaseFile) -> Iterator[Position | DissipatedPart]:
    """What the trace finds at accounts, what was paid back from them included."""
    if file.trace is not None:
        yield from file.trace.positions
        yield from (g for g in file.trace.gone if g.kind == LineKind.PAYOUT)


_GIVING_WAY = (
    LedgerAccount.NOT_LOCATED, LedgerAccount.LOCATED, LedgerAccount.GONE, LedgerAccount.HELD,
    LedgerAccount.THIRD_PARTY,
)  # fmt: skip


def give_way(
    target: dict[Key, list[int]],
    beyond_minor: int,
    accounts: tuple[LedgerAccount, ...] = _GIVING_WAY,
) -> dict[str, int]:
    """Take what was returned beyond the trace from where the trace has the same loss instead.

    What is held gives way after that, and what others keep last; what the bank holds stays in the
    books as excess. Returns what was taken, by the currency of the accounts, in its minor units.
    """
    given: dict[str, int] = defaultdict(int)
    for account in accounts if beyond_minor > 0 else ():
        for key in sorted(k for k in target if k.account is account):
            sums = target[key]
            taken = min(beyond_minor, sums[0])
            if taken <= 0:
                continue
            there = sums[1] * taken // sums[0]
            sums[0], sums[1], beyond_minor = sums[0] - taken, sums[1] - there, beyond_minor - taken
            given[key.asset_currency] += there
            if account is LedgerAccount.HELD:
                target[key._replace(account=LedgerAccount.MEMO_EXCESS)][1] += there
            elif account is LedgerAccount.THIRD_PARTY:
                sums[1] += there
            if account in (LedgerAccount.HELD, LedgerAccount.THIRD_PARTY):
                bank = key._replace(account=LedgerAccount.MEMO_BANK, asset_id="", hold_id="")
                target[bank][1] -= there
    return given

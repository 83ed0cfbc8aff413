"""The ledger of one recovery: what the facts say each account should show, and the entry to it.

Every term has its own source: `reported` and `not upheld` the claims, `held` the banks' holds,
`returned` the banks' settlements, `gone` and `located` the adopted trace, `not located` the claims
whose payment the trace has not found. Nothing is found by taking the others from the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.entities.ledger import LedgerAccount
from models.facts import LineKind
from models.outcome import Posting
from recovery_flows.ledger.account_keys import Key, Sums, memo
from recovery_flows.ledger.account_targets import (
    asset_targets,
    conversion,
    overdrawn,
    settled,
)
from recovery_flows.ledger.beyond_trace import beyond_trace, give_way
from recovery_flows.ledger.payout_parts import Parts, loss_minor, parts_of
from recovery_flows.ledger.received import received_targets
from recovery_flows.ledger.third_parties import damages_targets, kept

CONFLICT = "conflict"
"""Detail of what a claim names but the trace gives to an earlier victim: not located for it."""


def entry(file: CaseFile) -> tuple[Posting, ...]:
    """The entry that takes the ledger from what it shows to what the facts say.

    Empty when nothing changed. Each leg has its own source, so that it balances only if these
    agree; no leg is found from the others. What a bank has paid back is booked whatever the trace
    says: where that finds less at the account, the other places of the loss give way.
    """
    target: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    parts = parts_of(file)
    for key, sums in _targets(file, parts):
        target[key][0] += sums.claim_minor
        target[key][1] += sums.asset_minor
    _give_way(target, file)
    for key, sums in list(received_targets(file, target, parts)):
        target[key][0] += sums.claim_minor
        target[key][1] += sums.asset_minor
    for balance in file.balances:
        key = Key(
            balance.account, balance.asset_id, balance.hold_id, balance.claim_id,
            balance.detail, balance.claim_currency, balance.asset_currency,
        )  # fmt: skip
        target[key][0] -= balance.claim_minor
        target[key][1] -= balance.asset_minor
    return tuple(_posting(key, c, a) for key, (c, a) in sorted(target.items()) if c or a)


def _give_way(target: dict[Key, list[int]], file: CaseFile) -> None:
    """What was returned beyond the trace comes from where the trace has the loss instead."""
    loss = file.recovery.currency
    for there, minor in give_way(target, sum(beyond_trace(file).values())).items():
        key, left = memo(overdrawn(loss, there), loss, there, minor)
        target[key][1] += left.asset_minor


def _posting(key: Key, claim_minor: int, asset_minor: int) -> Posting:
    return Posting(
        account=key.account,
        claim_minor=claim_minor,
        claim_currency=key.claim_currency,
        asset_minor=asset_minor,
        asset_currency=key.asset_currency,
        asset_id=key.asset_id,
        hold_id=key.hold_id,
        claim_id=key.claim_id,
        detail=key.detail,
    )


def _targets(file: CaseFile, parts: Mapping[str, Parts]) -> Iterator[tuple[Key, Sums]]:
    currency = file.recovery.currency
    located: set[str] = set()
    if file.trace is not None:
        located = {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}
    for claim in file.claims:
        yield from _claim_targets(claim, is_traced=claim.id in located)
    yield from _trace_targets(file, currency, parts)
    yield from damages_targets(file)


def _claim_targets(claim: ClaimRow, *, is_traced: bool) -> Iterator[tuple[Key, Sums]]:
    currency = claim.currency

    def key(account: LedgerAccount) -> Key:
        return Key(account, "", "", claim.id, "", currency, currency)

    upheld = loss_minor(claim)
    yield key(LedgerAccount.REPORTED), Sums(-claim.reported_minor, -claim.reported_minor)
    rejected = claim.reported_minor - upheld
    if rejected:
        yield key(LedgerAccount.NOT_UPHELD), Sums(rejected, rejected)
    if not is_traced and upheld:
        yield key(LedgerAccount.NOT_LOCATED), Sums(upheld, upheld)


def _trace_targets(
    file: CaseFile, currency: str, parts: Mapping[str, Parts]
) -> Iterator[tuple[Key, Sums]]:
    assets = {a.account_id: a for a in file.assets if not a.is_custody}
    # What a bank holds is in the books whatever a trace says: as excess, until one says more. So is
    # what it has paid out: a trace that finds nothing there contradicts it.
    at = {
        a.account_id: [0, 0]
        for a in assets.values()
        if file.live_holds(a.id) or settled(file, a) or kept(file, a.id)
    }
    for position in file.trace.positions if file.trace else ():
        both = at.setdefault(position.account_id, [0, 0])
        both[0] += position.claim_minor
        both[1] += position.amount_minor
    for part in file.trace.gone if file.trace else ():
        if part.kind == LineKind.PAYOUT:
            both = at.setdefault(part.account_id, [0, 0])
            both[0] += part.claim_minor
            both[1] += part.amount_minor
            continue
        asset = assets.get(part.account_id)
        where = Key(
            _ended_as(part.kind), asset.id if asset else "", "", "", str(part.kind), currency,
            asset.currency if asset else currency,
        )  # fmt: skip
        yield from _placed(where, part.claim_minor, part.amount_minor if asset else None)
    for account_id, (claim_minor, amount_minor) in sorted(at.items()):
        asset = assets.get(account_id)
        if asset is None:
            key = Key(LedgerAccount.LOCATED, "", "", "", "", currency, currency)
            yield from _placed(key, claim_minor, None)
        else:
            yield from conversion(currency, asset.currency, claim_minor, amount_minor)
            yield from asset_targets(file, asset, Sums(claim_minor, amount_minor), parts)


def _placed(key: Key, claim_minor: int, amount_minor: int | None) -> Iterator[tuple[Key, Sums]]:
    """Traced money that lies or went somewhere; without an amount it is told as the claim only."""
    there = claim_minor if amount_minor is None else amount_minor
    yield key, Sums(claim_minor, there)
    yield from conversion(key.claim_currency, key.asset_currency, claim_minor, there)


def _ended_as(kind: str) -> LedgerAccount:
    return LedgerAccount.NOT_LOCATED if kind == CONFLICT else LedgerAccount.GONE

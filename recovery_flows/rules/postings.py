"""The ledger of one recovery: what the facts say each account should show, and the entry to it.

Every term has its own source: `reported` and `not upheld` the claims, `held` the banks' holds,
`returned` the banks' settlements, `gone` and `located` the adopted trace, `not located` the claims
whose payment the trace has not found. Nothing is found by taking the others from the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from typing import NamedTuple

from models.facts import LineKind
from models.file import RecoveryFile
from models.outcome import Posting
from models.rows import AssetRow, ClaimRow, HoldRow, PayoutRow
from models.states import ClaimState, LedgerAccount, PayoutState
from recovery_flows.rules.beyond_trace import beyond_trace, give_way
from recovery_flows.rules.hold_figures import unconfirmed_minor

CONFLICT = "conflict"
"""Detail of what a claim names but the trace gives to an earlier victim: not located for it."""


EXCHANGE = "exchange_rounding"
"""Detail of the cents of a claim that conversions lost: no account holds them any more."""


DISPOSED = "disposed"
"""Detail of what a court's order gave to others than the victims, out of a hold."""


NOT_CREDITED = "debited_not_credited"
"""Detail of what a bank says that it debited for a payee and did not credit to him."""


OVERPAID = "paid_beyond_order"
"""Detail of what a bank says that it credited beyond our order: no part of the loss."""


class Key(NamedTuple):
    """Where a balance lies."""

    account: LedgerAccount
    asset_id: str
    hold_id: str
    claim_id: str
    detail: str
    claim_currency: str
    asset_currency: str


class Sums(NamedTuple):
    """Minor units of the loss's currency and of the account's currency."""

    claim_minor: int
    asset_minor: int


def entry(file: RecoveryFile) -> tuple[Posting, ...]:
    """The balanced entry that takes the ledger from what it shows to what the facts say.

    Empty when nothing changed. What a bank has paid back is booked whatever the trace says: where
    that finds less at the account, the other places of the loss give way (`beyond_trace`).
    """
    target: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for key, sums in _targets(file):
        target[key][0] += sums.claim_minor
        target[key][1] += sums.asset_minor
    give_way(target, sum(beyond_trace(file).values()))
    for balance in file.balances:
        if balance.account in (LedgerAccount.MEMO_EXCHANGE, LedgerAccount.MEMO_BANK):
            continue
        key = Key(
            balance.account, balance.asset_id, balance.hold_id, balance.claim_id,
            balance.detail, balance.claim_currency, balance.asset_currency,
        )  # fmt: skip
        target[key][0] -= balance.claim_minor
        target[key][1] -= balance.asset_minor
    legs = [_posting(key, c, a) for key, (c, a) in sorted(target.items()) if c or a]
    return (*legs, *_contra(legs, file.recovery.currency))


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


def _contra(legs: list[Posting], claim_currency: str) -> Iterator[Posting]:
    """Conversion and excess legs: asset currencies balance without touching the claim."""
    excess: dict[str, int] = defaultdict(int)
    rest: dict[str, int] = defaultdict(int)
    for leg in legs:
        side = excess if leg.account is LedgerAccount.MEMO_EXCESS else rest
        side[leg.asset_currency] += leg.asset_minor
    beyond = sum(leg.claim_minor for leg in legs if leg.account is LedgerAccount.MEMO_EXCESS)
    if beyond:
        yield Posting(LedgerAccount.MEMO_BANK, -beyond, claim_currency, 0, claim_currency)
    for account, sums in (
        (LedgerAccount.MEMO_BANK, excess),
        (LedgerAccount.MEMO_EXCHANGE, rest),
    ):
        for currency, minor in sorted(sums.items()):
            if minor:
                yield Posting(account, 0, claim_currency, -minor, currency)


def _targets(file: RecoveryFile) -> Iterator[tuple[Key, Sums]]:
    currency = file.recovery.currency
    located: set[str] = set()
    if file.trace is not None:
        located = {p.claim_id for p in file.trace.positions} | {g.claim_id for g in file.trace.gone}
    for claim in file.claims:
        yield from _claim_targets(claim, is_traced=claim.id in located)
    yield from _trace_targets(file, currency)


def _claim_targets(claim: ClaimRow, *, is_traced: bool) -> Iterator[tuple[Key, Sums]]:
    currency = claim.currency

    def key(account: LedgerAccount) -> Key:
        return Key(account, "", "", claim.id, "", currency, currency)

    upheld = claim.reported_minor if claim.state is ClaimState.FILED else claim.upheld_minor
    yield key(LedgerAccount.REPORTED), Sums(-claim.reported_minor, -claim.reported_minor)
    rejected = claim.reported_minor - upheld
    if rejected:
        yield key(LedgerAccount.NOT_UPHELD), Sums(rejected, rejected)
    if not is_traced and upheld:
        yield key(LedgerAccount.NOT_LOCATED), Sums(upheld, upheld)


def _trace_targets(file: RecoveryFile, currency: str) -> Iterator[tuple[Key, Sums]]:
    assets = {a.account_id: a for a in file.assets}
    # What a bank holds is in the books whatever a trace says: as excess, until one says more.
    at = {a.account_id: [0, 0] for a in file.assets if file.live_holds(a.id)}
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
        yield where, Sums(part.claim_minor, part.amount_minor)
    for account_id, (claim_minor, amount_minor) in sorted(at.items()):
        asset = assets.get(account_id)
        if asset is None:
            key = Key(LedgerAccount.LOCATED, "", "", "", "", currency, currency)
            yield key, Sums(claim_minor, claim_minor)
        else:
            yield from _asset_targets(file, asset, Sums(claim_minor, amount_minor))


def _ended_as(kind: str) -> LedgerAccount:
    return LedgerAccount.NOT_LOCATED if kind == CONFLICT else LedgerAccount.GONE


def _asset_targets(file: RecoveryFile, asset: AssetRow, traced: Sums) -> Iterator[tuple[Key, Sums]]:
    """Returned, held (up to the claim), excess and the rest located, for one account."""
    currency = file.recovery.currency
    left = yield from _returned_targets(file, asset, traced)
    # Less was traced than was returned: the rest gives way elsewhere.
    left = Sums(max(0, left.claim_minor), max(0, left.asset_minor))
    left = yield from _not_credited_targets(file, asset, traced, left)
    left = yield from _held_targets(file, asset, left)
    claim_left, amount_left = yield from _disposed_targets(file, asset, left)
    if claim_left and not amount_left:
        key = Key(LedgerAccount.GONE, asset.id, "", "", EXCHANGE, currency, asset.currency)
        yield key, Sums(claim_left, 0)
    elif claim_left or amount_left:
        key = Key(LedgerAccount.LOCATED, asset.id, "", "", "", currency, asset.currency)
        yield key, Sums(claim_left, amount_left)


_Targets = Generator[tuple[Key, Sums], None, Sums]


def _returned_targets(file: RecoveryFile, asset: AssetRow, traced: Sums) -> _Targets:
    """What payees got, as the bank says it, and what it debited for that; what is left then.

    What it credited beyond our order is none of the loss; what it credited in another currency
    pays nothing back.
    """
    currency = file.recovery.currency
    claim_left, amount_left = traced
    for payout in _settled(file, asset):
        key = Key(
            LedgerAccount.RETURNED_HOLD, asset.id, payout.hold_id, payout.claim_id, "",
            currency, payout.debited_currency,
        )  # fmt: skip
        returned = min(payout.returned_minor, payout.amount_minor)
        yield key, Sums(returned, payout.debited_minor)
        if payout.returned_minor > returned:
            beyond = key._replace(account=LedgerAccount.MEMO_EXCESS, detail=OVERPAID)
            yield beyond, Sums(payout.returned_minor - returned, 0)
        claim_left -= returned
        if payout.debited_currency == asset.currency:
            amount_left -= payout.debited_minor
    return Sums(claim_left, max(0, amount_left))


def _not_credited_targets(
    file: RecoveryFile, asset: AssetRow, traced: Sums, left: Sums
) -> _Targets:
    """What a bank debited and did not credit is located with it, owed; what is left then."""
    claim_left, amount_left = left
    for payout in _settled(file, asset):
        owed = min(claim_left, _not_credited_minor(payout, traced))
        if owed:
            key = Key(
                LedgerAccount.LOCATED, asset.id, payout.hold_id, payout.claim_id, NOT_CREDITED,
                file.recovery.currency, asset.currency,
            )  # fmt: skip
            yield key, Sums(owed, 0)
            claim_left -= owed
    return Sums(claim_left, amount_left)


def _not_credited_minor(payout: PayoutRow, traced: Sums) -> int:
    """What of a debit did not reach the payee, in the currency of the loss."""
    if payout.debited_currency == payout.currency:
        return max(0, payout.debited_minor - payout.returned_minor)
    # Across currencies only a payee who got less than ordered shows that something is missing; the
    # trace's own conversion says how much of that the debit would have paid.
    short = payout.amount_minor - payout.returned_minor
    if short <= 0 or not traced.asset_minor:
        return 0
    debited = payout.debited_minor * traced.claim_minor // traced.asset_minor
    return min(short, max(0, debited - payout.returned_minor))


def _settled(file: RecoveryFile, asset: AssetRow) -> list[PayoutRow]:
    return [p for p in file.payouts if p.asset_id == asset.id and p.state is PayoutState.SETTLED]


def _held_targets(file: RecoveryFile, asset: AssetRow, left: Sums) -> _Targets:
    """What banks hold of what is `left` there, and in excess of it; returns what is left then.

    What a payout took out and the bank has not confirmed since is excess: it is returned already.
    """
    currency = file.recovery.currency
    claim_left, amount_left = left
    for hold in file.live_holds(asset.id):
        yield from _foreign_targets(hold, currency)
        if not hold.held_minor:
            continue
        of_loss = min(max(0, hold.held_minor - unconfirmed_minor(file, hold)), amount_left)
        held_claim = claim_left * of_loss // amount_left if amount_left else 0
        key = Key(LedgerAccount.HELD, asset.id, hold.id, "", "", currency, asset.currency)
        yield key, Sums(held_claim, of_loss)
        claim_left, amount_left = claim_left - held_claim, amount_left - of_loss
        if hold.held_minor > of_loss:
            excess = key._replace(account=LedgerAccount.MEMO_EXCESS)
            yield excess, Sums(0, hold.held_minor - of_loss)
    return Sums(claim_left, amount_left)


def _foreign_targets(hold: HoldRow, currency: str) -> Iterator[tuple[Key, Sums]]:
    """What a bank states to hold in another currency than the account's covers no claim."""
    if hold.foreign_minor:
        key = Key(
            LedgerAccount.MEMO_EXCESS, hold.asset_id, hold.id, "", "", currency,
            hold.foreign_currency,
        )  # fmt: skip
        yield key, Sums(0, hold.foreign_minor)


def _disposed_targets(file: RecoveryFile, asset: AssetRow, left: Sums) -> _Targets:
    """What courts gave to others out of holds on what is `left`; returns what is left then."""
    currency = file.recovery.currency
    claim_left, amount_left = left
    for hold in file.holds_of(asset.id):
        of_loss = min(hold.disposed_minor, amount_left)
        if of_loss:
            given = claim_left * of_loss // amount_left
            gone = LedgerAccount.GONE
            key = Key(gone, asset.id, hold.id, "", DISPOSED, currency, asset.currency)
            yield key, Sums(given, of_loss)
            claim_left, amount_left = claim_left - given, amount_left - of_loss
    return Sums(claim_left, amount_left)

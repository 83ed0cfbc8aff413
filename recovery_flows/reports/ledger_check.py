"""`ledger check`: every account of the ledger against its own source, to the cent.

No rule that makes postings is asked: a fault of theirs would hide itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session

from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.facts import LineKind
from models.money import Money
from models.queries.audit.rollups import rollup_differences
from models.queries.books import balances
from models.queries.books.balances import Stretch, Sum
from recovery_flows.reports.ledger_sources import SOURCES, Check

_PLACE = {check: place for place, check in enumerate(Check)}
_AT_ONCE = 500
_CONFLICT = "conflict"
_WAS_THERE = ("exchange_rounding", "disposed", "clawed_back")
_TREASURY = (LedgerAccount.TREASURY, LedgerAccount.RETURNED_TREASURY)
_WITH_ACCOUNT = (
    LedgerAccount.LOCATED, LedgerAccount.HELD, LedgerAccount.RETURNED_HOLD, *_TREASURY,
    LedgerAccount.THIRD_PARTY,
)  # fmt: skip
_FROM_HOLDS = (LedgerAccount.RETURNED_HOLD, LedgerAccount.RETURNED_VOLUNTARY, *_TREASURY)
_PAID = (LedgerAccount.RETURNED_HOLD, LedgerAccount.RETURNED_VOLUNTARY, LedgerAccount.MEMO_EXCESS)
_BY_OTHER_WAYS = (LedgerAccount.RETURNED_VOLUNTARY, LedgerAccount.RETURNED_RECALL)
_MADE_GOOD, _RECEIVED = "made_good", "received"
_CLAWED_RECEIVED = "clawed_back_received"
_WHOLE = {
    LedgerAccount.NOT_UPHELD: Check.NOT_UPHELD,
    LedgerAccount.NOT_LOCATED: Check.NOT_LOCATED,
    LedgerAccount.RETURNED_RECALL: Check.RECALLED,
}
_NO_SOURCE = tuple(a for a in RETURNED if a not in (*_FROM_HOLDS, LedgerAccount.RETURNED_RECALL))
_OF_THIRD_PARTIES = {
    LedgerAccount.THIRD_PARTY: Check.THIRD_PARTY,
    LedgerAccount.MEMO_DAMAGES: Check.DAMAGES,
}


class _Key(NamedTuple):
    check: Check
    currency: str
    recovery_id: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One comparison over all recoveries, in one currency; `off` counts what differs."""

    check: Check
    source: str
    currency: str
    ledger_minor: int
    source_minor: int
    difference_minor: int
    off: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the ledger does not say what its source says."""

    check: Check
    recovery_id: str
    ref: str
    subject_id: str
    currency: str
    ledger_minor: int
    source_minor: int
    difference_minor: int
    sentence: str


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The result; without differences the ledger says what the facts say.

    `miscounted` are sentences on what lists, counts and sums are read from.
    """

    lines: tuple[CheckLine, ...]
    differences: tuple[Difference, ...]
    miscounted: tuple[str, ...] = ()


def ledger_check(session: Session) -> LedgerCheck:
    """Compare every account of every recovery with its own source, some hundreds at a time.

    What lists, counts and sums are read from is worked out anew and compared too.
    """
    lines: dict[tuple[Check, str], list[int]] = {}
    differences: list[tuple[_Key, Difference]] = []
    for stretch in balances.stretches(session, _AT_ONCE):
        _compare(session, stretch, lines, differences)
    return LedgerCheck(
        tuple(
            CheckLine(check, SOURCES[check], currency, told, found, told - found, off)
            for (check, currency), (told, found, off) in sorted(
                lines.items(), key=lambda line: (_PLACE[line[0][0]], line[0][1])
            )
        ),
        tuple(found for _, found in sorted(differences, key=lambda one: _order(one[0]))),
        tuple(sentence for _, _, sentence in rollup_differences(session)),
    )


def _compare(
    session: Session,
    stretch: Stretch,
    lines: dict[tuple[Check, str], list[int]],
    differences: list[tuple[_Key, Difference]],
) -> None:
    refs = balances.refs_and_currencies(session, stretch)
    sums = tuple(balances.ledger_sums(session, stretch))
    ledger, sources = _ledger(session, stretch, sums), _sources(session, stretch, refs, sums)
    for key in ledger.keys() | sources.keys():
        told, found = ledger[key], sources[key]
        line = lines.setdefault((key.check, key.currency), [0, 0, 0])
        line[0], line[1] = line[0] + told, line[1] + found
        if told != found:
            line[2] += 1
            ref = refs.get(key.recovery_id, ("", ""))[0]
            differences.append((key, _difference(key, ref, told, found)))


def _order(key: _Key) -> tuple[int, str, str, str]:
    return (_PLACE[key.check], key.currency, key.recovery_id, key.subject_id)


def _difference(key: _Key, ref: str, told: int, found: int) -> Difference:
    subject = f" ({key.subject_id})" if key.subject_id else ""
    amounts = [Money(minor, key.currency) for minor in (told, found, told - found)]
    sentence = (
        f"{ref or key.recovery_id}: {key.check}{subject}: the ledger shows {amounts[0]}, "
        f"{SOURCES[key.check]} {amounts[1]}: {amounts[2]} apart"
    )
    return Difference(
        key.check, key.recovery_id, ref, key.subject_id, key.currency, told, found, told - found,
        sentence,
    )  # fmt: skip


def _ledger(session: Session, stretch: Stretch, sums: Sequence[Sum]) -> Counter[_Key]:
    """What the postings say, under the key of whatever each is compared with."""
    found: Counter[_Key] = Counter()
    terms: Counter[_Key] = Counter()
    for row in sums:
        for check, currency, subject, minor in _checks(row):
            found[_Key(check, currency, row.recovery_id, subject)] += minor
        if row.account in TERMS:
            found[_Key(Check.IDENTITY, row.claim_currency, row.recovery_id, "")] += row.claim_minor
            key = _Key(Check.BELOW_ZERO, row.claim_currency, row.recovery_id, str(row.account))
            terms[key] += row.claim_minor
    for key, minor in terms.items():
        if minor < 0:
            found[key] = minor
    for seq, recovery_id, side, minor in balances.off_balance(session, stretch):
        currency = side.split()[1]
        found[_Key(Check.ENTRY, currency, recovery_id, f"event {seq}, {side}")] = minor
    return found


def _checks(row: Sum) -> Iterator[tuple[Check, str, str, int]]:
    """What a sum is compared with; what was made good is no part of what the trace says."""
    account, claim, asset = row.account, row.claim_minor, row.asset_minor
    loss, there = row.claim_currency, row.asset_currency
    if row.detail == _MADE_GOOD:
        yield Check.MADE_GOOD, loss, "", -claim
        return
    if account is LedgerAccount.REPORTED:
        yield Check.REPORTED, loss, "", -claim
    if account in _WHOLE:
        yield _WHOLE[account], loss, "", claim
    was_there = account is LedgerAccount.GONE and row.detail in _WAS_THERE
    if account is LedgerAccount.GONE and not was_there and row.detail != _CLAWED_RECEIVED:
        yield Check.GONE, loss, "", claim
    if (account in _WITH_ACCOUNT and row.detail != _RECEIVED) or was_there:
        yield Check.TRACED, loss, row.place, claim
    if account in (LedgerAccount.HELD, LedgerAccount.MEMO_EXCESS):
        yield Check.HELD, there, row.hold_id, asset
    if account in _OF_THIRD_PARTIES:
        yield _OF_THIRD_PARTIES[account], there, row.place, asset
    if account in _NO_SOURCE:
        yield Check.UNSOURCED, loss, str(account), claim
    yield from _paid_checks(row)


def _paid_checks(row: Sum) -> Iterator[tuple[Check, str, str, int]]:
    """What was paid out of holds, to victims and to the treasury, and what that has refunded."""
    account, claim, loss = row.account, row.claim_minor, row.claim_currency
    if account in _FROM_HOLDS:
        yield Check.DEBITED, row.asset_currency, row.hold_id, row.asset_minor
    if account in _TREASURY:
        yield Check.TREASURY, loss, row.hold_id, claim
    if account is LedgerAccount.RETURNED_TREASURY:
        yield Check.REFUNDED, loss, "", claim
    if account in _PAID:
        yield Check.RETURNED, loss, row.hold_id, claim


def _sources(
    session: Session, stretch: Stretch, refs: Mapping[str, tuple[str, str]], sums: Sequence[Sum]
) -> Counter[_Key]:
    """What claims, banks and traces say, each under the key of its ledger account."""
    found: Counter[_Key] = Counter()
    places = balances.asset_places(session, stretch)
    traced: set[tuple[str, str]] = set()
    for part in balances.trace_parts(session, stretch):
        recovery_id, loss = part.recovery_id, refs[part.recovery_id][1]
        traced.add((recovery_id, part.claim_id))
        if part.kind == _CONFLICT:
            check, subject = Check.NOT_LOCATED, ""
        elif part.kind and part.kind != LineKind.PAYOUT:
            check, subject = Check.GONE, ""
        else:
            is_asset = (recovery_id, part.place) in places
            check, subject = Check.TRACED, part.place if is_asset else ""
        found[_Key(check, loss, recovery_id, subject)] += part.claim_minor
    for claim in balances.claim_sources(session, stretch):
        of, loss = claim.recovery_id, claim.currency
        found[_Key(Check.REPORTED, loss, of, "")] += claim.reported_minor
        found[_Key(Check.IDENTITY, loss, of, "")] += claim.reported_minor
        found[_Key(Check.NOT_UPHELD, loss, of, "")] += claim.reported_minor - claim.lost_minor
        if (of, claim.claim_id) not in traced:
            found[_Key(Check.NOT_LOCATED, loss, of, "")] += claim.lost_minor
    for row in sums:
        is_received = row.account in (LedgerAccount.HELD, *_TREASURY) and row.detail == _RECEIVED
        is_received = is_received or row.detail == _CLAWED_RECEIVED
        if is_received or row.account in _BY_OTHER_WAYS:
            found[_Key(Check.MADE_GOOD, row.claim_currency, row.recovery_id, "")] += row.claim_minor
    _add_settled(session, stretch, found)
    return found


def _add_settled(session: Session, stretch: Stretch, found: Counter[_Key]) -> None:
    """What banks hold and have paid, and what came back by recalls."""
    for credit in balances.recall_sources(session, stretch):
        key = _Key(Check.RECALLED, credit.currency, credit.recovery_id, "")
        found[key] += credit.counted_minor
    for hold in balances.hold_sources(session, stretch):
        found[_Key(Check.HELD, hold.currency, hold.recovery_id, hold.hold_id)] = hold.held_minor
    for third in balances.third_party_sources(session, stretch):
        check = Check.DAMAGES if third.is_payment else Check.THIRD_PARTY
        found[_Key(check, third.currency, third.recovery_id, third.place)] += third.minor
    _paid_sources(session, stretch, found)


def _paid_sources(session: Session, stretch: Stretch, found: Counter[_Key]) -> None:
    """What banks settled, and what two people saw the treasury refund."""
    for payout in balances.payout_sources(session, stretch):
        of, hold_id = payout.recovery_id, payout.hold_id
        check = Check.TREASURY if payout.unclaimed_id else Check.RETURNED
        found[_Key(check, payout.currency, of, hold_id)] += max(
            0, payout.credited_minor - payout.clawed_minor
        )
        found[_Key(Check.DEBITED, payout.debited_currency, of, hold_id)] += payout.debited_minor
    for of, loss, minor in balances.refund_sources(session, stretch):
        found[_Key(Check.REFUNDED, loss, of, "")] += minor

"""What a trace of one recovery is made of: stored bookings as payments, claims, openings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.facts import Direction, LineKind
from models.measures.held_over_time import Held
from models.queries.books.hold_history import hold_histories
from models.queries.books.money import Covered, StoredLine, covered, covered_by_files, lines_of
from recovery_flows.ledger import claim_limits
from recovery_flows.ledger.held_over_time import held_over_time
from recovery_flows.ledger.outstanding_losses import LOST
from recovery_flows.tracing.methods.currencies import Purses, purses
from recovery_flows.tracing.methods.merge import AccountLine, Merged, merge_lines
from recovery_flows.tracing.methods.opening import Covered as CoveredTimes, openings_for
from recovery_flows.tracing.methods.types import Coverage, Opening, Source, Transfer
from recovery_flows.tracing.payments_from_holds import apart_from_holds

_NEAR = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class TraceInputs:
    """The arguments of any rule for one recovery, and the bookings behind each payment.

    `transfers` are as they move traced money: what a bank paid out of a hold is none of them.
    `holds` is what banks hold of the accounts over time, for whichever recovery.
    """

    transfers: tuple[Transfer, ...]
    sources: tuple[Source, ...]
    openings: tuple[Opening, ...]
    coverage: tuple[Coverage, ...]
    holds: tuple[Held, ...]
    spans: tuple[Covered, ...]
    lines_of: dict[str, tuple[StoredLine, ...]]
    """Bookings by the id of the payment that they show."""
    booked: Mapping[str, int]
    """What the bank booked of each claim's payment, where it shows it in the claim's currency."""
    unbooked: frozenset[str]
    """Claims whose payment no bank shows, though the payee's tells of that time."""
    untold: frozenset[str]
    """Claims whose payment no bank shows, and neither of its two banks tells of that time yet."""
    from_files: frozenset[str]
    """Accounts of which a complete statement came as a file, assets already or not."""
    accounts: frozenset[str]
    """Whose bookings were read: the accounts of the recovery and those of its victims."""
    purses: Purses
    """Accounts that are told in several currencies, and what they are called meanwhile."""


def gather(session: Session, file: CaseFile) -> TraceInputs:
    """Everything that is stored about the accounts of a recovery, ready for any rule."""
    assets = {a.account_id for a in file.assets}
    from_files = _reachable_by_files(session, assets)
    accounts = assets | from_files
    victims = {c.victim_account_id for c in file.claims if c.statement_to is not None}
    victims |= covered_by_files(session, {c.victim_account_id for c in file.claims})
    lines = lines_of(session, accounts | victims)
    needed = [line for line in lines if _is_needed(line, accounts)]
    spans = covered(session, accounts)
    merged = merge_lines([_account_line(line) for line in needed])
    told = purses(merged.transfers, _kept_in(file, needed))
    coverage = told.coverage(Coverage(s.account_id, s.covers_from, s.covers_to) for s in spans)
    known = {s.account_id: s.opening_minor for s in reversed(spans)}
    shown_by = _by_transfer(needed, merged)
    histories = hold_histories(session, accounts)
    payments = apart_from_holds(
        reversals(merged.transfers, shown_by), shown_by, histories, CoveredTimes(coverage)
    )
    reported = _payments(file, needed, merged)
    unbooked = _unbooked(file, [c.id for c, _ in reported], coverage)
    booked = {c.id: minor for c, t in reported if (minor := _booked_minor(c, t)) is not None}
    return TraceInputs(
        transfers=told.apart(payments),
        sources=tuple(_source(c, t, booked.get(c.id)) for c, t in reported if c.decided_minor != 0),
        openings=tuple(openings_for(told.apart(merged.transfers), known, coverage)),
        coverage=coverage,
        holds=held_over_time(histories, file.recovery.id),
        spans=tuple(spans),
        lines_of=shown_by,
        booked=booked,
        unbooked=unbooked,
        untold=_untold(session, file, unbooked.union(c.id for c, _ in reported)),
        from_files=from_files,
        accounts=frozenset(accounts | victims),
        purses=told,
    )


def _kept_in(file: CaseFile, lines: Sequence[StoredLine]) -> dict[str, str]:
    """The currency that an account's own bookings are in; where they are in two, the recorded."""
    kept = {asset.account_id: asset.currency for asset in file.assets}
    shown = {line.account_id: line.currency for line in lines}
    both = {(line.account_id, line.currency) for line in lines}
    return {a: kept[a] if (a, kept.get(a)) in both else shown[a] for a in shown}


def _reachable_by_files(session: Session, assets: set[str]) -> frozenset[str]:
    """Accounts told by files that money from the assets can have come to, in any order of files.

    A bank's own answer is asked for once an account is an asset; a file may have come before.
    """
    known = set(assets)
    found = covered_by_files(session, assets)
    asked = set(assets)
    while asked:
        paid = {
            line.counter_account_id
            for line in lines_of(session, asked)
            if line.direction is Direction.DEBIT and line.counter_account_id
        }
        told = covered_by_files(session, paid - known)
        known |= told
        found |= told
        asked = set(told)
    return found


def _by_transfer(needed: list[StoredLine], merged: Merged) -> dict[str, tuple[StoredLine, ...]]:
    found: dict[str, tuple[StoredLine, ...]] = {}
    for line, name in zip(needed, merged.transfer_ids, strict=True):
        found[name] = (*found.get(name, ()), line)
    return found


def reversals(
    transfers: Sequence[Transfer], shown_by: Mapping[str, Sequence[StoredLine]]
) -> list[Transfer]:
    """Payments that a bank calls reversals name the payment they take back, where it is there.

    That is the latest one before, not taken back yet, of the same money the other way round.
    """
    result: list[Transfer] = []
    taken: set[str] = set()
    for transfer in transfers:
        undone = ""
        if any(line.is_reversal for line in shown_by.get(transfer.id, ())):
            fitting = (t.id for t in reversed(result) if t.id not in taken and _undoes(transfer, t))
            undone = next(fitting, "")
            taken.add(undone)
        result.append(replace(transfer, reverses=undone) if undone else transfer)
    return result


def _undoes(back: Transfer, payment: Transfer) -> bool:
    ends = ((back.payer, payment.payee), (back.payee, payment.payer))
    return (
        all(one == other or None in (one, other) for one, other in ends)
        and any(one is not None and one == other for one, other in ends)
        and (back.credit_minor, back.credit_currency)
        == (payment.debit_minor, payment.debit_currency)
        and not payment.reverses
    )


def _is_needed(line: StoredLine, accounts: set[str]) -> bool:
    """Of a victim's own account only the payments into the accounts of the file matter."""
    return line.account_id in accounts or line.counter_account_id in accounts


def _account_line(line: StoredLine) -> AccountLine:
    return AccountLine(
        account=line.account_id,
        counter_account=line.counter_account_id or None,
        seq=line.seq,
        booked_at=line.booked_at,
        direction=line.direction,
        amount_minor=line.amount_minor,
        currency=line.currency,
        counter_minor=line.counter_minor,
        counter_currency=line.counter_currency or None,
        kind=line.kind,
        end_to_end_id=line.end_to_end_id,
    )


def _payments(
    file: CaseFile, needed: list[StoredLine], merged: Merged
) -> list[tuple[ClaimRow, Transfer]]:
    """Which transfer each verified claim is about: by its reference, else by what it says.

    A claim that fits none exactly is about the payment between its accounts that is nearest in
    time: its sum is then another one than the bank booked.
    """
    by_id = {t.id: t for t in merged.transfers}
    taken: set[str] = set()
    found: dict[str, Transfer] = {}
    for is_payment in (_is_payment_of, _may_be_payment_of):
        for claim in file.claims:
            if claim.state not in LOST or claim.id in found:
                continue
            matches = [
                name
                for line, name in zip(needed, merged.transfer_ids, strict=True)
                if is_payment(claim, line) and name not in taken
            ]
            if matches:
                name = min(matches, key=lambda m: _distance(claim, by_id[m]))
                taken.add(name)
                found[claim.id] = by_id[name]
    return [(c, found[c.id]) for c in file.claims if c.id in found]


def _unbooked(
    file: CaseFile, found: Collection[str], coverage: Sequence[Coverage]
) -> frozenset[str]:
    """Claims about a payment that the payee's own bank does not show for the time of it."""
    told = CoveredTimes(coverage)
    return frozenset(
        c.id
        for c in file.claims
        if c.state in LOST and c.id not in found and told(c.payee_account_id, c.paid_at)
    )


def _untold(session: Session, file: CaseFile, known: Collection[str]) -> frozenset[str]:
    """Claims of which a bank's silence says nothing: the victim's own may tell, and has not yet."""
    lacking = [c for c in file.claims if c.state in LOST and c.id not in known]
    victims = covered(session, {c.victim_account_id for c in lacking}) if lacking else []
    told = CoveredTimes(Coverage(s.account_id, s.covers_from, s.covers_to) for s in victims)
    return frozenset(c.id for c in lacking if not told(c.victim_account_id, c.paid_at))


def _booked_minor(claim: ClaimRow, payment: Transfer) -> int | None:
    """What left the victim's account, or what arrived; None where neither is in his currency."""
    if payment.debit_currency == claim.currency:
        return payment.debit_minor
    return payment.credit_minor if payment.credit_currency == claim.currency else None


def _source(claim: ClaimRow, payment: Transfer, booked_minor: int | None) -> Source:
    """A victim who reports less than he paid claims no more than that of the payment."""
    upheld = claim_limits.upheld_minor(claim, booked_minor)
    if not booked_minor or upheld >= booked_minor:
        return Source(payment.id, claim.id, upheld)
    # Rounded up, so that a cent of a claim has a coin of the payment.
    amount = -(-payment.debit_minor * upheld // booked_minor)
    return Source(payment.id, claim.id, upheld, amount)


def _is_payment_of(claim: ClaimRow, line: StoredLine) -> bool:
    if line.kind is not LineKind.TRANSFER:
        return False
    ends = (
        (line.counter_account_id, line.account_id)
        if line.direction is Direction.CREDIT
        else (line.account_id, line.counter_account_id)
    )
    if ends == ("", claim.payee_account_id) and claim.end_to_end_id:
        # A file may leave out from whom it came; then only the victim's own reference tells.
        return claim.end_to_end_id == line.end_to_end_id
    if ends != (claim.victim_account_id, claim.payee_account_id):
        return False
    if claim.end_to_end_id and line.end_to_end_id:
        return claim.end_to_end_id == line.end_to_end_id
    amounts = {(line.amount_minor, line.currency), (line.counter_minor, line.counter_currency)}
    return (claim.reported_minor, claim.currency) in amounts


def _may_be_payment_of(claim: ClaimRow, line: StoredLine) -> bool:
    """Whether a booking is one between a claim's accounts in its days, whatever its sum."""
    debit = line.direction is Direction.DEBIT
    ends = (line.account_id, line.counter_account_id)
    same = ends == (claim.victim_account_id, claim.payee_account_id)[:: 1 if debit else -1]
    another = claim.end_to_end_id and line.end_to_end_id not in ("", claim.end_to_end_id)
    is_near = abs(line.booked_at - claim.paid_at) <= _NEAR
    return line.kind is LineKind.TRANSFER and same and is_near and not another


def _distance(claim: ClaimRow, transfer: Transfer) -> tuple[float, str]:
    return abs((transfer.at - claim.paid_at).total_seconds()), transfer.id

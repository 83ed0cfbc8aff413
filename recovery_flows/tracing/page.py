"""The trace of one recovery on one page: every rule side by side, what can be held, what to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.ledger import RETURNED, LedgerAccount
from models.language.phrase import joined, phrase
from models.money import Money
from models.queries.books.money import LastBalance, last_balances, places
from models.queries.cases.case_files import load_file
from models.queries.cases.names import Names, names_of
from models.sealing.vault import Vault
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.postings import CONFLICT
from recovery_flows.tracing import comparison
from recovery_flows.tracing.case_trace import depths
from recovery_flows.tracing.hops import hops_of
from recovery_flows.tracing.inputs import TraceInputs, gather
from recovery_flows.tracing.methods.types import Basis, Trace
from recovery_flows.tracing.views import ClaimLabel, PlaceRow, TracePage
from recovery_flows.wording import counted


def trace_page(
    session: Session, recovery_id: str, now: datetime, laws: Regimes, vault: Vault
) -> TracePage:
    """One recovery's money under every rule, from what is stored now; nothing is written."""
    file = load_file(session, recovery_id)
    given = gather(session, file)
    compared = comparison.compared(file.recovery, given, now)
    names = names_of(session, vault, [file], _accounts(compared.traces))
    recovery = file.recovery
    chosen, approved = comparison.choice(file)
    return TracePage(
        recovery_id=recovery.id,
        ref=recovery.ref,
        version=recovery.version,
        currency=recovery.currency,
        as_of=now,
        opening=_opening_text(given),
        rule=recovery.tracing_rule,
        rule_reason=names.reasons.get(recovery.tracing_reason, ""),
        rule_chosen_by=chosen,
        rule_approved_by=approved,
        rule_pending=recovery.asked_rule,
        columns=compared.columns,
        rows=tuple(_rows(session, file, given, compared, names, laws)),
        claims=tuple(ClaimLabel(c.id, names.victim(c.id), c.upheld_minor) for c in file.claims),
        shortages=tuple(_shortages(compared.adopted, given, names)),
    )


def _accounts(traces: Iterable[Trace]) -> set[str]:
    """Every account that a trace speaks of."""
    found: set[str] = set()
    for trace in traces:
        found |= {p.account for p in trace.positions} | {s.account for s in trace.shortages}
        found |= {a for h in trace.hops for a in (h.payer, h.payee) if a}
    return found


def _opening_text(given: TraceInputs) -> str:
    counts = Counter(o.basis for o in given.openings)
    known, inferred = (_accounts_text(counts[b]) for b in (Basis.KNOWN, Basis.INFERRED))
    parts: list[str] = []
    if counts[Basis.KNOWN]:
        parts.append(phrase("opening balance as the statement states it for {known}", known=known))
    if counts[Basis.INFERRED]:
        parts.append(phrase("the least that fits for {inferred}", inferred=inferred))
    return joined("; ", parts) if parts else phrase("no statement is there yet")


def _accounts_text(number: int) -> str:
    return counted(number, "account")


class _Where(NamedTuple):
    """A place: an account, or a way out of sight (`kind`) through one."""

    account: str
    kind: str


def places_of(trace: Trace) -> Counter[_Where]:
    """What lies where under one trace, in minor units of the loss."""
    found: Counter[_Where] = Counter()
    for position in trace.positions:
        found[_Where(position.account, "")] += position.claim_minor
    for gone in trace.gone:
        found[_Where("", str(gone.kind))] += gone.claim_minor
    for conflict in trace.conflicts:
        found[_Where("", CONFLICT)] += conflict.claim_minor
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the accounts on the page besides the traces."""

    file: CaseFile
    names: Names
    bank: Mapping[str, str]
    depth: Mapping[str, int]
    balance: Mapping[str, LastBalance]
    covered_to: Mapping[str, datetime]
    amount: Mapping[str, tuple[int, int]]
    """(amount in the account's currency, claim) by the adopted trace."""


def _rows(
    session: Session,
    file: CaseFile,
    given: TraceInputs,
    compared: comparison.Compared,
    names: Names,
    laws: Regimes,
) -> Iterable[PlaceRow]:
    del laws
    sums = [places_of(trace) for trace in compared.traces]
    wheres = dict.fromkeys(chain.from_iterable(sums))
    accounts = {w.account for w in wheres if w.account}
    depth: dict[str, int] = {}
    for trace in compared.traces:
        depth = {**depths(trace), **depth}
    known = _Known(
        file=file,
        names=names,
        bank={a: p.partner_id for a, p in places(session, accounts).items()},
        depth=depth,
        balance=last_balances(session, accounts),
        covered_to={s.account_id: s.covers_to for s in given.spans},
        amount=_amounts(compared.adopted),
    )
    rows = [_row(known, where, tuple(s[where] for s in sums), compared.adopted) for where in wheres]
    return sorted(rows, key=lambda r: (r.is_gone, r.depth, r.bank, r.label, r.account_id))


def _amounts(trace: Trace) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for position in trace.positions:
        amount, claim = found.get(position.account, (0, 0))
        found[position.account] = (amount + position.amount_minor, claim + position.claim_minor)
    return found


def _row(known: _Known, where: _Where, values: tuple[int, ...], adopted: Trace) -> PlaceRow:
    if where.kind:
        return PlaceRow(
            account_id="", label=where.kind, bank="", depth=0, is_gone=True, values=values,
            held_minor=0, freezable_minor=0, balance_on=None, is_frontier=False, ask="",
        )  # fmt: skip
    account = where.account
    held, returned, freezable = _held_and_freezable(known, account)
    balance = known.balance.get(account)
    is_frontier = account in adopted.frontier
    return PlaceRow(
        account_id=account,
        label=known.names.account(account),
        bank=known.bank.get(account, ""),
        depth=known.depth.get(account, 0),
        is_gone=False,
        values=values,
        held_minor=held,
        freezable_minor=freezable,
        balance_on=balance.at if balance else None,
        is_frontier=is_frontier,
        ask=_ask(known, account) if is_frontier else "",
        returned_minor=returned,
    )


def _held_and_freezable(known: _Known, account: str) -> tuple[int, int, int]:
    """Held now, returned, and the lesser of what is left traced and the last balance known."""
    asset = next((a for a in known.file.assets if a.account_id == account), None)
    mine = [b for b in known.file.balances if asset is not None and b.asset_id == asset.id]
    held = [b for b in mine if b.account is LedgerAccount.HELD]
    returned = [b for b in mine if b.account in RETURNED]
    amount, claim = known.amount.get(account, (0, 0))
    free = max(0, amount - sum(b.asset_minor for b in (*held, *returned)))
    balance = known.balance.get(account)
    if balance is not None:
        holds = known.file.live_holds(asset.id) if asset else ()
        free = min(free, max(0, balance.minor - sum(h.held_minor for h in holds)))
    return (
        sum(b.claim_minor for b in held),
        sum(b.claim_minor for b in returned),
        claim * free // amount if amount else 0,
    )


def _ask(known: _Known, account: str) -> str:
    bank, to = known.bank.get(account, ""), known.covered_to.get(account)
    since = phrase(" from {to:%Y-%m-%d} on", to=to) if to else ""
    return phrase(
        "ask {bank} for the statement of {account}{since}",
        bank=bank or phrase("its bank"),
        account=known.names.account(account),
        since=since,
    )


def _shortages(trace: Trace, given: TraceInputs, names: Names) -> Iterable[str]:
    payments = {t.id: t for t in given.transfers}
    for shortage in trace.shortages:
        payment = payments.get(shortage.transfer_id)
        currency = payment.debit_currency if payment else _currency(given, shortage.account)
        money, label = Money(shortage.minor, currency), names.account(shortage.account)
        when = (
            phrase("on {at:%Y-%m-%d}", at=payment.at)
            if payment
            else phrase("before its statement begins")
        )
        yield phrase(
            "{label}: {money} more left {when} than is known to have been there",
            label=label,
            money=money,
            when=when,
        )


def _currency(given: TraceInputs, account: str) -> str:
    return next(t.credit_currency for t in given.transfers if t.payee == account)


__all__ = ["hops_of", "places_of", "trace_page"]

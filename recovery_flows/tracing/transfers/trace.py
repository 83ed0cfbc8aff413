"""A trace on files alone: run by any rule on either engine, and told as plain values.

    {"rule", "among", "standing", "exposure", "engine", "rows",
     "opening": {"basis", "accounts", "shortages", "short": {currency: amount}},
     "accounts": [{"account", "currency", "balance", "frontier", "victims": {victim: amount}}],
     "sinks": [{"kind", "account", "currency", "victims"}],
     "conflicts": [{"transfer", "victim", "holder", "currency", "amount"}],
     "stolen": {victim: {currency: amount}},
     "paths": [{"hop", "parent", "transfer", "victim", "from", "to", "amount", "currency"}],
     "sensitivity": {assumption: {currency: amount}}}

Amounts are decimal text. Per victim: stolen = accounts + sinks + conflicts, except for exposure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.money import Money
from recovery_flows.tracing.methods.catalogue import RULES, Among, RuleName, trace_by
from recovery_flows.tracing.methods.compare import DayOrder, edge_flows, reordered, shares
from recovery_flows.tracing.methods.types import Basis, Opening, Trace, check_conserved
from recovery_flows.tracing.transfers.files import (
    TransferFiles,
    closing_balances,
    ends_of,
    stated_openings,
)

if TYPE_CHECKING:
    from recovery_flows.tracing.transfers.table_files import TableFiles

    AnyFiles = TransferFiles | TableFiles


@dataclass(frozen=True, slots=True)
class FileTrace:
    """One rule's answer and what it was made of."""

    files: AnyFiles
    rule: RuleName
    among: Among
    basis: Basis
    openings: tuple[Opening, ...]
    engine: str
    trace: Trace


def trace_files(
    files: AnyFiles, rule: RuleName, among: Among, basis: Basis, engine: str = "auto"
) -> FileTrace:
    """Run one rule on the files; the sum of every victim is checked."""
    from recovery_flows.tracing.transfers.engine_choice import choose_engine, run_on_kernel

    chosen = choose_engine(engine, files, rule, among)
    if chosen == "plain" and not isinstance(files, TransferFiles):
        files = files.row_by_row()
    openings = _openings(files, basis)
    if isinstance(files, TransferFiles) and chosen == "plain":
        trace = trace_by(
            rule, files.transfers, files.sources, openings, files.coverage,
            as_of=files.as_of, among=among,
        )  # fmt: skip
    else:
        trace = run_on_kernel(files, rule, openings)
    if not trace.is_exposure:
        check_conserved(trace, files.sources)
    return FileTrace(files, rule, among, basis, openings, chosen, trace)


def _openings(files: AnyFiles, basis: Basis) -> tuple[Opening, ...]:
    if isinstance(files, TransferFiles):
        return stated_openings(files, basis)
    from recovery_flows.tracing.transfers.kernel_input import table_openings

    return table_openings(files, basis)


def _balances(found: FileTrace) -> Mapping[str, int]:
    if isinstance(found.files, TransferFiles):
        return closing_balances(found.files, found.openings)
    from recovery_flows.tracing.transfers.kernel_input import table_balances

    return table_balances(found.files, found.openings)


def told(found: FileTrace, *, paths: bool = False) -> dict[str, Any]:
    """The answer as JSON holds it."""
    info, trace = RULES[found.rule], found.trace
    document: dict[str, Any] = {
        "rule": found.rule.replace("_", "-"),
        "among": found.among.replace("_", "-") if found.rule is RuleName.LIBR else None,
        "standing": str(info.standing),
        "exposure": trace.is_exposure,
        "engine": found.engine,
        "rows": len(found.files),
        "opening": _opening(found),
        "accounts": _accounts(found),
        "sinks": _sinks(trace),
        "conflicts": _conflicts(trace),
        "stolen": _stolen(found.files),
    }
    if paths:
        document["paths"] = _paths(trace) if info.has_paths else _flows(trace)
    return document


def _text(minor: int, currency: str) -> str:
    return Money(minor, currency).text()


def _by_currency(sums: Iterable[tuple[str, int]]) -> dict[str, str]:
    total: Counter[str] = Counter()
    for currency, minor in sums:
        total[currency] += minor
    return {currency: _text(minor, currency) for currency, minor in sorted(total.items())}


def _opening(found: FileTrace) -> dict[str, Any]:
    short = found.trace.shortages
    return {
        "basis": str(found.basis),
        "accounts": sum(1 for o in found.openings if o.minor),
        "shortages": len(short),
        "short": _by_currency((ends_of(s.account)[1], s.minor) for s in short),
    }


def _victims(parts: Iterable[tuple[str, int]]) -> dict[str, str]:
    sums: Counter[str] = Counter()
    for claim, minor in parts:
        sums[claim] += minor
    named = sorted((*ends_of(claim), minor) for claim, minor in sums.items() if minor)
    return {victim: _text(minor, currency) for victim, currency, minor in named}


def _accounts(found: FileTrace) -> list[dict[str, Any]]:
    balances, payers = _balances(found), found.files.payers
    lots: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for position in found.trace.positions:
        lots[position.account].append((position.claim_id, position.amount_minor))
    rows = []
    for account in sorted(lots):
        name, currency = ends_of(account)
        victims = _victims(lots[account])
        if victims:
            balance = _text(balances.get(account, 0), currency)
            rows.append(
                {
                    "account": name, "currency": currency, "balance": balance,
                    "frontier": account not in payers, "victims": victims,
                }
            )  # fmt: skip
    return rows


def _sinks(trace: Trace) -> list[dict[str, Any]]:
    parts: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for gone in trace.gone:
        parts[str(gone.kind), gone.account].append((gone.claim_id, gone.amount_minor))
    rows = []
    for kind, account in sorted(parts):
        name, currency = ends_of(account)
        rows.append(
            {
                "kind": kind, "account": name, "currency": currency,
                "victims": _victims(parts[kind, account]),
            }
        )  # fmt: skip
    return rows


def _conflicts(trace: Trace) -> list[dict[str, Any]]:
    rows = []
    for conflict in trace.conflicts:
        victim, currency = ends_of(conflict.claim_id)
        rows.append(
            {
                "transfer": conflict.transfer_id, "victim": victim,
                "holder": ends_of(conflict.holder_claim_id)[0], "currency": currency,
                "amount": _text(conflict.amount_minor, currency),
            }
        )  # fmt: skip
    return rows


def _stolen(files: AnyFiles) -> dict[str, dict[str, str]]:
    sums: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for source in files.sources:
        victim, currency = ends_of(source.claim_id)
        sums[victim].append((currency, source.claim_minor))
    return {victim: _by_currency(sums[victim]) for victim in sorted(sums)}


def _paths(trace: Trace) -> list[dict[str, Any]]:
    return [
        {"hop": hop.id, "parent": hop.parent, **_step(hop.transfer_id, hop.claim_id, hop.payer,
         hop.payee, hop.amount_minor)}
        for hop in trace.hops
    ]  # fmt: skip


def _flows(trace: Trace) -> list[dict[str, Any]]:
    return [
        {"hop": number, "parent": None, **_step(f.transfer_id, f.claim_id, f.payer, f.payee,
         f.amount_minor)}
        for number, f in enumerate(edge_flows(trace))
    ]  # fmt: skip


def _step(
    transfer_id: str, claim: str, payer: str | None, payee: str | None, minor: int
) -> dict[str, Any]:
    victim, currency = ends_of(claim)
    return {
        "transfer": transfer_id, "victim": victim, "from": ends_of(payer or "")[0],
        "to": ends_of(payee or "")[0], "amount": _text(minor, currency), "currency": currency,
    }  # fmt: skip


def sensitivity(found: FileTrace) -> dict[str, dict[str, str]]:
    """How much lies elsewhere under each other assumption, per currency."""
    given, result = found.files, {}
    for basis in Basis:
        if basis is not found.basis and (basis is not Basis.KNOWN or given.known):
            other = trace_files(given, found.rule, found.among, basis, found.engine)
            result[f"opening {basis}"] = _elsewhere(found.trace, other.trace)
    for order in (DayOrder.CREDITS_FIRST, DayOrder.DEBITS_FIRST):
        changed, same_days = _reordered(given, order), _reordered(given, DayOrder.AS_GIVEN)
        one = trace_files(same_days, found.rule, found.among, found.basis, found.engine)
        other = trace_files(changed, found.rule, found.among, found.basis, found.engine)
        result[f"same-day order {order}"] = _elsewhere(one.trace, other.trace)
    return result


def _reordered(files: AnyFiles, order: DayOrder) -> AnyFiles:
    if isinstance(files, TransferFiles):
        return _under(files, reordered(files.transfers, order))
    return files.reordered(order)


def _under(files: TransferFiles, transfers: Sequence[Any]) -> TransferFiles:
    begins, ends = transfers[0].at, transfers[-1].at
    coverage = tuple(replace(c, covers_from=begins, covers_to=ends) for c in files.coverage)
    return replace(files, transfers=tuple(transfers), coverage=coverage)


def _elsewhere(one: Trace, other: Trace) -> dict[str, str]:
    moved = shares(one) - shares(other)
    zero = [(ends_of(claim)[1], 0) for claim, _, _ in shares(one)]
    return _by_currency([*zero, *((ends_of(c)[1], minor) for (c, _, _), minor in moved.items())])

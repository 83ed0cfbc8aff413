"""A trace as accounts and payments, with names that may leave the unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session

from models.facts import LineKind
from models.queries.cases.case_files import load_file
from models.queries.cases.names import names_of
from models.sealing.vault import Vault
from recovery_flows.tracing.case_trace import trace_under
from recovery_flows.tracing.export import Edge, Graph, Node
from recovery_flows.tracing.inputs import gather
from recovery_flows.tracing.methods.catalogue import RULES, RuleName
from recovery_flows.tracing.methods.compare import edge_flows
from recovery_flows.tracing.methods.types import Trace, Transfer
from recovery_flows.tracing.transfers.files import TransferFiles, ends_of
from recovery_flows.tracing.transfers.trace import FileTrace

OUTSIDE = "outside"
Named = Callable[[str], tuple[str, str]]
"""Label and currency of an account."""


def graph_of_files(found: FileTrace) -> Graph:
    """The graph of a trace on files alone; names are those of the files."""
    wanted = {hop.transfer_id for hop in found.trace.hops}
    claims = {s.claim_id: ends_of(s.claim_id) for s in found.files.sources}
    return _graph(
        RULES[found.rule].name, found.files.as_of, str(found.basis), found.trace,
        _transfers(found, wanted), ends_of, claims,
    )  # fmt: skip


def _transfers(found: FileTrace, wanted: set[str]) -> dict[str, Transfer]:
    if isinstance(found.files, TransferFiles):
        return {t.id: t for t in found.files.transfers if t.id in wanted}
    return found.files.transfers_of(wanted)


def graph_of_case(session: Session, recovery_id: str, now: datetime, vault: Vault) -> Graph:
    """The graph of a recovery by the rule in force; masked numbers, references for names."""
    file = load_file(session, recovery_id)
    recovery, given = file.recovery, gather(session, file)
    rule = RuleName(recovery.tracing_rule)
    trace = trace_under(rule, given, now, recovery.tracing_among)
    ends = {a for t in given.transfers for a in (t.payer, t.payee) if a is not None}
    names = names_of(session, vault, [file], ends)
    currency = {t.payer: t.debit_currency for t in given.transfers if t.payer}
    currency |= {t.payee: t.credit_currency for t in given.transfers if t.payee}

    def named(account: str) -> tuple[str, str]:
        return names.account(account), currency.get(account, "")

    claims = {c.id: (f"{recovery.ref}/{n}", recovery.currency)
              for n, c in enumerate(file.claims, start=1)}  # fmt: skip
    return _graph(
        rule, now, "as stated by banks, else the least that fits", trace,
        {t.id: t for t in given.transfers}, named, claims,
    )  # fmt: skip


def _graph(
    rule: RuleName,
    as_of: datetime,
    opening: str,
    trace: Trace,
    transfers: Mapping[str, Transfer],
    named: Named,
    claims: Mapping[str, tuple[str, str]],
) -> Graph:
    """`claims` gives label and currency of each claim."""
    label = {claim: name for claim, (name, _) in claims.items()}
    edges = _edges(trace, transfers, label)
    return Graph(
        rule=rule.replace("_", "-"),
        standing=str(RULES[rule].standing),
        as_of=as_of,
        opening=opening,
        claims={name: currency for name, currency in claims.values()},  # noqa: C416
        nodes=tuple(_nodes(trace, edges, named, label)),
        edges=tuple(edges),
    )


def _edges(trace: Trace, transfers: Mapping[str, Transfer], label: Mapping[str, str]) -> list[Edge]:
    carried: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for flow in edge_flows(trace):
        carried[flow.transfer_id][label[flow.claim_id]] = flow.claim_minor
    moved = sorted((transfers[name] for name in carried), key=lambda t: (t.at, t.order, t.id))
    return [
        Edge(
            t.id, t.at, t.payer or OUTSIDE, _end(t), str(t.kind), t.debit_currency, t.debit_minor,
            dict(sorted(carried[t.id].items())),
        )
        for t in moved
    ]  # fmt: skip


def _end(transfer: Transfer) -> str:
    if transfer.kind is LineKind.TRANSFER and transfer.payee is not None:
        return transfer.payee
    return "unknown" if transfer.kind is LineKind.TRANSFER else str(transfer.kind)


def _nodes(
    trace: Trace, edges: Iterable[Edge], named: Named, label: Mapping[str, str]
) -> Iterable[Node]:
    rests: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for position in trace.positions:
        claim = label[position.claim_id]
        before = rests[position.account].get(claim, 0)
        rests[position.account][claim] = before + position.claim_minor
    ways = {OUTSIDE, "unknown", *LineKind}
    seen = {end for edge in edges for end in (edge.payer, edge.payee)} | set(rests)
    for end in sorted(seen):
        is_account = end not in ways
        text, currency = named(end) if is_account else (end, "")
        stolen = dict(sorted(rests.get(end, {}).items()))
        yield Node(end, text, currency, is_account, end in trace.frontier, stolen)

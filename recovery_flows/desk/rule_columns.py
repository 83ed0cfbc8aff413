"""Every rule on one recovery's payments: the traces, how far each assumption moves them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from models.file import RecoveryFile
from models.rows import RecoveryRow
from models.states import ApprovalState
from recovery_flows.desk.gathering import Gathered
from recovery_flows.desk.trace_views import RuleColumn
from recovery_flows.desk.tracing import trace_under
from recovery_flows.rules.subjects import Act
from recovery_flows.rules.tracing.rules import RULES, RuleInfo, RuleName, Standing
from recovery_flows.rules.tracing.types import Basis, Trace


@dataclass(frozen=True, slots=True)
class Compared:
    """The rules, that in force first, the trace of each, and that of the rule in force."""

    columns: tuple[RuleColumn, ...]
    traces: tuple[Trace, ...]
    adopted: Trace


def compared(recovery: RecoveryRow, given: Gathered, now: datetime) -> Compared:
    """Run every rule; LIBR among victims as the recovery has chosen it."""
    names = sorted(RULES, key=lambda n: n != recovery.tracing_rule)
    among = recovery.tracing_among
    traces = tuple(trace_under(name, given, now, among) for name in names)
    bare = replace(
        given, openings=tuple(replace(o, minor=0, basis=Basis.ZERO) for o in given.openings)
    )
    columns = []
    for name, trace in zip(names, traces, strict=True):
        is_adopted = name == recovery.tracing_rule
        other = trace_under(name, bare, now, among)
        columns.append(_column(RULES[name], moved(trace, other), is_adopted=is_adopted))
    return Compared(tuple(columns), traces, traces[0])


def _column(info: RuleInfo, elsewhere: int, *, is_adopted: bool) -> RuleColumn:
    # Exposure is not added up, so nothing of it can be said to lie elsewhere.
    told = () if info.standing is Standing.EXPOSURE else (("openings of zero", elsewhere),)
    return RuleColumn(
        name=info.name,
        label=info.label,
        standing=info.standing,
        source=info.source,
        adopted=is_adopted,
        moved=told,
    )


def _shares(trace: Trace) -> Counter[tuple[str, str, str]]:
    """Minor units of the loss by (claim, account, way out)."""
    found: Counter[tuple[str, str, str]] = Counter()
    for position in trace.positions:
        found[position.claim_id, position.account, ""] += position.claim_minor
    for gone in trace.gone:
        found[gone.claim_id, gone.account, str(gone.kind)] += gone.claim_minor
    for conflict in trace.conflicts:
        found[conflict.claim_id, "", "conflict"] += conflict.claim_minor
    return found


def moved(one: Trace, other: Trace) -> int:
    """How many minor units of the loss lie elsewhere in `other` than in `one`."""
    return sum((_shares(one) - _shares(other)).values())


def moved_by(
    recovery: RecoveryRow, given: Gathered, rule: RuleName, among: str, now: datetime
) -> int:
    """How many minor units of the loss would lie elsewhere under another rule."""
    mine = trace_under(RuleName(recovery.tracing_rule), given, now, recovery.tracing_among)
    return moved(mine, trace_under(rule, given, now, among))


def choice(file: RecoveryFile) -> tuple[str, str]:
    """Who chose the rule in force and who approved it; both "" for the rule of the start."""
    given = [
        a
        for a in file.approvals
        if a.action == Act.TRACE_RULE
        and a.subject_id == file.recovery.id
        and a.state is ApprovalState.APPROVED
    ]
    return (given[-1].asked_by, given[-1].decided_by) if given else ("", "")

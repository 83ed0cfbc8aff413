"""Every rule on one recovery's payments: the traces, how far each assumption moves them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from models.case_file import CaseFile
from models.entities.approval import ApprovalState
from models.entities.recovery import RecoveryRow
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.tracing.case_trace import trace_under
from recovery_flows.tracing.inputs import TraceInputs
from recovery_flows.tracing.methods.catalogue import RULES, RuleInfo, RuleName, Standing
from recovery_flows.tracing.methods.compare import moved_minor
from recovery_flows.tracing.methods.ordering import payers_first
from recovery_flows.tracing.methods.types import Basis, Trace, Transfer
from recovery_flows.tracing.views import RuleColumn


@dataclass(frozen=True, slots=True)
class Compared:
    """The rules, that in force first, the trace of each, and that of the rule in force."""

    columns: tuple[RuleColumn, ...]
    traces: tuple[Trace, ...]
    adopted: Trace


def compared(recovery: RecoveryRow, given: TraceInputs, now: datetime) -> Compared:
    """Run every rule, and again under each assumption; LIBR as the recovery has chosen it."""
    names = sorted(RULES, key=lambda n: n != recovery.tracing_rule)
    among = recovery.tracing_among
    others = assumptions(given)
    columns, traces = [], []
    for name in names:
        trace = trace_under(name, given, now, among)
        told = [(text, moved_minor(trace, trace_under(name, other, now, among)))
                for text, other in others] if _adds_up(name) else []  # fmt: skip
        is_adopted = name == recovery.tracing_rule
        columns.append(_column(RULES[name], tuple(told), is_adopted=is_adopted))
        traces.append(trace)
    return Compared(tuple(columns), tuple(traces), traces[0])


def _adds_up(rule: RuleName) -> bool:
    """Exposure is not added up, so nothing of it can be said to lie elsewhere."""
    return RULES[rule].standing is not Standing.EXPOSURE


def _column(info: RuleInfo, told: tuple[tuple[str, int], ...], *, is_adopted: bool) -> RuleColumn:
    return RuleColumn(
        name=info.name,
        label=info.label,
        standing=info.standing,
        source=info.source,
        adopted=is_adopted,
        moved=told,
    )


def assumptions(given: TraceInputs) -> list[tuple[str, TraceInputs]]:
    """What could be otherwise, in words, each with the payments as they then would be.

    Only what no bank has told: openings that no statement states, and the order within a day of
    payments that every statement dates by the day.
    """
    bare = (
        o if o.basis is Basis.KNOWN else replace(o, minor=0, basis=Basis.ZERO)
        for o in given.openings
    )
    return [
        ("unstated openings are zero", replace(given, openings=tuple(bare))),
        ("a day's credits come first", replace(given, transfers=_in_day(given, 1))),
        ("a day's debits come first", replace(given, transfers=_in_day(given, -1))),
    ]


def _in_day(given: TraceInputs, step: int) -> tuple[Transfer, ...]:
    """The payments with those of one day, as far as known by the day only, in another order."""
    dated = {n for n, lines in given.lines_of.items() if all(line.is_dated for line in lines)}
    ordered = sorted(given.transfers, key=lambda t: (t.at, t.order, t.id))
    result: list[Transfer] = []
    for (_, is_free), group in groupby(ordered, key=lambda t: (t.at, t.id in dated)):
        day = list(group)
        places = payers_first([(t.payer, t.payee) for t in day])[::step]
        result += [day[place] for place in places] if is_free else day
    return tuple(replace(t, order=number) for number, t in enumerate(result))


def moved_by(
    recovery: RecoveryRow, given: TraceInputs, rule: RuleName, among: str, now: datetime
) -> int:
    """How many minor units of the loss would lie elsewhere under another rule."""
    mine = trace_under(RuleName(recovery.tracing_rule), given, now, recovery.tracing_among)
    return moved_minor(mine, trace_under(rule, given, now, among))


def choice(file: CaseFile) -> tuple[str, str]:
    """Who chose the rule in force and who approved it; both "" for the rule of the start."""
    given = [
        a
        for a in file.approvals
        if a.action == ApprovalKind.TRACE_RULE
        and a.subject_id == file.recovery.id
        and a.state is ApprovalState.APPROVED
    ]
    return (given[-1].asked_by, given[-1].decided_by) if given else ("", "")

"""Every rule on one recovery's payments: the traces, how far each assumption moves them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from models.file import RecoveryFile
from models.rows import RecoveryRow
from models.states import ApprovalState
from models.vault import Vault
from recovery_flows.desk.gathering import Gathered
from recovery_flows.desk.trace_views import RuleColumn
from recovery_flows.desk.tracing import RULES, trace_under
from recovery_flows.rules.tracing.types import Basis, Trace

_TRACE_RULE = "trace_rule"


class _Told(NamedTuple):
    label: str
    standing: str
    source: str


_TOLD = {
    "fifo": _Told("first in, first out", "rule", "Clayton's case (1816)"),
    "lifo": _Told("last in, first out", "lead", "where to look"),
    "pro_rata": _Told("rolling pro rata", "rule", "Barlow Clowes v Vaughan (1992)"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """The rules in one order, the trace of each, and that of the rule in force."""

    columns: tuple[RuleColumn, ...]
    traces: tuple[Trace, ...]
    adopted: Trace


def compared(recovery: RecoveryRow, given: Gathered, now: datetime) -> Compared:
    """Run every rule; the one in force first."""
    names = sorted(RULES, key=lambda n: (n != recovery.tracing_rule, list(RULES).index(n)))
    traces = tuple(trace_under(name, given, now) for name in names)
    bare = replace(
        given, openings=tuple(replace(o, minor=0, basis=Basis.ZERO) for o in given.openings)
    )
    columns = tuple(
        RuleColumn(
            name=name,
            label=_TOLD[name].label,
            standing=_TOLD[name].standing,
            source=_TOLD[name].source,
            adopted=name == recovery.tracing_rule,
            moved=(("nothing in the accounts before", moved(t, trace_under(name, bare, now))),),
        )
        for name, t in zip(names, traces, strict=True)
    )
    return Compared(columns, traces, traces[0])


def _shares(trace: Trace) -> dict[tuple[str, str, str], int]:
    """Minor units of the loss by (claim, account, way out)."""
    found: dict[tuple[str, str, str], int] = {}

    def add(key: tuple[str, str, str], minor: int) -> None:
        found[key] = found.get(key, 0) + minor

    for position in trace.positions:
        add((position.claim_id, position.account, ""), position.claim_minor)
    for gone in trace.gone:
        add((gone.claim_id, gone.account, str(gone.kind)), gone.claim_minor)
    for conflict in trace.conflicts:
        add((conflict.claim_id, "", "conflict"), conflict.claim_minor)
    return found


def moved(one: Trace, other: Trace) -> int:
    """How many minor units of the loss lie elsewhere in `other` than in `one`."""
    mine, theirs = _shares(one), _shares(other)
    return sum(max(0, minor - theirs.get(key, 0)) for key, minor in mine.items())


def choice(file: RecoveryFile) -> tuple[str, str]:
    """Who chose the rule in force and who approved it; both "" for the rule of the start."""
    given = [
        a
        for a in file.approvals
        if a.action == _TRACE_RULE
        and a.subject_id == file.recovery.id
        and a.state is ApprovalState.APPROVED
    ]
    return (given[-1].asked_by, given[-1].decided_by) if given else ("", "")


def pending(file: RecoveryFile) -> str:
    """The rule that waits for a second person; "" where none does."""
    del file
    return ""


def reason(session: Session, vault: Vault, file: RecoveryFile) -> str:
    """Why the rule in force was chosen, opened; "" for the rule of the start."""
    del session, vault, file
    return ""


def names_of_rules() -> Iterable[str]:
    """The rules that can be compared."""
    return tuple(RULES)

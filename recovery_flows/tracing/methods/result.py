"""What a walk found, and the trace made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from recovery_flows.tracing.methods.piece import Piece
from recovery_flows.tracing.methods.types import (
    Conflict,
    Dissipated,
    DissipatedKind,
    Hop,
    Position,
    Shortage,
    Source,
    Trace,
    Transfer,
    check_conserved,
)


class Part(NamedTuple):
    """A piece at the end of its way: in an account (`kind` None), gone, or in conflict."""

    account: str
    piece: Piece
    transfer_id: str = ""
    kind: DissipatedKind | None = None
    contested_by: str = ""


class Step(NamedTuple):
    """A piece on its way: the hop log before rounding."""

    transfer: Transfer
    payee: str | None
    parent: int | None
    piece: Piece


@dataclass(slots=True)
class Walked:
    """What a walk found, in the rule's own quantities; `currency` is that of each account."""

    parts: list[Part] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    shortages: list[Shortage] = field(default_factory=list)
    frontier: frozenset[str] = frozenset()
    sources: list[Source] = field(default_factory=list)
    currency: dict[str, str] = field(default_factory=dict)


def traced(walked: Walked) -> Trace:
    """A walk in whole minor units as the answer, checked for conservation."""
    parts = walked.parts
    trace = Trace(
        positions=tuple(_position(p) for p in parts if p.kind is None and not p.contested_by),
        gone=tuple(_gone(p, p.kind) for p in parts if p.kind is not None),
        hops=tuple(_hop(number, step) for number, step in enumerate(walked.steps)),
        frontier=walked.frontier,
        shortages=tuple(walked.shortages),
        conflicts=tuple(_conflict(p) for p in parts if p.contested_by),
    )
    check_conserved(trace, walked.sources)
    return trace


def _position(part: Part) -> Position:
    claim, amount, claim_minor, hop = part.piece[:4]
    return Position(part.account, str(claim), int(amount), int(claim_minor), hop)


def _gone(part: Part, kind: DissipatedKind) -> Dissipated:
    claim, amount, claim_minor, _ = part.piece[:4]
    return Dissipated(
        kind, str(claim), part.account, part.transfer_id, int(amount), int(claim_minor)
    )


def _conflict(part: Part) -> Conflict:
    holder, amount, claim_minor, _ = part.piece[:4]
    return Conflict(part.transfer_id, part.contested_by, str(holder), int(amount), int(claim_minor))


def _hop(number: int, step: Step) -> Hop:
    claim, amount, claim_minor, _ = step.piece[:4]
    transfer = step.transfer
    return Hop(
        number, transfer.id, step.parent, str(claim), transfer.payer, step.payee,
        int(amount), int(claim_minor),
    )  # fmt: skip

"""Which victim is to be told what by when: a message is due within the law's time of each stage.

Nothing is written for it: how far a report has come, and since when, follows from what is recorded.
A message that was sent is a row; it answers the stage that it was about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, OfLastFile, Step
from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalState
from models.entities.claim import ClaimRow, ClaimState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.outside.victim_message import VictimStage
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.ids import derive_id
from models.outcome import Scalar, Transition
from models.step_wording import say
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset

_V = VictimStage
_AGAIN = frozenset({_V.NOTICE, _V.DECIDED, _V.PAID_IN_PART, _V.PAID})
"""Stages that can come about again, by another division or payment: each is told anew."""
_NOTICED = (
    AllocationState.NOTICE,
    AllocationState.NOTICE_ENDED,
    AllocationState.PENDING_APPROVAL,
)


@dataclass(frozen=True, slots=True)
class News:
    """What one victim has to be told: which stage, since when, by when, by which row."""

    claim_id: str
    stage: VictimStage
    since: datetime
    due_at: datetime
    law_row: str


def due(file: CaseFile, laws: Regimes) -> tuple[News, ...]:
    """Who is to be told what, the earliest first; nobody where the law sets no time."""
    known = _KNOWN.answers(file, laws)
    if "" not in known:
        known[""] = _due(file, laws)
    return known[""]


_KNOWN = OfLastFile[tuple[News, ...]]()
"""Asked for the next step, and for when the first is to be told."""


def _due(file: CaseFile, laws: Regimes) -> tuple[News, ...]:
    law = laws[file.recovery.regime]
    if file.recovery.state is not RecoveryState.OPEN or not law.has(Measure.VICTIM_MESSAGE):
        return ()
    row = law.measure(Measure.VICTIM_MESSAGE)
    found = []
    for claim in file.claims:
        if claim.state is ClaimState.REJECTED:
            continue  # what he is told then is the decision itself, with his appeal
        stage, since = standing(file, claim)
        if not _is_told(file, claim, stage, since):
            until = terms.due_at(row.limit, since, law)
            found.append(News(claim.id, stage, since, until, row.code))
    return tuple(sorted(found, key=lambda one: (one.due_at, one.claim_id)))


def standing(file: CaseFile, claim: ClaimRow) -> tuple[VictimStage, datetime]:
    """How far one victim's report has come, and since when."""
    paid = [
        p.settled_at
        for p in file.payouts
        if p.claim_id == claim.id and p.state is PayoutState.SETTLED and p.settled_at is not None
        and not p.unclaimed_id
    ]  # fmt: skip
    if paid:
        is_whole = claim.state is ClaimState.PAID
        return (_V.PAID if is_whole else _V.PAID_IN_PART), max(paid)
    divided = _divided(file, claim)
    if divided is not None:
        return divided
    if file.trace is not None and any(p.claim_id == claim.id for p in file.trace.positions):
        return _V.TRACED, file.trace.as_of
    held = [
        h.acted_at
        for a in file.assets
        if a.account_id == claim.payee_account_id
        for h in file.holds_of(a.id)
        if h.acted_at is not None
    ]
    return (_V.HELD, min(held)) if held else (_V.RECEIVED, claim.reported_at)


def _divided(file: CaseFile, claim: ClaimRow) -> tuple[VictimStage, datetime] | None:
    """The youngest division that gives something to a claim: published, or decided."""
    mine = {p.allocation_id for p in file.payouts if p.claim_id == claim.id}
    for allocation in reversed([a for a in file.allocations if a.id in mine]):
        if allocation.state is AllocationState.APPROVED:
            given = [
                a.decided_at
                for a in file.approvals
                if (a.subject_id, a.action) == (allocation.id, ApprovalKind.RETURN)
                and a.state is ApprovalState.APPROVED
                and a.decided_at is not None
            ]
            if given:
                return _V.DECIDED, max(given)
        if allocation.state in _NOTICED and allocation.notice_from is not None:
            return _V.NOTICE, allocation.notice_from
    return None


def _is_told(file: CaseFile, claim: ClaimRow, stage: VictimStage, since: datetime) -> bool:
    return any(
        m.claim_id == claim.id and m.stage is stage and (stage not in _AGAIN or m.since >= since)
        for m in file.victim_messages
    )


def first_due(file: CaseFile, laws: Regimes) -> datetime | None:
    """By when the first victim has to be told; None where nobody has."""
    return min((one.due_at for one in due(file, laws)), default=None)


def steps(file: CaseFile, laws: Regimes) -> Iterator[Step]:
    """One step for all who are to be told, by the earliest of their clocks."""
    found = due(file, laws)
    if found:
        first = found[0]
        stages = ", ".join(sorted({one.stage.replace("_", " ") for one in found}))
        until = f"{first.due_at:%m-%d %H:%M}"
        text = say("tell_victims", count=len(found), what=stages, due=until)
        action = ActionKind.TELL_VICTIM
        yield Step(action, Role.OFFICER, first.claim_id, "", first.due_at, text)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it went: its words by their digest, in which language; how, as a fingerprint."""

    text: str
    language: str
    reason: str


def sent(changes: Changeset, news: News, message: Sent, actor: str, now: datetime) -> str:
    """Record that a victim was told; returns the message's id."""
    number = len([m for m in changes.file.victim_messages if m.claim_id == news.claim_id])
    name = derive_id("message", news.claim_id, news.stage, number)
    values: dict[str, Scalar] = {
        "claim_id": news.claim_id, "stage": news.stage, "since": news.since,
        "due_at": news.due_at, "law_row": news.law_row, "language": message.language,
        "text": message.text, "reason": message.reason, "sent_by": actor, "sent_at": now,
    }  # fmt: skip
    changes.apply(Transition(EntityKind.VICTIM_MESSAGE, name, "sent", None, values))
    return name

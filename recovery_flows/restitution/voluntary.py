"""Money that an account holder gives back by himself: invited, promised in parts, received.

A promise is no money: only what came in and was confirmed by a second person counts. An invitation
without an answer and a part that is not paid in time are events, each with an owner and a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryState
from models.entities.voluntary_return import (
    OPEN_INSTALMENTS,
    InstalmentRow,
    InstalmentState,
    ReturnRow,
    ReturnState,
)
from models.ids import derive_id
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import custody

_ENDED = frozenset({ReturnState.KEPT, ReturnState.ENDED})


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise in figures: promised, received, what share of it, the next part that is due."""

    promised: Money
    received: Money
    next_part: InstalmentRow | None
    parts: int

    @property
    def per_cent(self) -> str:
        """What was received of what was promised, in per cent; "-" before a promise."""
        if not self.promised.minor:
            return "-"
        tenths = 1000 * self.received.minor // self.promised.minor
        return f"{tenths // 10}.{tenths % 10} %"


def standing(file: CaseFile, row: ReturnRow) -> Standing:
    """What has come of a voluntary return; only confirmed receipts count."""
    parts = instalments_of(file, row.id)
    going = [p for p in parts if p.state in OPEN_INSTALMENTS]
    return Standing(
        Money(row.promised_minor, row.currency),
        Money(received_minor(file, row.id), row.currency),
        going[0] if going else None,
        len([p for p in parts if p.state is not InstalmentState.REPLACED]),
    )


def received_minor(file: CaseFile, return_id: str) -> int:
    """What came in for a voluntary return and was confirmed."""
    return sum(
        h.requested_minor for h in file.holds if h.return_id == return_id and custody.is_received(h)
    )


def instalments_of(file: CaseFile, return_id: str) -> list[InstalmentRow]:
    """The parts of a promise, by number, those that a later plan replaced too."""
    mine = [p for p in file.instalments if p.return_id == return_id]
    return sorted(mine, key=lambda part: part.number)


def invite(
    changes: Changeset,
    account_id: str,
    actor: str,
    reason: str,
    now: datetime,
    until: datetime | None,
    laws: Regimes,
) -> str:
    """Invite the holder of an account to give back what he got; returns the return's id.

    `reason` is the fingerprint of the note that says what he was told. Invited again, the time for
    his answer runs anew.
    """
    file = changes.file
    if file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: nobody is invited",
                ref=file.recovery.ref,
                recovery_state=file.recovery.state,
            )
        )
    if account_id not in {a.account_id for a in file.assets if not a.is_custody}:
        raise StepRefusedError(phrase("only the holder of an account of this recovery is invited"))
    known = next(
        (r for r in file.voluntary_returns if r.account_id == account_id and r.state not in _ENDED),
        None,
    )
    if known is not None and known.state is ReturnState.PROMISED:
        raise StepRefusedError(
            phrase(
                "{known_id}: its holder has promised already: record what comes in",
                known_id=known.id,
            )
        )
    due, row, basis = _answer_due(laws[file.recovery.regime], until, now)
    values: dict[str, Scalar] = {
        "account_id": account_id, "currency": file.recovery.currency, "invited_by": actor,
        "invited_at": now, "answer_due_at": due, "law_row": row, "reason": reason,
    }  # fmt: skip
    number = len([r for r in file.voluntary_returns if r.account_id == account_id])
    name = known.id if known else derive_id("return", file.recovery.id, account_id, number)
    event, state = ("invited_again", known.state) if known else ("invited", None)
    changes.apply(
        Transition(EntityKind.VOLUNTARY_RETURN, name, event, state, values, legal_basis=basis)
    )
    return name


def _answer_due(law: Regime, until: datetime | None, now: datetime) -> tuple[datetime, str, str]:
    """By when an answer is due, by which row, and its basis in words."""
    if until is not None:
        if until <= now:
            raise StepRefusedError(phrase("the end of the time to answer lies after now"))
        return until, "", ""
    if not law.has(Measure.VOLUNTARY_RETURN):
        raise StepRefusedError(
            phrase("the law {code} names no time to answer: say --until", code=law.code)
        )
    row = law.measure(Measure.VOLUNTARY_RETURN)
    return terms.due_at(row.limit, now, law), row.code, f"{row.instrument}, {row.article}"


def promise(
    changes: Changeset,
    return_id: str,
    parts: Sequence[tuple[Money, datetime]],
    reason: str,
    now: datetime,
) -> None:
    """Record what was promised, part by part; a new plan replaces the parts that are still open."""
    row = _return(changes.file, return_id)
    if row.state is ReturnState.ENDED:
        raise StepRefusedError(phrase("{row_id} has ended: invite its holder again", row_id=row.id))
    if not parts:
        raise StepRefusedError(phrase("a promise has at least one part: --part AMOUNT@DAY"))
    days = [due for _, due in parts]
    if days != sorted(days) or days[0] <= now:
        raise StepRefusedError(
            phrase("the parts of a promise fall due one after another, after now")
        )
    for number, (money, _) in enumerate(parts, start=1):
        if money.currency != row.currency or money.minor <= 0:
            raise StepRefusedError(
                phrase(
                    "part {number}: {money} is not above zero in {currency}",
                    number=number,
                    money=money,
                    currency=row.currency,
                )
            )
    total = received_minor(changes.file, row.id) + sum(money.minor for money, _ in parts)
    _check_total(changes.file, row, total)
    earlier = instalments_of(changes.file, row.id)
    moves = [_instalment(p, "replaced") for p in earlier if p.state in OPEN_INSTALMENTS]
    values: dict[str, Scalar] = {"promised_minor": total, "reason": reason}
    moves.append(Transition(EntityKind.VOLUNTARY_RETURN, row.id, "promised", row.state, values))
    for number, (money, due) in enumerate(parts, start=len(earlier) + 1):
        part: dict[str, Scalar] = {
            "return_id": row.id, "number": number, "amount_minor": money.minor,
            "currency": money.currency, "due_at": due,
        }  # fmt: skip
        name = derive_id("instalment", row.id, number)
        moves.append(Transition(EntityKind.INSTALMENT, name, "promised", None, part))
    changes.apply(*moves)


def _check_total(file: CaseFile, row: ReturnRow, total: int) -> None:
    lost = sum(c.reported_minor for c in file.claims)
    if total > lost:
        raise StepRefusedError(
            phrase(
                "{amount} is more than the whole loss of {amount2}: nobody is to promise more",
                amount=Money(total, row.currency),
                amount2=Money(lost, row.currency),
            )
        )


def remind(changes: Changeset, return_id: str, now: datetime, laws: Regimes) -> int:
    """Record that the holder was reminded of all parts that are overdue; returns how many."""
    row = _return(changes.file, return_id)
    late = [
        p
        for p in instalments_of(changes.file, row.id)
        if p.state is InstalmentState.OVERDUE
    ]  # fmt: skip
    if not late:
        raise StepRefusedError(
            phrase("no part of {row_id} is overdue: there is nothing to remind of", row_id=row.id)
        )
    answer_due_at, _, basis = _answer_due(laws[changes.file.recovery.regime], None, now)
    for part in late:
        values: dict[str, Scalar] = {"answer_due_at": answer_due_at}
        changes.apply(_instalment(part, "reminded", values, basis))
    return len(late)


def end(changes: Changeset, return_id: str, reason: str) -> None:
    """Nothing more is expected: he declined, or the unit goes another way."""
    row = _return(changes.file, return_id)
    if row.state in _ENDED:
        raise StepRefusedError(
            phrase("{row_id} is {row_state}: it has ended", row_id=row.id, row_state=row.state)
        )
    open_parts = [
        p for p in instalments_of(changes.file, row.id) if p.state in OPEN_INSTALMENTS
    ]  # fmt: skip
    values: dict[str, Scalar] = {"reason": reason}
    changes.apply(
        *(_instalment(part, "replaced") for part in open_parts),
        Transition(EntityKind.VOLUNTARY_RETURN, row.id, "ended", row.state, values),
    )


def advance(changes: Changeset, now: datetime) -> None:
    """What is overdue is an event, once; what came in meets the parts in their order."""
    custody.correct(changes)
    for row in changes.file.voluntary_returns:
        due = row.answer_due_at
        if row.state is ReturnState.INVITED and due is not None and due <= now:
            reason = stored_phrase("no answer to the invitation came in time")
            changes.apply(
                Transition(
                    EntityKind.VOLUNTARY_RETURN, row.id, "answer_overdue", row.state, reason=reason
                )
            )
        _meet(changes, row)
        for part in instalments_of(changes.file, row.id):
            answer_due_at = (
                part.answer_due_at if part.state is InstalmentState.REMINDED else part.due_at
            )
            waits = part.state in (InstalmentState.DUE, InstalmentState.REMINDED)
            if waits and answer_due_at is not None and answer_due_at <= now:
                changes.apply(_instalment(part, "overdue"))


def _meet(changes: Changeset, row: ReturnRow) -> None:
    """Parts are met in the order of their numbers by what was received, and only as wholes."""
    left = received_minor(changes.file, row.id)
    for part in instalments_of(changes.file, row.id):
        if part.state is InstalmentState.REPLACED:
            continue
        is_met = left >= part.amount_minor
        left = max(0, left - part.amount_minor)
        if is_met and part.state in OPEN_INSTALMENTS:
            changes.apply(_instalment(part, "met"))
        elif not is_met and part.state is InstalmentState.MET:
            changes.apply(_instalment(part, "owed_again"))
    parts = [p for p in instalments_of(changes.file, row.id) if p.state in OPEN_INSTALMENTS]
    state = _return(changes.file, row.id).state
    event = {
        (ReturnState.PROMISED, False): "all_received", (ReturnState.KEPT, True): "owed_again",
    }.get((state, bool(parts)))  # fmt: skip
    if event is not None:
        changes.apply(Transition(EntityKind.VOLUNTARY_RETURN, row.id, event, state))


def _instalment(
    part: InstalmentRow, event: str, values: dict[str, Scalar] | None = None, basis: str = ""
) -> Transition:
    return Transition(
        EntityKind.INSTALMENT, part.id, event, part.state, values or {}, legal_basis=basis
    )


def _return(file: CaseFile, return_id: str) -> ReturnRow:
    found = next((r for r in file.voluntary_returns if r.id == return_id), None)
    if found is None:
        raise StepRefusedError(phrase(
            "{ref} has no voluntary return {return_id}: `recovery voluntary list {ref}` shows "
            "them",
            ref=file.recovery.ref, return_id=return_id,
        ))  # fmt: skip
    return found

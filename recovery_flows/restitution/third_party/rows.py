"""What every act on a third-party claim needs: its row, its clock, its moves."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.outside.third_party_claim import ThirdPartyRow
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.errors import StepRefusedError
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure, Row
from recovery_flows.ledger.changeset import Changeset


def reopen(changes: Changeset) -> None:
    """A closed recovery is opened again; StepRefusedError where it is not accepted yet."""
    recovery = changes.file.recovery
    if recovery.state in CLOSED_RECOVERIES:
        reason = stored_phrase("a third party has filed a claim")
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )
    elif recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: no claim is filed in it",
                ref=recovery.ref,
                recovery_state=recovery.state,
            )
        )


def clock_of(file: CaseFile, laws: Regimes, measure: Measure) -> Row | None:
    """The row of the recovery's law for a measure; None where it has none."""
    law = laws[file.recovery.regime]
    return law.measure(measure) if law.has(measure) else None


def term(file: CaseFile, clock: Row | None, now: datetime, laws: Regimes) -> dict[str, Scalar]:
    """The columns of a clock that begins now; without a row of law no time is set."""
    law = laws[file.recovery.regime]
    due = terms.due_at(clock.limit, now, law) if clock else None
    return {"due_at": due, "law_row": clock.code if clock else ""}


def basis(clock: Row | None) -> str:
    """The instrument and article of a clock, as history names them."""
    return f"{clock.instrument}, {clock.article}" if clock else ""


def move(row: ThirdPartyRow, event: str, values: dict[str, Scalar] | None = None) -> Transition:
    """One change of a claim."""
    return Transition(EntityKind.THIRD_PARTY_CLAIM, row.id, event, row.state, values or {})


def found(file: CaseFile, name: str) -> ThirdPartyRow:
    """The claim of that id; StepRefusedError where there is none."""
    row = next((t for t in file.third_party_claims if t.id == name), None)
    if row is None:
        ref = file.recovery.ref
        raise StepRefusedError(phrase(
            "{ref} has no third-party claim {name}: `recovery third-party list {ref}` shows them",
            ref=ref, name=name,
        ))  # fmt: skip
    return row

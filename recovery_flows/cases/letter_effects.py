"""What a letter's answer changes once a second person has confirmed it."""

from __future__ import annotations

from datetime import datetime

from models.entities.call import CallKind, CallRow
from models.ids import digest_bytes
from models.language.phrase import phrase
from models.letter_answer import AnswerState
from models.queries.cases.letters import document_bytes, letter_call
from models.store.partners import note_contact
from models.store.unit import Actor, Unit
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.statement_files.storing import store_parts
from recovery_flows.correspondence.letters import answers as letter_answers
from recovery_flows.errors import StepRefusedError
from recovery_flows.intake.bookings import statements_in
from recovery_flows.intake.budget import NO_LIMITS
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset


def apply(
    unit: Unit,
    changes: Changeset,
    approval_id: str,
    now: datetime,
    wall_now: datetime,
    laws: Regimes,
) -> CallRow | None:
    """Take the answer that was just approved; the letter, where its statement is to be read in.

    None for any other approval and for answers that are taken whole by now.
    """
    approval = next(a for a in changes.file.approvals if a.id == approval_id)
    if approval.action != ApprovalKind.LETTER_ANSWER:
        return None
    known = letter_call(unit.session, unit.vault, approval.subject_id)
    call = next(c for c in changes.file.calls if c.id == approval.subject_id)
    if known is None or known.answer is None:
        raise StepRefusedError(
            phrase("nothing is typed of the letter {subject_id}", subject_id=approval.subject_id)
        )
    if digest_bytes(known.answer.spelled()) != call.answer_digest:
        raise StepRefusedError(
            phrase("what was typed is not what was asked: `recovery audit verify`")
        )
    _document(unit, call.answer_document)
    letter_answers.apply(changes, call.id, known.answer, now, laws)
    note_contact(unit, call.partner_id, answered_at=wall_now)
    is_statement = call.kind is CallKind.STATEMENT and known.answer.state is AnswerState.TOLD
    return call if is_statement else None


def read_statement(unit: Unit, actor: Actor, now: datetime, laws: Regimes, call: CallRow) -> str:
    """Take in the statement file of an approved answer; what a person has to know of it."""
    parts = list(statements_in(_document(unit, call.answer_document), NO_LIMITS))
    taken = store_parts(
        unit, actor, now, parts, call.answer_document, call.partner_id, laws
    )  # fmt: skip
    told = f"; {taken.lines_new} new bookings, {taken.lines_known} known"
    return "; ".join((told, *taken.warnings))


def _document(unit: Unit, digest: str) -> bytes:
    raw = document_bytes(unit.session, unit.vault, digest)
    if raw is None or digest_bytes(raw) != digest:
        raise StepRefusedError(phrase("the document is not what was kept: `recovery audit verify`"))
    return raw

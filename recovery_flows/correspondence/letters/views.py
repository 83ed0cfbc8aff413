"""Letters that are not answered yet, as lists and screens show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.engine import Database
from models.entities.call import OPEN_CALLS, CallRow, CallState
from models.letter_answer import LetterStand
from models.queries.cases.case_files import load_files
from models.queries.cases.letter_views import LetterLine
from models.queries.cases.letters import recoveries_with_letters
from recovery_flows.correspondence.letters.answer_fields import REFUSALS, form_of
from recovery_flows.correspondence.letters.next_steps import answer_by, send_by, was_returned
from recovery_flows.law.regime import Regimes
from recovery_flows.partners.letter_channel import is_by_letter, words

HINTS = {
    "amount": "1234.50",
    "acted_at": "2026-03-02T10:15",
    "expires_at": "only if the bank named an end",
    "bank_ref": "the bank's own reference",
    "booking_ref": "the bank's reference of the booking",
    "booked_at": "2026-03-05T09:00",
    "debited": "what left the account, in its currency",
}


def open_letters(
    database: Database, laws: Regimes, recovery_id: str = ""
) -> tuple[LetterLine, ...]:
    """Open letters of all recoveries or of one, the most urgent first."""
    with database.reading() as session:
        ids = [recovery_id] if recovery_id else recoveries_with_letters(session)
        files = load_files(session, ids)
    lines = [line for file in files for line in letters_of(file, laws)]
    return tuple(sorted(lines, key=_urgency))


def letters_of(file: CaseFile, laws: Regimes) -> list[LetterLine]:
    """The open letters of one recovery, the most urgent first."""
    lines = [
        _line(file, call, laws)
        for call in file.calls
        if call.state in OPEN_CALLS and is_by_letter(file, call)
    ]
    return sorted(lines, key=_urgency)


def _urgency(line: LetterLine) -> tuple[bool, datetime | None, str, str]:
    return line.due_at is None, line.due_at or line.planned_at, line.ref, line.call_id


def _line(file: CaseFile, call: CallRow, laws: Regimes) -> LetterLine:
    is_planned = call.state is CallState.PLANNED
    return LetterLine(
        call_id=call.id,
        recovery_id=file.recovery.id,
        ref=file.recovery.ref,
        bank=call.partner_id,
        kind=call.kind,
        what=words(file, call).phrase(),
        stands=_stands(file, call),
        due_at=send_by(file, call, laws) if is_planned else answer_by(file, call, laws),
        planned_at=call.planned_at,
        sent_at=call.sent_at,
        sent_how=call.sent_how,
        fields=tuple(_fields(file, call)),
    )


def _stands(file: CaseFile, call: CallRow) -> LetterStand:
    if call.state is CallState.PLANNED:
        return LetterStand.TO_SEND if call.letter_digest else LetterStand.TO_PRINT
    if file.pending(call.id) is not None:
        return LetterStand.LOOKED_AT
    return LetterStand.RETURNED if was_returned(file, call) else LetterStand.WAITS


def _fields(file: CaseFile, call: CallRow) -> Iterator[tuple[str, str]]:
    """Every field that some answer to this letter takes, each once, with a hint."""
    form = form_of(file, call)
    yield "state", " | ".join(form)
    names = [n for takes in form.values() for n in (*takes.needed, *takes.also)]
    for name in dict.fromkeys(names):
        yield name, HINTS.get(name, f"if refused: {', '.join(REFUSALS[:3])}, …")

"""A bank's letter typed in: its bytes kept, its figures checked, a second person asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.language.phrase import phrase
from models.letter_answer import AnswerState, TypedAnswer
from models.queries.cases.letters import answer_place, document_bytes, letter_call
from models.queries.cases.views import masked_account
from models.queries.cases.work import account_ref
from models.queries.installation.clock import case_now
from models.store.documents import keep
from models.store.unit import Unit, unit_of_work
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.access.disclosures import note_files
from recovery_flows.correspondence.letters import (
    answers as letter_answers,
    next_steps as letter_steps,
)
from recovery_flows.correspondence.letters.actions import letter_known
from recovery_flows.correspondence.letters.answer_fields import typed_answer
from recovery_flows.correspondence.letters.files import media_type, read_document
from recovery_flows.errors import MisuseError, RefusedError, StepRefusedError
from recovery_flows.freezing.actions import hold_of
from recovery_flows.intake.bookings import FileStatement, statements_in
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.letter_channel import account_of, regime_of

_KIND = "letter answer"


def enter_answer(
    acting: ActingOfficer,
    call_id: str,
    fields: Mapping[str, str],
    path: Path,
    seen: int | None = None,
) -> str:
    """Type in what a bank answered to a letter; it counts after another person's second look.

    `path` is the scan of the letter, or the bank's statement file. Its bytes are kept before
    anything else is looked at.
    """
    raw = read_document(path)
    with acting.database.reading() as session:
        known = letter_known(session, acting.database.vault, call_id)
    document = _keep(acting, raw, path)
    with acting.editing(known.recovery_id, seen) as edit:
        call = letter_steps.letter_of(edit.file, call_id)
        if call.sent_at is None and not call.sent_how:
            raise StepRefusedError(
                phrase("the letter {call_id} has not been sent: enter that first", call_id=call_id)
            )
        return _enter(acting, edit, call, fields, document, raw)


def record_bank_notice(
    acting: ActingOfficer,
    recovery_id: str,
    hold_id: str,
    fields: Mapping[str, str],
    path: Path,
    seen: int | None = None,
) -> str:
    """Type in what a bank wrote unasked about a hold; it counts after a second look."""
    raw = read_document(path)
    document = _keep(acting, raw, path)
    with acting.editing(recovery_id, seen) as edit:
        hold_of(edit.file, hold_id)
        call_id = letter_steps.receive(edit.changes, hold_id, document, edit.now)
        is_open = any(c.id == call_id for c in edit.file.calls)
        if not is_open or _is_over(edit.unit, edit.changes, call_id):
            raise StepRefusedError(
                phrase("this letter about {hold_id} was taken already", hold_id=hold_id)
            )
        call = letter_steps.letter_of(edit.file, call_id)
        return _enter(acting, edit, call, fields, document, raw)


def _is_over(unit: Unit, changes: Changeset, call_id: str) -> bool:
    """Whether a letter that is about to be received is there already, and answered."""
    is_new = any(m.id == call_id and m.event == "received" for m in changes.moves)
    return is_new and letter_call(unit.session, unit.vault, call_id) is not None


def _keep(acting: ActingOfficer, raw: bytes, path: Path) -> str:
    acting.actor(Role.OFFICER)
    with unit_of_work(acting.database) as unit:
        return keep(unit, raw, _KIND, media_type(path), case_now(unit.session, acting.wall_now()))


def _enter(
    acting: ActingOfficer,
    edit: Edit,
    call: CallRow,
    fields: Mapping[str, str],
    document: str,
    raw: bytes,
) -> str:
    file, unit = edit.file, edit.unit
    law = acting.laws[regime_of(file, call)]
    known = acting.laws[file.recovery.regime].grounds
    grounds = [code for code, ground in known.items() if ground.refuses]
    answer = typed_answer(file, call, fields, law, grounds)
    if call.kind is CallKind.STATEMENT and answer.state is AnswerState.TOLD:
        answer = _with_file(unit, file, call, answer, list(statements_in(raw, acting.limits)))
    sealed = unit.vault.seal(answer.spelled().decode(), answer_place(call.id))
    letter_answers.enter(
        edit.changes, call, answer, sealed, document, edit.actor.id, edit.now, acting.laws
    )
    return phrase(
        "{ref}: answer of {partner_id} kept; another person looks at it",
        ref=file.recovery.ref,
        partner_id=call.partner_id,
    )


def _with_file(
    unit: Unit,
    file: CaseFile,
    call: CallRow,
    answer: TypedAnswer,
    parts: list[FileStatement],
) -> TypedAnswer:
    """What the statement file says of itself, once it is the statement that was asked for."""
    number = account_ref(unit.session, unit.vault, account_of(file, call)).number
    told = _own(parts, number)
    if not any(part.head.opening for part in told):
        raise RefusedError(phrase(
            "the file states no opening balance, so it covers no stretch: ask the bank for one "
            "that does, or take its bookings in with `recovery intake statement`",
        ))  # fmt: skip
    return replace(answer, told=tuple(_figures(told, ZoneInfo(answer.zone))))


def _own(parts: list[FileStatement], number: str) -> list[FileStatement]:
    own = [part for part in parts if _plain(part.head.number) == _plain(number)]
    if not own:
        told = ", ".join(masked_account(part.head.number[-4:]) for part in parts)
        there = told or phrase("no account")
        asked = masked_account(number[-4:])
        raise RefusedError(
            phrase(
                "the file tells of {there}, the letter asked for {asked}", there=there, asked=asked
            )
        )
    return own


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _figures(told: list[FileStatement], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    first, last = told[0].head, told[-1].head
    yield "format", f"{first.format} {first.version}".strip()
    yield "bookings", str(sum(len(part.entries) for part in told))
    ends = _day(first.covers_from, zone), _day(last.covers_to, zone)
    yield "covers", phrase("{first} to {last}", first=ends[0], last=ends[1])


def _day(at: date | datetime | None, zone: ZoneInfo) -> str:
    if isinstance(at, datetime):
        at = at.astimezone(zone).date()
    return at.isoformat() if at else phrase("a day that it does not tell")


def answer_document(acting: ActingOfficer, call_id: str) -> bytes:
    """The bank's document behind a typed answer, for whoever takes the second look."""
    if acting.officer is None:
        acting.actor(Role.SUPERVISOR)
    with acting.database.reading() as session:
        known = letter_known(session, acting.database.vault, call_id)
        raw = document_bytes(session, acting.database.vault, known.answer_document)
    if raw is None:
        raise MisuseError(
            phrase("no answer to the letter {call_id} was typed in yet", call_id=call_id)
        )
    what = f"the bank's answer to {call_id}"
    note_files(acting, known.recovery_id, DisclosureKind.ANSWER_DOCUMENT, what, {call_id: raw})
    return raw

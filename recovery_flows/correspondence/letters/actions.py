"""What an officer does with a letter: sees it, prints it, enters how it went, gives it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from models.engine import Database
from models.entities.call import QUERIES, CallRow, CallState
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.ids import digest_bytes
from models.language.phrase import phrase, stored_phrase
from models.queries.cases.case_files import load_file
from models.queries.cases.letters import LetterCall, document_bytes, letter_call
from models.queries.cases.work import calls_by_id
from models.queries.installation.clock import case_now
from models.sealing.vault import Vault
from models.store.calls import freeze_body
from models.store.sealing import SealingSession
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer, Edit, given_reason
from recovery_flows.access.disclosures import note_files
from recovery_flows.correspondence import call_validity, vouching
from recovery_flows.correspondence.documents.assembly import letter_lines
from recovery_flows.correspondence.documents.printed_page import letter_page
from recovery_flows.correspondence.documents.text import Line, Sender, letter_text
from recovery_flows.correspondence.letters import next_steps as letter_steps
from recovery_flows.correspondence.letters.answer_fields import instant_of
from recovery_flows.correspondence.letters.files import check_free, write_new
from recovery_flows.correspondence.letters.orders import Post, letter_facts, masked, order_bytes
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Printed:
    """A fixed letter: its bytes are the same however often it is printed."""

    ref: str
    call_id: str
    text: bytes
    digest: str

    def as_page(self) -> bytes:
        """The same as one HTML file."""
        return letter_page(self.text)


def letter_known(session: Session, vault: Vault, call_id: str) -> LetterCall:
    """The call of that id; MisuseError where there is none."""
    found = letter_call(session, vault, call_id)
    if found is None:
        raise MisuseError(
            phrase(
                "there is no letter {call_id}: `recovery letter list` shows those open",
                call_id=call_id,
            )
        )
    return found


def preview(
    database: Database, laws: Regimes, post: Post, call_id: str, wall_now: datetime
) -> tuple[Line, ...]:
    """The letter as it would be printed now, personal data masked; nothing is fixed by it."""
    with database.reading() as session:
        known = letter_known(session, database.vault, call_id)
    with SealingSession(database.reader, database.vault) as session:
        unit = Unit(session, database.vault, 0, "", 0)  # it only reads
        file = load_file(session, known.recovery_id)
        letter_steps.letter_of(file, call_id)
        (call,) = calls_by_id(session, database.vault, [call_id])
        _, body = order_bytes(unit, file, call, laws, post)
        now = case_now(session, wall_now)
        facts = letter_facts(unit, file, call, body, laws, post.sender, now)
        return letter_lines(masked(facts))


def print_letter(
    acting: ActingOfficer, post: Post, call_id: str, seen: int | None = None
) -> Printed:
    """Fix a letter and return it; one that was fixed before comes back byte by byte, recorded.

    StepRefusedError where its approval is not in force any more: it is cancelled then.
    """
    _check_sender(post.sender)
    with acting.database.reading() as session:
        known = letter_known(session, acting.database.vault, call_id)
        again = None
        if known.letter_digest and known.state is not CallState.PLANNED:
            acting.actor(Role.OFFICER)
            again = _printed_before(session, acting.database.vault, known)
    if again is not None:
        return _noted(acting, known.recovery_id, again)
    may_leave = True
    with acting.editing(known.recovery_id, seen) as edit:
        call = letter_steps.letter_of(edit.file, call_id)
        broken = _broken(acting, edit, call)
        may_leave = bool(broken) or _may_leave(edit.changes, call)
        if may_leave and not broken and not call.letter_digest:
            _fix(acting, edit, call, post)
    _refuse_broken(call_id, broken)
    _refuse_void(call_id, may_leave=may_leave)
    with acting.database.reading() as session:
        fixed = letter_known(session, acting.database.vault, call_id)
        printed = _printed_before(session, acting.database.vault, fixed)
    return _noted(acting, known.recovery_id, printed) if known.letter_digest else printed


def _noted(acting: ActingOfficer, recovery_id: str, printed: Printed) -> Printed:
    """Another copy of a letter is another person's, perhaps; the first is in the call's events."""
    what, files = f"letter {printed.call_id} again", {printed.call_id: printed.text}
    note_files(acting, recovery_id, DisclosureKind.DOCUMENTS, what, files)
    return printed


def _check_sender(sender: Sender) -> None:
    if not (sender.name.strip() and sender.answer_to.strip()):
        raise MisuseError(phrase(
            "a letter says who writes and where the answer goes: set screen.unit_name and "
            "letters.answer_to first",
        ))  # fmt: skip


def _broken(acting: ActingOfficer, edit: Edit, call: CallRow) -> str:
    """What was changed by hand in the records behind an order; a person finds it then."""
    if call.kind in QUERIES or call.state is not CallState.PLANNED:
        return ""
    vouched = vouching.Vouched(edit.unit, acting.database)
    detail = vouched.broken(edit.file.recovery.id, call.partner_id)
    if detail:
        edit.changes.file = vouching.note_broken(
            edit.unit, edit.file, detail, edit.now, acting.derived
        )
    return detail


def _refuse_broken(call_id: str, detail: str) -> None:
    # After the transaction: what was found is to stay.
    if detail:
        raise StepRefusedError(
            phrase(
                "the letter {call_id} must not go out: {broken}",
                call_id=call_id,
                broken=vouching.BROKEN,
            )
        )


def _may_leave(changes: Changeset, call: CallRow) -> bool:
    """Whether a letter may leave; one that may not is cancelled at once.

    Raises StepRefusedError for one that is only kept back for now, such as by a trace that is due.
    """
    if call.state is CallState.PLANNED:
        why = call_validity.waits(changes.file, call.kind, call.subject_id)
        if why and letter_steps.may_be_sent(changes.file, call):
            raise StepRefusedError(
                phrase("the letter {call_id} waits: {why}", call_id=call.id, why=why)
            )
    if call.state is not CallState.PLANNED or letter_steps.may_be_sent(changes.file, call):
        return True
    call_validity.withdraw_call(changes, call)
    return False


def _refuse_void(call_id: str, *, may_leave: bool) -> None:
    # After the transaction: the cancelling is to stay.
    if not may_leave:
        raise StepRefusedError(
            phrase(
                "the letter {call_id} must not go out: {void}",
                call_id=call_id,
                void=call_validity.VOID,
            )
        )


def _fix(acting: ActingOfficer, edit: Edit, call: CallRow, post: Post) -> None:
    unit, file = edit.unit, edit.file
    (line,) = calls_by_id(unit.session, unit.vault, [call.id])
    path, body = order_bytes(unit, file, line, acting.laws, post)
    facts = letter_facts(unit, file, line, body, acting.laws, post.sender, edit.now)
    name = edit.keep(letter_text(letter_lines(facts)), "letter", _TEXT)
    freeze_body(unit, call.id, path, body)
    letter_steps.record_printed(edit.changes, call, digest_bytes(body), name)


def _printed_before(session: Session, vault: Vault, known: LetterCall) -> Printed:
    if known.state is CallState.CANCELLED:
        raise StepRefusedError(
            phrase("the letter {known_id} was cancelled: it must not go out", known_id=known.id)
        )
    raw = document_bytes(session, vault, known.letter_digest)
    if raw is None or digest_bytes(raw) != known.letter_digest:
        raise StepRefusedError(
            phrase(
                "the letter {known_id} is not as it was: `recovery audit verify`", known_id=known.id
            )
        )
    ref = load_file(session, known.recovery_id).recovery.ref
    return Printed(ref, known.id, raw, known.letter_digest)


def print_to(
    acting: ActingOfficer, post: Post, call_id: str, path: Path, seen: int | None = None
) -> str:
    """Print a letter into a new file, as HTML where its name ends so; return what was done."""
    check_free(path)
    printed = print_letter(acting, post, call_id, seen)
    is_page = path.suffix.lower() in (".html", ".htm")
    write_new(path, printed.as_page() if is_page else printed.text)
    return phrase(
        "{ref}: letter written to {path}; send it, then enter how", ref=printed.ref, path=path
    )


def record_sent(
    acting: ActingOfficer, call_id: str, how: str, at: str = "", seen: int | None = None
) -> str:
    """Enter how and when a printed letter left; the bank's clock runs from then on.

    `at` is ISO text, in the law's time zone where it names no offset; "" is now.
    """
    known = _open(acting, call_id)
    may_leave = True
    with acting.editing(known.recovery_id, seen) as edit:
        call = letter_steps.letter_of(edit.file, call_id)
        law = acting.laws[edit.file.asset(call.asset_id).regime]
        sent_at = instant_of(at, "at", law) if at.strip() else edit.now
        broken = _broken(acting, edit, call)
        may_leave = bool(broken) or _may_leave(edit.changes, call)
        if may_leave and not broken:
            letter_steps.record_sent(edit.changes, call, how, sent_at, edit.now)
    _refuse_broken(call_id, broken)
    _refuse_void(call_id, may_leave=may_leave)
    return phrase(
        "{ref}: letter to {partner_id} sent {sent_at:%Y-%m-%d %H:%M %Z}; its clock runs",
        ref=edit.ref,
        partner_id=call.partner_id,
        sent_at=sent_at,
    )


def cancel(acting: ActingOfficer, call_id: str, reason: str, seen: int | None = None) -> str:
    """Give up a question about a balance or an unasked letter; the reason is kept sealed."""
    why = given_reason(reason)
    with acting.editing(_open(acting, call_id).recovery_id, seen) as edit:
        call = letter_steps.letter_of(edit.file, call_id)
        letter_steps.cancel(edit.changes, call, stored_phrase("dropped by an officer"))
        edit.note(f"letter {call_id} dropped", why)
        return phrase("{ref}: letter {call_id} dropped", ref=edit.ref, call_id=call_id)


def _open(acting: ActingOfficer, call_id: str) -> LetterCall:
    with acting.database.reading() as session:
        return letter_known(session, acting.database.vault, call_id)

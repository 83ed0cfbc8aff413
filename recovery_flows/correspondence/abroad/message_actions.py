"""What people say about a request that went out: by hand, or over the connection it went by.

Over a connection the engine sends the words of the letter that is kept, once; the other side counts
as told from when it has them. By hand a person says how it went.
"""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.outside.request_message import MessageKind
from models.entities.request import RequestRow, RequestState
from models.language.phrase import joined, phrase, stored_phrase
from models.privacy.personal_data import NUMBER, personal_data
from models.queries.cases.letters import document_bytes
from models.queries.cases.requests import opened_fields
from models.queries.privacy.personal_data import known_data
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.correspondence.abroad.actions import facts_in
from recovery_flows.correspondence.abroad.letter import (
    LetterFacts,
    assurance,
    notice,
    ours,
    reminder,
)
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, as_markdown
from recovery_flows.cross_border import ceiling, lifecycle, messages
from recovery_flows.cross_border.actions import Channels
from recovery_flows.cross_border.disclosure import approvals_needed
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.wording import spoken

_SAID = ("amount", "currency", "reference")
"""The fields of a request whose kind of data is in a notice about it."""


def notify(
    acting: ActingOfficer, recovery_id: str, request_id: str, how: str, sender: Sender,
    channels: Channels,
) -> str:  # fmt: skip
    """Tell the other side what it does not know; with `how` it was told by hand already."""
    with acting.editing(recovery_id) as edit:
        request = lifecycle.by_people(edit.file, request_id)
        if _goes_by_hand(request, how):
            what = lifecycle.tell(edit.changes, request_id, edit.now)
            edit.note(f"request {request_id}: told of {what}", how, "--how")
            return phrase(
                "{ref}: the other side of {id} was told ({what})",
                ref=edit.ref,
                id=request_id,
                what=spoken(what),
            )
        kind = MessageKind(lifecycle.owed(edit.file, request))
        again = ceiling.refused_assurance(edit.file, request_id)
        if kind is MessageKind.ASSURANCE and again is not None:
            written = messages.Written(again.letter, again.language, edit.actor.id)
            messages.dispatch(edit.changes, request, kind, written, edit.now)
        else:
            _dispatch(acting, edit, request, kind, sender, channels)
    return _on_its_way(edit, request, kind)


def remind(
    acting: ActingOfficer, recovery_id: str, request_id: str, how: str, sender: Sender,
    channels: Channels,
) -> str:  # fmt: skip
    """Ask the other side where a request stands; with `how` it was asked by hand already."""
    with acting.editing(recovery_id) as edit:
        request = lifecycle.by_people(edit.file, request_id)
        if _goes_by_hand(request, how):
            lifecycle.remind(edit.changes, request_id, edit.now)
            edit.note(f"request {request_id} reminded", how, "--how")
            return phrase("{ref}: {id} reminded", ref=edit.ref, id=request_id)
        lifecycle.check_owes(request)
        if messages.is_on_its_way(edit.file, request, MessageKind.REMINDER):
            raise StepRefusedError(
                phrase("a reminder of {id} is on its way already", id=request_id)
            )
        _dispatch(acting, edit, request, MessageKind.REMINDER, sender, channels)
    return _on_its_way(edit, request, MessageKind.REMINDER)


def assure(
    acting: ActingOfficer, recovery_id: str, request_id: str, words: str, sender: Sender,
    channels: Channels,
) -> str:  # fmt: skip
    """Ask a second person to give the assurance that the other side wants."""
    with acting.editing(recovery_id) as edit:
        asked = lifecycle.ask_assurance(
            edit.changes,
            request_id,
            edit.note("assurance", words, "--words"),
            edit.actor.id,
            edit.now,
            _assurance(acting, edit, request_id, words, sender, channels),
        )
    return phrase(
        "{ref}: another person approves exactly these words: {asked}", ref=edit.ref, asked=asked
    )


def withdraw(
    acting: ActingOfficer, recovery_id: str, request_id: str, reason: str, sender: Sender,
    channels: Channels,
) -> str:  # fmt: skip
    """Take a request back; over a connection the other side is told with the same act."""
    with acting.editing(recovery_id) as edit:
        is_out = lifecycle.withdraw(
            edit.changes, request_id, stored_phrase("the reason is in a note")
        )
        edit.note(f"request {request_id} withdrawn", reason)
        request = request_of(edit.file, request_id)
        if is_out and request.is_connected:
            _dispatch(acting, edit, request, MessageKind.WITHDRAWN, sender, channels)
    done = phrase("{ref}: {id} withdrawn", ref=edit.ref, id=request_id)
    if not is_out:
        return done
    if request.is_connected:
        return joined("; ", (done, _told(request, MessageKind.WITHDRAWN)))
    return joined("; ", (done, phrase("tell the other side now: `recovery xborder told`")))


def message_document(facts: LetterFacts, kind: MessageKind, language: str) -> Document:
    """The words of a notice or a reminder in a language, as they would leave now."""
    if kind is MessageKind.REMINDER:
        return reminder(facts, language)
    return notice(facts, language, kind)


def _goes_by_hand(request: RequestRow, how: str) -> bool:
    if how.strip():
        return True
    if not request.is_connected:
        raise MisuseError(
            phrase(
                "{id} went by hand, and so does this: say with --how how it went, and to whom",
                id=request.id,
            )
        )
    return False


def _on_its_way(edit: Edit, request: RequestRow, kind: MessageKind) -> str:
    return joined(": ", (edit.ref, _told(request, kind)))


def _told(request: RequestRow, kind: MessageKind) -> str:
    return phrase(
        "{message} dispatched; the engine sends it to {carrier}",
        message=messages.WORDS[kind],
        carrier=request.carrier_id,
    )


def _dispatch(
    acting: ActingOfficer, edit: Edit, request: RequestRow, kind: MessageKind, sender: Sender,
    channels: Channels,
) -> None:  # fmt: skip
    facts = facts_in(acting, edit, request, sender, channels)
    language = _language(request)
    raw = as_markdown(message_document(facts, kind, language)).encode()
    _check(acting, edit, request, raw.decode(), is_free=False)
    messages.dispatch(edit.changes, request, kind, _kept(edit, raw, language), edit.now)


def _assurance(
    acting: ActingOfficer, edit: Edit, request_id: str, words: str, sender: Sender,
    channels: Channels,
) -> messages.Written | None:  # fmt: skip
    """The letter with the words, where it goes over a connection; None where people carry it."""
    request = request_of(edit.file, request_id)
    if not request.is_connected or request.state is not RequestState.CONDITIONAL:
        return None
    _check(acting, edit, request, words, is_free=True)
    language = _language(request)
    facts = facts_in(acting, edit, request, sender, channels)
    return _kept(edit, as_markdown(assurance(facts, language, words.strip())).encode(), language)


def _kept(edit: Edit, raw: bytes, language: str) -> messages.Written:
    letter = edit.keep(raw, "message about a request abroad", "text/markdown")
    return messages.Written(letter, language, edit.actor.id)


def _language(request: RequestRow) -> str:
    """The other side's language where the program writes it, else English."""
    return request.language if ours(request.language) else "en"


def _check(
    acting: ActingOfficer, edit: Edit, request: RequestRow, text: str, *, is_free: bool
) -> None:
    """Refuse what the law does not let leave: without its approvals, or more than was approved.

    What somebody typed (`is_free`) is searched for long numbers too; our own sentences name the
    references and sums of the request, which have many digits.
    """
    law, unit = acting.laws[edit.file.recovery.regime], edit.unit
    given = opened_fields(unit.session, unit.vault, request.id)
    for needed in approvals_needed(law, request.recipient, _SAID):
        if not given.get(needed.reference_field):
            raise StepRefusedError(
                phrase(
                    "nothing about {id} leaves without {field}: {rule}, {source}",
                    id=request.id,
                    field=needed.reference_field,
                    rule=needed.rule,
                    source=needed.source,
                )
            )
    approved = (document_bytes(unit.session, unit.vault, request.letter) or b"").decode()
    for found in personal_data(text, known_data(unit.session, unit.vault, edit.file)):
        is_known = text[found.start : found.end] in approved
        if not is_known and (is_free or found.kind != NUMBER):
            raise StepRefusedError(
                phrase(
                    "it holds a {kind} that the approved letter of {id} does not hold",
                    kind=spoken(found.kind),
                    id=request.id,
                )
            )


def owed_kind(file: CaseFile, request: RequestRow) -> MessageKind | None:
    """What a person may send about a request now: the notice it is owed, or a reminder."""
    if owed := ceiling.owed_word(file, request):
        return MessageKind(owed)
    return MessageKind.REMINDER if lifecycle.owes(request) else None

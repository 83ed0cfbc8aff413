"""Reading what a letter abroad is made from, and recording that it was sent, with its proof."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.entities.outside.request_message import MessageKind
from models.entities.request import RequestRow, RequestState
from models.language.phrase import phrase
from models.privacy.personal_data import personal_data
from models.queries.cases.case_files import load_file
from models.queries.cases.requests import opened_fields
from models.queries.cases.work import account_ref
from models.queries.installation.clock import case_now
from models.queries.privacy.personal_data import known_data
from models.sealing.vault import Vault
from models.store.disclosures import Disclosed, note_disclosure
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.correspondence.abroad.letter import LetterFacts, letter, notice, ours
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, as_markdown
from recovery_flows.cross_border import ceiling, lifecycle, over_connection
from recovery_flows.cross_border.actions import Channels, channel_of
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regimes

_TO_READ = "to read the letter before it leaves"


def facts_of(
    database: Database, laws: Regimes, recovery_id: str, request_id: str, sender: Sender,
    wall_now: datetime, channels: Channels, *, dated_now: bool = False,
) -> LetterFacts:  # fmt: skip
    """What the letter of a request is made from, read in one transaction.

    It has the date on which the request was sent; `dated_now` is for what is said of it after that.
    """
    with database.reading() as session:
        file = load_file(session, recovery_id)
        request = request_of(file, request_id)
        now = case_now(session, wall_now)
        if request.sent_at is not None and not dated_now:
            now = request.sent_at
        return _facts(session, database.vault, file, request, laws, sender, now, channels)


def facts_in(
    acting: ActingOfficer, edit: Edit, request: RequestRow, sender: Sender, channels: Channels
) -> LetterFacts:
    """What a letter of this change is made from; it is dated by the change."""
    unit = edit.unit
    return _facts(
        unit.session, unit.vault, edit.file, request, acting.laws, sender, edit.now, channels
    )


def _facts(
    session: Session, vault: Vault, file: CaseFile, request: RequestRow, laws: Regimes,
    sender: Sender, now: datetime, channels: Channels,
) -> LetterFacts:  # fmt: skip
    fields = opened_fields(session, vault, request.id)
    asset, law = file.asset(request.asset_id), laws[file.recovery.regime]
    if fields.get("account") == asset.account_id:
        fields["account"] = account_ref(session, vault, asset.account_id).number
    return LetterFacts(
        file=file, request=request, fields=fields, classes=law.data_classes,
        source=channel_of(channels, request.channel).citation, sender=sender,
        zone=law.time_zone, now=now,
    )  # fmt: skip


def record_reveal(acting: ActingOfficer, recovery_id: str, request_id: str) -> None:
    """Record that somebody reads a letter in clear: only who may have its fields revealed."""
    actor = acting.actor_in(Role.SUPERVISOR, Role.OFFICER)
    told = Disclosed(DisclosureKind.REVEAL, "letter abroad: all its fields", request_id, _TO_READ)
    with acting.unit() as (unit, now):
        request_of(load_file(unit.session, recovery_id), request_id)
        note_disclosure(unit, actor, now, recovery_id, told)


def check_approved(request: RequestRow) -> None:
    """StepRefusedError where a letter would become a file that two people have not approved."""
    if request.sent_at is None and request.state is not RequestState.APPROVED:
        raise StepRefusedError(phrase(
            "{request_id} is {request_state}: its letter is written once it is approved; "
            "`recovery xborder preview` shows it before",
            request_id=request.id, request_state=request.state,
        ))  # fmt: skip


def notice_of(facts: LetterFacts, language: str) -> Document:
    """The notice that the other side is owed; StepRefusedError where it knows all."""
    what = ceiling.owed_word(facts.file, facts.request)
    if not what:
        raise StepRefusedError(
            phrase(
                "the other side of {request_id} knows all it has to know",
                request_id=facts.request.id,
            )
        )
    if what == MessageKind.ASSURANCE:
        raise StepRefusedError(phrase(
            "the assurance about {request_id} is kept as it was approved: `recovery xborder "
            "told` sends it again",
            request_id=facts.request.id,
        ))  # fmt: skip
    return notice(facts, language, what)


def sent(
    acting: ActingOfficer, recovery_id: str, request_id: str, how: str, proof: bytes,
    translation: bytes, sender: Sender, channels: Channels,
) -> str:  # fmt: skip
    """Record that the approved letter went out; the letter, proof and translation are kept."""
    if not how.strip() or not proof:
        raise MisuseError(phrase("say with --how how it went, and give the --proof of it"))
    with acting.editing(recovery_id) as edit:
        request = request_of(edit.file, request_id)
        raw = _letter_bytes(acting, edit, request, sender, channels, translation)
        kept = edit.keep(raw, "request abroad", "text/markdown")
        paper = edit.keep(proof, "proof of sending")
        translated = f"; translation {edit.keep(translation, 'translation')}" if translation else ""
        channel = channel_of(channels, request.channel)
        lifecycle.send_by_hand(
            edit.changes, request_id, channel, paper, kept, edit.actor.id, edit.now
        )
        edit.note(f"request {request_id} sent", how.strip() + translated)
        due = request_of(edit.file, request_id).due_at
    when = f"an answer is due by {due:%Y-%m-%d %H:%M} UTC" if due else "no answer time is set"
    return f"{edit.ref}: {request_id} sent; {when}"


def dispatch(
    acting: ActingOfficer, recovery_id: str, request_id: str, translation: bytes, sender: Sender,
    channels: Channels,
) -> str:  # fmt: skip
    """Let the engine send the approved letter over the body's connection; who did so is named.

    A translation is text, goes after the letter, and names nobody whom the letter does not name.
    """
    with acting.editing(recovery_id) as edit:
        request = request_of(edit.file, request_id)
        raw = _letter_bytes(acting, edit, request, sender, channels, translation)
        if translation:
            raw += b"\n---\n\n" + _passed_translation(edit.unit, edit.file, raw, translation)
        kept = edit.keep(raw, "request abroad", "text/markdown")
        channel = channel_of(channels, request.channel)
        over_connection.dispatch(edit.changes, request_id, channel, kept, edit.actor.id)
    return phrase(
        "{ref}: {request_id} dispatched by {id}; the engine sends it to {carrier_id}",
        ref=edit.ref,
        request_id=request_id,
        id=edit.actor.id,
        carrier_id=request.carrier_id,
    )


def _letter_bytes(
    acting: ActingOfficer, edit: Edit, request: RequestRow, sender: Sender, channels: Channels,
    translation: bytes,
) -> bytes:  # fmt: skip
    is_ours = ours(request.language)
    if not is_ours and not translation:
        raise MisuseError(
            phrase(
                "the requested State reads {language!r}: give the --translation",
                language=request.language,
            )
        )
    facts = facts_in(acting, edit, request, sender, channels)
    return as_markdown(letter(facts, request.language if is_ours else "en")).encode()


def _passed_translation(unit: Unit, file: CaseFile, raw: bytes, translation: bytes) -> bytes:
    """The translation as text; what is personal in it must stand in the approved letter."""
    try:
        text = translation.decode()
    except UnicodeDecodeError:
        raise MisuseError(phrase("--translation goes over a connection as text in UTF-8")) from None
    approved = raw.decode()
    for found in personal_data(text, known_data(unit.session, unit.vault, file)):
        if text[found.start : found.end] not in approved:
            raise StepRefusedError(
                phrase(
                    "--translation holds a {kind} that the approved letter does not hold",
                    kind=found.kind,
                )
            )
    return text.encode()

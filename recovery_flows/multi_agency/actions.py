"""What an officer does with a multi-agency request: preview, start, renew, cancel a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.entities.multi_agency import SubjectKind, TaskRow
from models.entities.partner import BODIES_ABROAD, PartnerChannel, PartnerKind
from models.ids import canonical
from models.language.phrase import error_sentence, phrase, stored_phrase
from models.queries.cases.case_files import load_file
from models.queries.cases.multi_agency import (
    Incident,
    asked_elsewhere,
    document_of,
    found_before,
    incident,
    partner_entries,
)
from models.sealing.vault import Vault
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.multi_agency import lifecycle as multi_agency_lifecycle
from recovery_flows.multi_agency.identifiers import IdentifierError, Subject, hint, identifier, site
from recovery_flows.multi_agency.plan import Addressee, Known, Planned, Reached, not_asked_yet, plan
from recovery_flows.multi_agency.regulator_notice import incident_copy, is_victims_own


class VictimsOwnError(RefusedError):
    """The subject belongs to a victim, so it is not sent to partners."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            phrase(
                "this is a name, a number or a contact of a victim of {ref}: it is not sent",
                ref=ref,
            )
        )


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known for planning a multi-agency request of one recovery, read once."""

    ref: str
    recovery_id: str
    version: int
    known: Known
    addressees: tuple[Addressee, ...]
    left_out: tuple[tuple[str, str], ...]
    """Partners that get no task, and why."""
    named: tuple[str, ...]
    """What earlier multi-agency requests were about, masked."""
    elsewhere: frozenset[str]
    """Keyed digests of what other open recoveries ask about."""
    file: CaseFile = field(repr=False)
    incident: Incident = field(repr=False)
    vault: Vault = field(repr=False)

    def planned(
        self, identifiers: Iterable[Subject], *, ask: bool, partners: Sequence[str] = ()
    ) -> tuple[Planned, ...]:
        """The tasks that would leave now, without those of earlier requests that stand."""
        multi_agency_lifecycle.check_open(self.file)
        given = tuple(identifiers)
        for subject in given:
            if is_victims_own(subject, self.incident.private):
                raise VictimsOwnError(self.ref)
        addressees = [a for a in self.addressees if not partners or a.id in partners]
        whole = plan(self.known, given, addressees, ask=ask)
        return not_asked_yet(whole, self.file, self.vault.fingerprint)

    def shared(self, planned: Iterable[Planned]) -> int:
        """How many of these tasks are about something that another open recovery asks about."""
        prints = (self.vault.fingerprint(p.subject.key()) for p in planned)
        return sum(one in self.elsewhere for one in prints)

    def copy(self, planned: Iterable[Planned], now: datetime) -> Mapping[str, object]:
        """What an authority would be told; CopyRefusedError if that would name a victim."""
        told = self.incident
        return incident_copy(self.file, told.method, planned, self.addressees, told.private, now)


def prospect(session: Session, vault: Vault, recovery_id: str) -> Prospect:
    """Read what is known for planning a multi-agency request of this recovery."""
    file = load_file(session, recovery_id)
    told = incident(session, vault, recovery_id)
    reached = tuple(
        Reached(a.id, a.partner_id, told.numbers[a.account_id])
        for a in file.assets
        if a.account_id in told.numbers
    )
    before = found_before(session, vault, recovery_id)
    entries = [p for p in partner_entries(session) if p.kind not in BODIES_ABROAD]
    able = [p for p in entries if p.home and p.channel is PartnerChannel.API]
    others = [p for p in entries if p not in able and p.kind is not PartnerKind.BANK]
    return Prospect(
        ref=file.recovery.ref,
        recovery_id=recovery_id,
        version=file.recovery.version,
        known=Known(file.recovery.ref, reached),
        addressees=tuple(Addressee(p.id, p.kind) for p in able),
        left_out=tuple((p.id, phrase("by letter") if p.home else phrase("abroad")) for p in others),
        named=tuple(hint(Subject(SubjectKind(k), v)) for k, v in before),
        elsewhere=asked_elsewhere(session, recovery_id),
        file=file,
        incident=told,
        vault=vault,
    )


def read_prospect(database: Database, recovery_id: str) -> Prospect:
    """The same in a reading of its own."""
    with database.reading() as session:
        return prospect(session, database.vault, recovery_id)


def subject_of(kind: SubjectKind, text: str) -> Subject:
    """A subject as a person typed it; MisuseError says what is wrong with it."""
    try:
        return identifier(kind, text)
    except IdentifierError as error:
        raise MisuseError(error_sentence(error)) from error


def site_of(text: str) -> Subject:
    """A domain or a page that a person typed; MisuseError says what is wrong with it."""
    try:
        return site(text)
    except IdentifierError as error:
        raise MisuseError(error_sentence(error)) from error


def start(
    acting: ActingOfficer,
    recovery_id: str,
    identifiers: Sequence[Subject],
    *,
    ask: bool = False,
    partners: Sequence[str] = (),
    seen: int | None = None,
) -> str:
    """Send all tasks of a multi-agency request at once; another person confirms them together."""
    with acting.editing(recovery_id, seen) as edit:
        vault = edit.unit.vault
        read = prospect(edit.unit.session, vault, recovery_id)
        _check_partners(read, partners)
        planned = read.planned(identifiers, ask=ask, partners=partners)
        copy = read.copy(planned, edit.now)
        sealing = multi_agency_lifecycle.Sealing(
            lambda value, place: vault.seal(canonical(value).decode(), place),
            vault.fingerprint,
        )
        kept = [(str(s.kind), s.value) for s in dict.fromkeys(identifiers)]
        multi_agency_lifecycle.start(
            edit.changes, planned, copy, kept, sealing, edit.actor.id, edit.now, acting.laws
        )  # fmt: skip
    shared = read.shared(planned)
    asked = len({p.partner_id for p in planned})
    also = (
        phrase("; another recovery asks about the subject of {shared} too", shared=shared)
        if shared
        else ""
    )
    also += "".join(
        phrase("; {name} is left out: it is {why}", name=name, why=why)
        for name, why in read.left_out
    )
    return phrase(
        "{ref}: request started, {planned} tasks to {asked} partners at "
        "once{also}; another person confirms it",
        ref=read.ref,
        planned=len(planned),
        asked=asked,
        also=also,
    )


def _check_partners(read: Prospect, partners: Sequence[str]) -> None:
    known = {a.id for a in read.addressees}
    for name in partners:
        if name not in known:
            why = dict(read.left_out).get(name, "no registered partner at home")
            raise MisuseError(
                phrase("{name} cannot be given a task: it is {why}", name=name, why=why)
            )


def task_named(file: CaseFile, named: str) -> TaskRow:
    """The task of that id, or the one whose id begins so; MisuseError if there is not just one."""
    found = [t for t in file.tasks if t.id == named or t.id.startswith(named)]
    if len(found) != 1:
        ref = file.recovery.ref
        raise MisuseError(
            phrase(
                "{ref} has no single task {named}: `recovery multi-agency show {ref}` lists them",
                ref=ref,
                named=named,
            )
        )
    return found[0]


def renew(acting: ActingOfficer, recovery_id: str, task: str, seen: int | None = None) -> str:
    """Ask a partner to preserve for another term."""
    with acting.editing(recovery_id, seen) as edit:
        row = task_named(edit.file, task)
        multi_agency_lifecycle.renew(edit.changes, row.id, edit.now)
    return phrase(
        "{ref}: {partner_id} is asked to preserve for another term",
        ref=edit.ref,
        partner_id=row.partner_id,
    )


def cancel_task(
    acting: ActingOfficer, recovery_id: str, task: str, reason: str, seen: int | None = None
) -> str:
    """Withdraw one task at its partner; the reason is kept encrypted as a note."""
    with acting.editing(recovery_id, seen) as edit:
        row = task_named(edit.file, task)
        multi_agency_lifecycle.cancel_task(
            edit.changes, row.id, stored_phrase("withdrawn by the officer")
        )
        edit.note(f"task {row.id} withdrawn", reason)
    return phrase(
        "{ref}: {kind} at {partner_id} is withdrawn",
        ref=edit.ref,
        kind=row.kind,
        partner_id=row.partner_id,
    )


def last_document(database: Database, recovery_id: str, task: str) -> tuple[str, bytes, str]:
    """(digest, bytes, media type) of a task's last answer; RefusedError before there is one."""
    with database.reading() as session:
        row = task_named(load_file(session, recovery_id), task)
        if not row.document:
            raise RefusedError(
                phrase(
                    "{partner_id} has not answered task {row_id} yet",
                    partner_id=row.partner_id,
                    row_id=row.id,
                )
            )
        raw, media_type = document_of(session, database.vault, row.document)
    return row.document, raw, media_type

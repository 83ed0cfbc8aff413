"""Reading for multi-agency requests: who can be asked, what is known, the board of tasks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.account import Account, Party
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.document import Document
from models.entities.multi_agency import (
    MultiAgencyRequest,
    MultiAgencyRequestState,
    Task,
    TaskKind,
    TaskState,
)
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.language.phrase import phrase
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.documents import place_of

_REQUESTS, _TASKS, _PARTNERS = table_of(MultiAgencyRequest), table_of(Task), table_of(Partner)
_RECOVERIES, _CLAIMS = table_of(Recovery), table_of(Claim)
_PARTIES, _ACCOUNTS, _DOCUMENTS = table_of(Party), table_of(Account), table_of(Document)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task on the board; the subject is masked, `document` is its last answer's digest."""

    task_id: str
    partner: str
    partner_kind: PartnerKind
    kind: TaskKind
    state: TaskState
    subject: str
    ends_at: datetime | None
    answered_at: datetime | None
    answers: int
    document: str
    renewal: str
    renewals: int
    reason: str
    is_late: bool
    is_slowest: bool


@dataclass(frozen=True, slots=True)
class MultiAgencyRequestLine:
    """One multi-agency request with its tasks; `due_at` is the clock that they share."""

    linkage_id: str
    state: MultiAgencyRequestState
    started_by: str
    started_at: datetime
    due_at: datetime | None
    confirmation: str
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """A registered partner as far as multi-agency requests go."""

    id: str
    kind: PartnerKind
    channel: PartnerChannel
    home: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """Decrypted facts from which tasks are made; `private` must not appear in any notice."""

    method: str = field(repr=False)
    numbers: dict[str, str] = field(repr=False)
    """Account number by account id, of accounts that victims paid into."""
    private: tuple[str, ...] = field(repr=False)


def partner_entries(session: Session) -> list[PartnerEntry]:
    """Active partners of every kind."""
    c = _PARTNERS.c
    query = sa.select(c.id, c.kind, c.channel, c.home).where(c.state == "active").order_by(c.id)
    return [PartnerEntry(*row) for row in session.execute(query)]


def incident(session: Session, vault: Vault, recovery_id: str) -> Incident:
    """Method, payees' numbers and all personal data of the victims of a recovery, decrypted."""
    method = session.execute(
        sa.select(_RECOVERIES.c.method).where(_RECOVERIES.c.id == recovery_id)
    ).scalar_one()
    claims = session.execute(
        sa.select(
            _CLAIMS.c.victim_account_id, _CLAIMS.c.payout_account_id, _CLAIMS.c.payee_account_id,
            _PARTIES.c.id.label("party_id"), _PARTIES.c.name_sealed, _PARTIES.c.contact_sealed,
        )
        .join(_PARTIES, _PARTIES.c.id == _CLAIMS.c.party_id)
        .where(_CLAIMS.c.recovery_id == recovery_id)
    ).all()  # fmt: skip
    own = {c.victim_account_id for c in claims} | {c.payout_account_id for c in claims}
    paid = {c.payee_account_id for c in claims} - own
    numbers = _numbers(session, vault, own | paid)
    names = [
        vault.open(getattr(c, column), SealedPlace("party", c.party_id, column))
        for c in claims
        for column in ("name_sealed", "contact_sealed")
    ]
    private = {*names, *(numbers[a] for a in own)} - {""}
    return Incident(method, {a: numbers[a] for a in paid}, tuple(sorted(private)))


def _numbers(session: Session, vault: Vault, account_ids: set[str]) -> dict[str, str]:
    query = sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.number_sealed).where(
        _ACCOUNTS.c.id.in_(account_ids)
    )
    return {
        row.id: vault.open(row.number_sealed, SealedPlace("account", row.id, "number_sealed"))
        for row in session.execute(query)
    }


def sealed_subject(session: Session, task_id: str) -> str:
    """The sealed subject of a task."""
    query = sa.select(_TASKS.c.subject_sealed).where(_TASKS.c.id == task_id)
    return str(session.execute(query).scalar_one())


def found_before(session: Session, vault: Vault, recovery_id: str) -> tuple[tuple[str, str], ...]:
    """Identifiers (kind, value) of a recovery's earlier multi-agency requests, decrypted."""
    query = (
        sa.select(_REQUESTS.c.id, _REQUESTS.c.identifiers_sealed)
        .where(_REQUESTS.c.recovery_id == recovery_id)
        .order_by(_REQUESTS.c.started_at)
    )
    found = {
        (str(kind), str(value)): None
        for row in session.execute(query)
        for kind, value in json.loads(
            vault.open(row.identifiers_sealed, SealedPlace("linkage", row.id, "identifiers_sealed"))
            or "[]"
        )
    }
    return tuple(found)


def asked_elsewhere(session: Session, recovery_id: str) -> frozenset[str]:
    """Keyed digests of subjects of tasks in other open recoveries that are still in force."""
    standing = (TaskState.ORDERED, TaskState.ACKNOWLEDGED, TaskState.DONE, TaskState.PRESERVED)
    query = (
        sa.select(_TASKS.c.subject_digest)
        .join(_RECOVERIES, _RECOVERIES.c.id == _TASKS.c.recovery_id)
        .where(
            _TASKS.c.recovery_id != recovery_id,
            _TASKS.c.state.in_(standing),
            _RECOVERIES.c.state.not_in(CLOSED_RECOVERIES),
        )
        .distinct()
    )
    return frozenset(session.execute(query).scalars())


def unlinked(session: Session, refs: Sequence[str]) -> list[tuple[str, str]]:
    """(id, reference) of open recoveries of these that have no multi-agency request yet."""
    linked = sa.select(_REQUESTS.c.recovery_id)
    query = (
        sa.select(_RECOVERIES.c.id, _RECOVERIES.c.ref)
        .where(
            _RECOVERIES.c.ref.in_(list(refs)),
            _RECOVERIES.c.state == RecoveryState.OPEN,
            _RECOVERIES.c.id.not_in(linked),
        )
        .order_by(_RECOVERIES.c.ref)
    )
    return [(row.id, row.ref) for row in session.execute(query)]


def document_of(session: Session, vault: Vault, digest: str) -> tuple[bytes, str]:
    """A stored document, decrypted, and its media type; LookupError if there is none."""
    row = session.execute(
        sa.select(_DOCUMENTS.c.body_sealed, _DOCUMENTS.c.media_type).where(
            _DOCUMENTS.c.digest == digest
        )
    ).first()
    if row is None:
        raise LookupError(phrase("there is no document {digest}", digest=digest[:12]))
    return vault.open_bytes(row.body_sealed, place_of(digest)), row.media_type

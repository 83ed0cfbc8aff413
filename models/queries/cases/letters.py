"""Letters as people see them, and what is sealed about them: their text, answers, desks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session

from models.channels import by_interface
from models.entities.approval import Approval
from models.entities.call import OPEN_CALLS, Call, CallState
from models.entities.catalogue import table_of
from models.entities.document import Document
from models.entities.partner import Partner
from models.letter_answer import TypedAnswer
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.documents import place_of

_CALLS, _DOCUMENTS, _PARTNERS = table_of(Call), table_of(Document), table_of(Partner)
_APPROVALS = table_of(Approval)
_DESK = ("desk", "address", "email", "phone")
"""What of a partner's contacts stands at the head of a letter, in this order."""


@dataclass(frozen=True, slots=True)
class LetterCall:
    """One call as its letter needs it; the typed answer is opened, the document by digest."""

    id: str
    recovery_id: str
    state: CallState
    letter_digest: str
    answer_document: str
    answer: TypedAnswer | None = field(repr=False)


def answer_place(call_id: str) -> SealedPlace:
    """Where what was typed of a letter's answer is kept."""
    return SealedPlace("call", call_id, "answer_sealed")


def letter_call(session: Session, vault: Vault, call_id: str) -> LetterCall | None:
    """The call of that id in any state; None where there is none."""
    row = session.execute(sa.select(_CALLS).where(_CALLS.c.id == call_id)).first()
    if row is None:
        return None
    typed = vault.open(row.answer_sealed, answer_place(row.id))
    return LetterCall(
        row.id, row.recovery_id, row.state, row.letter_digest, row.answer_document,
        TypedAnswer.read(typed) if typed else None,
    )  # fmt: skip


def is_call(session: Session, call_id: str) -> bool:
    """Whether there is a call of that id, in any state."""
    return session.execute(sa.select(_CALLS.c.id).where(_CALLS.c.id == call_id)).first() is not None


def typed_answers(
    session: Session, vault: Vault, call_ids: Iterable[str]
) -> Mapping[str, TypedAnswer]:
    """What was typed of these letters, as far as anything was."""
    query = sa.select(_CALLS.c.id, _CALLS.c.answer_sealed).where(
        _CALLS.c.id.in_(list(call_ids)), _CALLS.c.answer_sealed != ""
    )
    return {
        row.id: TypedAnswer.read(vault.open(row.answer_sealed, answer_place(row.id)))
        for row in session.execute(query)
    }


def document_bytes(session: Session, vault: Vault, digest: str) -> bytes | None:
    """A kept document, opened; None where there is none of that digest."""
    query = sa.select(_DOCUMENTS.c.body_sealed).where(_DOCUMENTS.c.digest == digest)
    sealed = session.execute(query).scalar()
    return None if sealed is None else vault.open_bytes(sealed, place_of(digest))


def recoveries_with_letters(session: Session) -> list[str]:
    """Recoveries with an open letter, the longest ordered first."""
    query = (
        sa.select(_CALLS.c.recovery_id)
        .where(_CALLS.c.state.in_(OPEN_CALLS), sa.not_(by_interface()))
        .group_by(_CALLS.c.recovery_id)
        .order_by(sa.func.min(_CALLS.c.planned_at), _CALLS.c.recovery_id)
    )
    return list(session.execute(query).scalars())


def calls_in_doubt(session: Session, partner_id: str) -> int:
    """How many calls left through a partner's interface and have no answer yet."""
    query = sa.select(sa.func.count(_CALLS.c.id)).where(
        _CALLS.c.partner_id == partner_id,
        _CALLS.c.state.in_((CallState.SENT, CallState.UNKNOWN)),
        _CALLS.c.sent_how == "",
    )
    return int(session.execute(query).scalar_one())


def addressee(session: Session, vault: Vault, partner_id: str) -> tuple[str, tuple[str, ...]]:
    """A partner's name and the lines of its desk, as far as the register has them."""
    row = session.execute(
        sa.select(_PARTNERS.c.name, _PARTNERS.c.contacts_sealed).where(_PARTNERS.c.id == partner_id)
    ).one()
    place = SealedPlace("partner", partner_id, "contacts_sealed")
    contacts = json.loads(vault.open(row.contacts_sealed, place) or "{}")
    found = [str(contacts[key]) for key in _DESK if contacts.get(key)]
    return row.name, tuple(part.strip() for text in found for part in text.split(";"))


def authority_named(session: Session, approval_id: str) -> str:
    """The legal authority that was named with an approval; "" where none was."""
    query = sa.select(_APPROVALS.c.authority).where(_APPROVALS.c.id == approval_id)
    return session.execute(query).scalar() or ""


def bank_name(session: Session, partner_id: str) -> str:
    """A partner's name."""
    query = sa.select(_PARTNERS.c.name).where(_PARTNERS.c.id == partner_id)
    return session.execute(query).scalar() or partner_id

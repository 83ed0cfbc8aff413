"""What a person enters about a partner, who had its contacts shown, what its books differed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.partner import Partner
from models.ids import canonical
from models.language.phrase import phrase
from models.outcome import Outcome, Transition, Values
from models.prepared import reading
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit

_PARTNERS = table_of(Partner)
_SENTENCE_LENGTH = 300


class NoSuchPartnerError(LookupError):
    """There is no partner of that id."""

    def __init__(self, partner_id: str) -> None:
        super().__init__(
            phrase(
                "there is no partner {partner_id!r}: `recovery partner list`", partner_id=partner_id
            )
        )


def agree(
    unit: Unit, actor: Actor, now: datetime, partner_id: str, minutes: int, agreement: str
) -> None:
    """Note in which agreement a partner promised to answer within so many minutes; 0: none."""
    values: Values = {"agreed_minutes": minutes, "agreement": agreement}
    _record(unit, actor, now, partner_id, "agreed", values)


def set_contacts(
    unit: Unit, actor: Actor, now: datetime, partner_id: str, contacts: Mapping[str, str]
) -> None:
    """Keep a partner's round-the-clock desk (desk, phone, email, address), sealed."""
    values = contacts_values(unit.vault, partner_id, contacts)
    _record(unit, actor, now, partner_id, "contacts_set", values)


def contacts_values(vault: Vault, partner_id: str, contacts: Mapping[str, str]) -> Values:
    """A partner's contacts as its column."""
    place = SealedPlace("partner", partner_id, "contacts_sealed")
    sealed = vault.seal(canonical(dict(contacts)).decode(), place) if contacts else ""
    return {"contacts_sealed": sealed}


def note_shown(unit: Unit, actor: Actor, now: datetime, partner_id: str, reason: str) -> None:
    """Write into the history that somebody has a partner's contacts shown; why is sealed."""
    place = SealedPlace("partner", partner_id, "reveal_sealed")
    values = {"reveal_sealed": unit.vault.seal(reason, place)}
    _record(unit, actor, now, partner_id, "contacts_shown", values)


def note_reconciled(
    unit: Unit, now: datetime, partner_id: str, to: datetime, disagreement: str
) -> bool:
    """Note that the books were compared up to the instant `to`; True when what differs is news.

    Only news is an event: the same difference night after night is told once.
    """
    row = _row(unit, partner_id)
    unit.session.waiting.set(_PARTNERS, partner_id, {"reconciled_to": to})
    told = disagreement[:_SENTENCE_LENGTH]
    if row.disagreement == told:
        return False
    event = "disagreed" if told else "reconciled"
    _record(unit, ENGINE, now, partner_id, event, {"disagreement": told})
    return bool(told)


def _record(
    unit: Unit, actor: Actor, now: datetime, partner_id: str, event: str, values: Values
) -> None:
    state = _row(unit, partner_id).state
    record(
        unit,
        actor,
        now,
        "",
        Outcome((Transition(EntityKind.PARTNER, partner_id, event, state, values),)),
    )


def _row(unit: Unit, partner_id: str) -> sa.Row[tuple[str, str]]:
    query = reading(_PARTNERS.c.id, _PARTNERS.c.state, _PARTNERS.c.disagreement)
    row: sa.Row[tuple[str, str]] | None = unit.session.execute(query, {"of": partner_id}).first()
    if row is None:
        raise NoSuchPartnerError(partner_id)
    return row

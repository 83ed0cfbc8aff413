"""Partners: registered by a person, contacted by the engine."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.outcome import Outcome, Transition, Values
from models.prepared import KEY
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit
from models.trouble import Trouble

_PARTNERS = table_of(Partner)


def _poll_by() -> sa.Update:
    """Plans the next reading of a feed at `latest`, where none is planned or a later one."""
    due_at = _PARTNERS.c.feed_due_at
    latest = sa.bindparam("latest", type_=due_at.type)
    sooner = sa.case((due_at < latest, due_at), else_=latest)
    change = _PARTNERS.update().where(_PARTNERS.c.id == sa.bindparam(KEY))
    return change.values(feed_due_at=sooner, feed_interval_seconds=0)


_POLL_BY = _poll_by()


class PartnerFields(TypedDict):
    """What a partner is registered with; `certificates` are paths: whom we trust, ours, its key."""

    name: str
    regime: str
    currency: str
    home: bool
    base_url: str
    token: NotRequired[str]
    client_id: NotRequired[str]
    certificates: NotRequired[tuple[str, str, str]]
    kind: NotRequired[PartnerKind]
    channel: NotRequired[PartnerChannel]


def partner_values(vault: Vault, partner_id: str, **fields: Unpack[PartnerFields]) -> Values:
    """A partner's law, address and credentials as columns."""
    ca, cert, cert_key = fields.get("certificates", ("", "", ""))
    return {
        "name": fields["name"],
        "regime": fields["regime"],
        "currency": fields["currency"],
        "home": fields["home"],
        "base_url": fields["base_url"],
        "token_sealed": vault.seal(
            fields.get("token", ""), SealedPlace("partner", partner_id, "token_sealed")
        ),
        "client_id": fields.get("client_id", ""),
        "ca_path": ca,
        "cert_path": cert,
        "cert_key_path": cert_key,
        "kind": fields.get("kind", PartnerKind.BANK),
        "channel": fields.get("channel", PartnerChannel.API),
    }


def register(unit: Unit, now: datetime, partner_id: str, **fields: Unpack[PartnerFields]) -> None:
    """Add a partner or renew its address while the installation is being made, or in a demo.

    In a unit at work two people register a partner (`registers`).
    """
    known = unit.session.execute(
        sa.select(_PARTNERS.c.state).where(_PARTNERS.c.id == partner_id)
    ).scalar()
    event = "registered" if known is None else "updated"
    move = Transition(
        EntityKind.PARTNER,
        partner_id,
        event,
        known,
        partner_values(unit.vault, partner_id, **fields),
    )
    record(unit, ENGINE, now, "", Outcome((move,)))


def note_contact(
    unit: Unit,
    partner_id: str,
    *,
    answered_at: datetime | None = None,
    error: str = "",
    trouble: Trouble = Trouble.NONE,
) -> None:
    """Remember the last answer or the last failure of a partner (operational, no event)."""
    values: dict[str, object] = {"last_error": error[:300], "last_trouble": trouble}
    if answered_at is not None:
        values["last_answer_at"] = answered_at
    unit.session.waiting.set(_PARTNERS, partner_id, values)


def note_breaker(unit: Unit, partner_id: str, failures: int, open_until: datetime | None) -> None:
    """Remember how a partner's circuit breaker stands (operational, no event)."""
    values = {"breaker_failures": failures, "breaker_until": open_until}
    unit.session.waiting.set(_PARTNERS, partner_id, values)


def plan_poll(
    unit: Unit,
    partner_id: str,
    *,
    due_at: datetime | None,
    interval_seconds: int,
    reached: datetime | None = None,
    read_at: datetime | None = None,
) -> None:
    """When (case time) to read the partner's feed again; None: not needed.

    `reached` is the bank's instant of the latest item, `read_at` the case time of a whole reading.
    """
    values: dict[str, object] = {"feed_due_at": due_at, "feed_interval_seconds": interval_seconds}
    if reached is not None:
        values["feed_reached_at"] = reached
    if read_at is not None:
        values["feed_read_at"] = read_at
    unit.session.waiting.set(_PARTNERS, partner_id, values)


def poll_by(unit: Unit, partner_id: str, latest: datetime) -> None:
    """Read the partner's feed by `latest` (case time), however quiet it was; sooner stays sooner.

    A bank that gets an order every few seconds would never be heard if each one put it off. What is
    planned is not asked for: the question would have all rows written that wait.
    """
    unit.session.waiting.last(_POLL_BY, {KEY: partner_id, "latest": latest})


def learn_code(unit: Unit, actor: Actor, now: datetime, partner_id: str, code: str) -> None:
    """Remember a BIC or bank code by which statement files name a partner."""
    row = unit.session.execute(
        sa.select(_PARTNERS.c.state, _PARTNERS.c.codes).where(_PARTNERS.c.id == partner_id)
    ).one()
    codes = ",".join([*(c for c in row.codes.split(",") if c), code.strip().upper()])
    move = Transition(EntityKind.PARTNER, partner_id, "updated", row.state, {"codes": codes})
    record(unit, actor, now, "", Outcome((move,)))

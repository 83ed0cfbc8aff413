"""Partners: registered by a person, contacted by the engine."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models.outcome import Move, Outcome, Values
from models.partner import Partner
from models.states import Noun, PartnerChannel, PartnerKind
from models.store.record import record
from models.store.unit import Actor, Unit
from models.tables import table_of
from models.trouble import Trouble

_PARTNERS = table_of(Partner)


def register(
    unit: Unit,
    actor: Actor,
    now: datetime,
    partner_id: str,
    *,
    name: str,
    regime: str,
    currency: str,
    home: bool,
    base_url: str,
    token: str = "",
    client_id: str = "",
    certificates: tuple[str, str, str] = ("", "", ""),
    kind: PartnerKind = PartnerKind.BANK,
    channel: PartnerChannel = PartnerChannel.API,
) -> None:
    """Add a partner, or give a known one its new address and credentials.

    `certificates` are paths: whom we trust, our client certificate, its key.
    """
    ca, cert, cert_key = certificates
    values: Values = {
        "name": name,
        "regime": regime,
        "currency": currency,
        "home": home,
        "base_url": base_url,
        "token_sealed": unit.vault.seal(token),
        "client_id": client_id,
        "ca_path": ca,
        "cert_path": cert,
        "cert_key_path": cert_key,
        "kind": kind,
        "channel": channel,
    }
    known = unit.session.execute(
        sa.select(_PARTNERS.c.state, _PARTNERS.c.base_url).where(_PARTNERS.c.id == partner_id)
    ).first()
    if known is None:
        move = Move(Noun.PARTNER, partner_id, "registered", None, values)
    else:
        move = Move(Noun.PARTNER, partner_id, "updated", known.state, values)
    record(unit, actor, now, "", Outcome((move,)))


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
    unit.session.execute(_PARTNERS.update().where(_PARTNERS.c.id == partner_id).values(**values))


def note_breaker(unit: Unit, partner_id: str, failures: int, open_until: datetime | None) -> None:
    """Remember how a partner's circuit breaker stands (operational, no event)."""
    values = {"breaker_failures": failures, "breaker_until": open_until}
    unit.session.execute(_PARTNERS.update().where(_PARTNERS.c.id == partner_id).values(**values))


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
    unit.session.execute(_PARTNERS.update().where(_PARTNERS.c.id == partner_id).values(**values))


def learn_code(unit: Unit, actor: Actor, now: datetime, partner_id: str, code: str) -> None:
    """Remember a BIC or bank code by which statement files name a partner."""
    row = unit.session.execute(
        sa.select(_PARTNERS.c.state, _PARTNERS.c.codes).where(_PARTNERS.c.id == partner_id)
    ).one()
    codes = ",".join([*(c for c in row.codes.split(",") if c), code.strip().upper()])
    move = Move(Noun.PARTNER, partner_id, "updated", row.state, {"codes": codes})
    record(unit, actor, now, "", Outcome((move,)))

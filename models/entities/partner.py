"""Partners: banks, telecoms, platforms and authorities, and how each is reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.columns import (
    Currency,
    Id,
    Rows,
    RowSeal,
    Text8,
    Text24,
    Text80,
    Text128,
    Text200,
    Text300,
    enum,
)


class PartnerKind(StrEnum):
    """Who a partner is; an AUTHORITY supervises and is told, without victims' names.

    POLICE, CENTRAL_AUTHORITY and FIU are bodies of another State that take requests.
    """

    BANK = "bank"
    TELECOM = "telecom"
    PLATFORM = "platform"
    AUTHORITY = "authority"
    POLICE = "police"
    CENTRAL_AUTHORITY = "central_authority"
    FIU = "fiu"


BODIES_ABROAD = frozenset({PartnerKind.POLICE, PartnerKind.CENTRAL_AUTHORITY, PartnerKind.FIU})
"""Partners that take requests of another State, and no tasks of an incident."""


class PartnerChannel(StrEnum):
    """How a partner is reached: by its interface, or by letters that people send and answer."""

    API = "api"
    LETTER = "letter"


PARTNER_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "registered"): "active",
    ("active", "updated"): "active",
    ("active", "agreed"): "active",
    ("active", "contacts_set"): "active",
    ("active", "contacts_shown"): "active",
    ("active", "disagreed"): "active",
    ("active", "reconciled"): "active",
}


class Partner(Rows, table=True):
    """A partner; the feed's cursor, the last contact and the breaker are operational, no history.

    `codes` are its BICs and national bank codes as statement files name it, comma-separated. A
    `client_id` means that we prove who we are with our key; the paths are PEM files for its TLS.
    `contacts_sealed` holds its round-the-clock desk and postal address as JSON, `agreed_minutes`
    the answer time that its agreement names (0: none). `reveal_sealed` is why somebody had the
    contacts shown last. `reconciled_to` is the end of the last legal day that was compared with the
    bank's own figures (operational), `disagreement` in a sentence what differed then.
    """

    id: Id
    name: Text80
    regime: Text8
    currency: Currency
    kind: Annotated[PartnerKind, enum(PartnerKind)] = PartnerKind.BANK
    channel: Annotated[PartnerChannel, enum(PartnerChannel, length=16)] = PartnerChannel.API
    home: bool
    base_url: Text200 = ""
    token_sealed: str = ""
    client_id: Text128 = ""
    ca_path: Text200 = ""
    cert_path: Text200 = ""
    cert_key_path: Text200 = ""
    state: Text24 = "active"
    codes: Text200 = ""
    agreement: Text200 = ""
    agreed_minutes: int = 0
    contacts_sealed: str = ""
    reveal_sealed: str = ""
    disagreement: Text300 = ""

    reconciled_to: datetime | None = None
    feed_reached_at: datetime | None = None
    feed_read_at: datetime | None = None
    feed_due_at: datetime | None = None
    feed_interval_seconds: int = 0
    last_answer_at: datetime | None = None
    last_error: Text300 = ""
    last_trouble: Text24 = ""
    breaker_failures: int = 0
    breaker_until: datetime | None = None
    row_seal: RowSeal = ""

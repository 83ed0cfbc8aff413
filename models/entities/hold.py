"""Holds on money and requests across a border."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import currency_field, id_field, minor_field, ref_field, state_field
from models.entities.states import HoldKind, HoldState, RequestState


class Hold(SQLModel, table=True):
    """One measure on one asset; `held_minor` is the bank's figure, in the account's currency.

    `foreign_minor` is what the bank states to hold in another currency than the account's.

    `renewal` is how far its renewal is ("", draft, asked, ordered, denied, refused), `term_from`
    where its present term began if it was renewed, `reminded_hours` the last reminder given,
    counted from the end.
    `release_due_at` is by when unrelated money is to be free, or a court's order to be carried out;
    `disposed_minor` what the bank gave away under that order, besides our payouts.
    `payouts_shown_minor` is what of our payouts the bank's figures of it show already.
    `releasing_minor` and `complained_minor` are parts asked to be let go; `scope_reason` is the
    fingerprint of the note that says why more is blocked than is disputed.
    """

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    asset_id: str = ref_field("asset.id")
    kind: HoldKind = state_field(HoldKind)
    state: HoldState = state_field(HoldState, index=True)
    currency: str = currency_field()
    requested_minor: int = minor_field()
    held_minor: int = minor_field()
    bank_ref: str = Field(default="", max_length=80)
    bank_revision: int = 0
    bank_said_at: datetime | None = None
    ordered_at: datetime | None = None
    acted_at: datetime | None = None
    expires_at: datetime | None = None
    supersedes_id: str = Field(default="", max_length=64)
    request_id: str = Field(default="", max_length=64)
    repeat_number: int = 0
    law_row: str = Field(default="", max_length=40)
    authority: str = Field(default="", max_length=200)
    drafted_by: str = Field(default="", max_length=64)
    reason: str = Field(default="", max_length=200)
    term_from: datetime | None = None
    renewal: str = Field(default="", max_length=12)
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    release_due_at: datetime | None = None
    releasing_minor: int = minor_field()
    disposed_minor: int = minor_field()
    complained_minor: int = minor_field()
    scope_reason: str = Field(default="", max_length=64)
    lapse_seen_by: str = Field(default="", max_length=64)
    foreign_minor: int = minor_field()
    foreign_currency: str = Field(default="", max_length=3)
    payouts_shown_minor: int = minor_field()


class Request(SQLModel, table=True):
    """A cross-border request; its fields are sealed, `missing` names those still empty."""

    id: str = id_field()
    recovery_id: str = ref_field("recovery.id")
    asset_id: str = ref_field("asset.id")
    partner_id: str = ref_field("partner.id", index=False)
    channel: str = Field(max_length=24)
    state: RequestState = state_field(RequestState, index=True)
    requested_minor: int = minor_field()
    currency: str = currency_field()
    fields_sealed: str = ""
    fields_digest: str = Field(default="", max_length=64)
    missing: str = Field(default="", max_length=600)
    drafted_by: str = Field(default="", max_length=64)
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str = Field(default="", max_length=200)

"""Where the money of a recovery is: terms of the loss, accounts and holds, what is paid to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from models.entities.ledger import LedgerAccount
from models.language.phrase import phrase
from models.language.stored import read_back
from models.money import Money
from recovery_flows.cases.pages.shared_cells import method_name, sign, time_left
from recovery_flows.cases.pages.value import (
    NONE,
    Column,
    Part,
    Piece,
    Section,
    Stretch,
    Whole,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.state_names import TERMS, Tone
from recovery_flows.reports.rates import percent
from recovery_flows.wording import counted, spoken

if TYPE_CHECKING:
    from models.queries.cases.views import AllocationLine, AssetLine, HoldLine, TermLine

_ASSETS = (
    Column("bank", most=30), Column("account", most=9), Column("traced", most=18, right=True),
    Column("held", most=18, right=True), Column("  ends in", most=15),
    Column("state", most=40, rest=True),
)  # fmt: skip
_HOLDS = (
    Column("measure"), Column("state"), Column("asked", right=True), Column("held", right=True),
    Column("law"), Column("why", rest=True), Column("id", typed=True),
)  # fmt: skip
_PAYOUTS = (
    Column(most=12), Column(most=20, rest=True), Column(right=True), Column(most=26),
    Column(typed=True),
)  # fmt: skip


def whole(terms: Sequence[TermLine]) -> tuple[Whole, ...]:
    """What a reported loss is made of, what is safe first; nothing where nothing is booked."""
    order = list(TERMS)
    inside = [t for t in terms if t.account in TERMS]
    total = sum(t.amount.minor for t in inside)
    parts = tuple(
        _stretch(term, total)
        for term in sorted(inside, key=lambda t: order.index(t.account))
        if term.amount.minor
    )
    return (Whole(parts),) if parts else ()


def _stretch(term: TermLine, total_minor: int) -> Stretch:
    told = state_names.account_word(LedgerAccount(term.account))
    share = percent(term.amount.minor, total_minor)
    return Stretch(
        told.glyph, told.word, told.tone, term.amount, "" if share is None else f"{share} %"
    )


def status(terms: Sequence[TermLine]) -> Section:
    """The reported loss and where every cent of it is now."""
    none = phrase("no money is booked yet")
    return Section("identity", phrase("Status of reported loss"), whole(terms), none)


def accounts(assets: Sequence[AssetLine], now: datetime) -> Section:
    """One row per account, indented by how many payments it is from the victim's own."""
    notes = (
        line(muted(phrase("{bank}: {note}", bank=a.bank, note=a.note)), indent=2)
        for a in assets
        if a.note
    )
    holds = (
        (
            cell(phrase("{kind} at {bank}", kind=spoken(h.kind), bank=a.bank)),
            _standing(h),
            h.requested,
            h.held,
            muted(h.law_row),
            muted(read_back(h.reason)),
            muted(h.hold_id),
        )
        for a in assets
        for h in a.holds
    )
    parts: tuple[Part, ...] = (
        *table(_ASSETS, (_asset(a, now) for a in assets)),
        *notes,
        *table(_HOLDS, holds, detail=True, whole=True),
    )
    empty = phrase("no account is on the file yet: accept the report first")
    return Section("money", phrase("Accounts and holds"), parts, empty)


def _standing(hold: HoldLine) -> tuple[Piece, ...]:
    ends_at = state_names.hold_ends(hold)
    until = (muted(phrase(" until ")), muted(ends_at)) if ends_at else ()
    return (sign(state_names.hold_standing(hold)), *until)


def _asset(asset: AssetLine, now: datetime) -> tuple[Piece | tuple[Piece, ...], ...]:
    hold = state_names.telling_hold(asset.holds)
    held = Money(sum(h.held.minor for h in asset.holds), asset.traced.currency)
    indent = "" if asset.depth == 0 else "  " * (asset.depth - 1) + "└ "
    abroad = "" if asset.home else f" ({asset.regime})"
    return (
        cell(muted(indent), asset.bank, Piece(abroad, Tone.ABROAD)),
        Piece(asset.account),
        Piece(asset.traced),
        cell(Piece(held, Tone.NAMED)) if held.minor else NONE,
        time_left(now, state_names.hold_ends(hold)),
        sign(state_names.asset_word(asset)),
    )


def distribution(allocations: Sequence[AllocationLine]) -> Section:
    """Each allocation: method, formula, pool, and what goes to whom."""
    parts = tuple(part for one in allocations for part in _allocation(one))
    return Section("allocations", phrase("Distribution"), parts)


def _allocation(allocation: AllocationLine) -> Iterator[Part]:
    payouts = counted(len(allocation.payouts), "payout")
    yield line(
        sign(state_names.allocation_word(allocation.state)),
        "  ",
        strong(method_name(allocation.method)),
        "  ",
        allocation.pool,
        phrase(" in {payouts}", payouts=payouts),
    )
    yield line(muted(read_back(allocation.formula)))
    if allocation.notice_to is not None:
        yield line(muted(phrase("notice until ")), muted(allocation.notice_to))
    rows = (
        (
            cell(f"  {p.victim}"), cell(f"→ {p.payee}"), cell(p.amount),
            sign(state_names.payout_standing(p)), muted(p.claim_id),
        )
        for p in allocation.payouts
    )  # fmt: skip
    yield from table(_PAYOUTS, rows)

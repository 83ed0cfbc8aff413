"""The facts of one account for a court: what came in, what was held, returned, given back, when.

What its holder did about it, where else the account was used and whom it harmed is in `conduct`.

Facts only: it weighs nothing and recommends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState
from recovery_flows.correspondence.returns import conduct
from recovery_flows.correspondence.returns.compose import Facts, composed
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.restitution.custody import is_received
from recovery_flows.restitution.voluntary import standing


def fact_sheet(facts: Facts, asset: AssetRow, words: Wording) -> Document:
    """One account's sheet: its role and sums, and each return with its day."""
    role = "fact_sheet.first" if asset.depth == 0 else "fact_sheet.onward"
    head = [
        (words("common.account"), facts.account(asset.account_id)),
        (words("fact_sheet.role"), words(role, step=asset.depth)),
    ]
    sums = Table((), tuple((words(key), str(facts.money(m))) for key, m in _sums(facts, asset)))
    rows = tuple(_returns(facts, asset, words))
    names = ("fact_sheet.when", "fact_sheet.what", "fact_sheet.amount")
    given = Table(tuple(words(name) for name in names), rows, right=(2,)) if rows else None
    none = () if rows else (words("fact_sheet.none"),)
    sections = [
        Section(words("fact_sheet.sums"), (words("fact_sheet.intro"),), sums),
        Section(words("fact_sheet.returns"), none, given),
        *conduct.sections(facts, asset, words),
    ]
    return composed(facts, "fact_sheet", asset.id, words, head, sections)


def _sums(facts: Facts, asset: AssetRow) -> Iterator[tuple[str, int]]:
    file = facts.file
    returned = sum(p.returned_minor for p in file.payouts if p.asset_id == asset.id)
    back, promised = _given_back(file, asset)
    traced = traced_minor(file, asset)
    yield "fact_sheet.traced", traced
    yield "fact_sheet.from_holds", returned
    yield "fact_sheet.promised", promised
    yield "fact_sheet.given_back", back
    kept = sum(
        b.claim_minor
        for b in file.balances
        if b.account is LedgerAccount.THIRD_PARTY and b.asset_id == asset.id
    )
    if kept:
        yield "fact_sheet.third_party", kept
    yield "fact_sheet.open", max(0, traced - returned - back - kept)


def traced_minor(file: CaseFile, asset: AssetRow) -> int:
    """What the trace finds there or gone from there; what was passed on is told by the next one."""
    if file.trace is None:
        return asset.traced_claim_minor
    there = sum(p.claim_minor for p in file.trace.positions if p.account_id == asset.account_id)
    gone = sum(g.claim_minor for g in file.trace.gone if g.account_id == asset.account_id)
    return there + gone


def _given_back(file: CaseFile, asset: AssetRow) -> tuple[int, int]:
    mine = [
        standing(file, row) for row in file.voluntary_returns if row.account_id == asset.account_id
    ]
    return sum(s.received.minor for s in mine), sum(s.promised.minor for s in mine)


def _returns(facts: Facts, asset: AssetRow, words: Wording) -> Iterator[tuple[str, str, str]]:
    """Each return with its day, the earliest first."""
    file = facts.file
    mine = {r.id for r in file.voluntary_returns if r.account_id == asset.account_id}
    found = [
        (h.acted_at, "fact_sheet.gave", h.requested_minor)
        for h in file.holds
        if h.return_id in mine and is_received(h)
    ]
    found += [
        (p.settled_at, "fact_sheet.paid_out", p.returned_minor)
        for p in file.payouts
        if p.asset_id == asset.id and p.state is PayoutState.SETTLED
    ]
    for at, what, minor in sorted(found, key=lambda one: (str(one[0]), one[1], one[2])):
        yield facts.day(at), words(what), str(facts.money(minor))

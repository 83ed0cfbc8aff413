"""The unit's application for the return of held money, one for each division that is not void."""

from __future__ import annotations

from collections.abc import Iterator

from models.entities.allocation import AllocationRow
from models.entities.approval import ApprovalRow, ApprovalState
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.correspondence.returns import return_tables as tables
from recovery_flows.correspondence.returns.compose import (
    Facts,
    claim_number,
    composed,
    left_over,
    pool_facts,
    rule,
    zoned,
)
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger.outstanding_losses import LOST, owed_minor, paid_minor
from recovery_flows.restitution.basis import ownership_stands


def application(facts: Facts, allocation: AllocationRow, words: Wording) -> Document:
    """Who applies for what by which article: holds, claims, payees, what stays held."""
    papers = tables.evidence_of(facts, allocation, words)
    claims = tables.claims(facts, allocation, papers, words)
    intro = (words("application.claims_intro"),)
    stays = Section(words("application.stays"), (left_over(facts, allocation, words),))
    sections = [
        Section(words("application.asked"), tuple(_asked(facts, allocation, words))),
        rule(facts, allocation, words),
        Section(words("application.case"), (), _case(facts, allocation, words)),
        tables.holds(facts, allocation, words),
        Section(words("application.claims"), intro, claims),
        tables.evidence(papers, words),
        _payments(facts, allocation, words),
        stays,
        _signature(facts, allocation, words),
    ]
    head = pool_facts(facts, allocation, words)
    return composed(facts, "application", allocation.id, words, head, sections)


def request_of(facts: Facts, allocation: AllocationRow) -> ApprovalRow | None:
    """The approval that was asked for a division and still counts, given or not; None without."""
    asked = [
        a
        for a in facts.file.approvals
        if a.subject_id == allocation.id
        and a.action == ApprovalKind.RETURN
        and a.state in (ApprovalState.PENDING, ApprovalState.APPROVED)
    ]
    return asked[-1] if asked else None


def _asked(facts: Facts, allocation: AllocationRow, words: Wording) -> Iterator[str]:
    unit = facts.sender.name
    yield words("application.intro", unit=unit, **tables.asked_values(facts, allocation))
    yield words("application.stands", state=words.named("state", allocation.state))


def _case(facts: Facts, allocation: AllocationRow, words: Wording) -> Table:
    file = facts.file
    asset = file.asset(allocation.asset_id)
    upheld = [c for c in file.claims if c.state in LOST]
    sums = (
        ("application.reported", sum(c.reported_minor for c in file.claims)),
        ("application.upheld", sum(c.upheld_minor for c in upheld)),
        ("common.returned", sum(paid_minor(file, c) for c in file.claims)),
        ("common.still", sum(owed_minor(file, c) for c in upheld)),
    )
    rows = [(words("application.count"), str(len(file.claims)))]
    rows += [(words(key), str(facts.money(minor))) for key, minor in sums]
    rows.append((words("application.tracing"), words.named("tracing", file.recovery.tracing_rule)))
    if file.trace is not None:
        rows.append((words("application.traced"), zoned(facts, words, file.trace.as_of)))
    is_checked = ownership_stands(file, asset)
    by = asset.title_checked_by if is_checked else words("application.not_checked")
    return Table((), (*rows, (words("application.title_checked"), by)))


def _payments(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    file, rows = facts.file, []
    for payout in file.payouts_of(allocation.id):
        held = file.asset(file.hold(payout.hold_id).asset_id).account_id
        rows.append(
            (
                claim_number(payout.claim_id),
                facts.account(payout.payee_account_id),
                facts.account(held),
                str(facts.money(payout.amount_minor)),
            )
        )
    total = str(facts.money(tables.given_minor(facts, allocation)))
    head = ("common.claim", "application.pay_to", "application.out_of", "common.share")
    table = Table(
        tuple(words(key) for key in head),
        (*rows, (words("common.total"), "", "", total)),
        right=(3,),
    )
    intro = words("application.payments_intro")
    return Section(words("application.payments"), (intro,), table)


def _signature(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    """Who has submitted it; and the places where two officers sign it on paper."""
    asked = request_of(facts, allocation)
    by = words("application.not_submitted")
    if asked is not None:
        when = zoned(facts, words, asked.asked_at)
        by = words("application.by", who=asked.asked_by, when=when)
    blank = words("application.blank")
    places = ("application.first", "application.second", "application.seal")
    rows = tuple((words(key), blank) for key in places)
    return Section(words("application.signature"), (by,), Table((), rows))

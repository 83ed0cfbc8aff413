"""What stands against a return, for its approver: others, checks, objections, discrepancies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.entities.allocation import UNDECIDED, AllocationRow
from models.entities.asset import AssetRow
from models.entities.claim import ObjectionRow
from models.entities.discrepancy import DiscrepancyRow, DiscrepancyState
from models.language.catalogue import Language
from models.language.shown import worded
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number
from recovery_flows.correspondence.returns.page import Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger import discrepancies
from recovery_flows.restitution import basis, fast_track, guards, payouts


def sections(facts: Facts, allocation: AllocationRow, words: Wording) -> tuple[Section, ...]:
    """Others that want the money, the checks, the objections, the discrepancies."""
    asset = facts.file.asset(allocation.asset_id)
    return (
        _others(facts, asset, words),
        _checks(facts, allocation, asset, words),
        _objections(facts, words),
        _discrepancies(facts, words),
    )


def _others(facts: Facts, asset: AssetRow, words: Wording) -> Section:
    file = facts.file
    shared = {other for account, other, _ in file.shared_with if account == asset.account_id}
    rows = tuple(
        (
            words(f"third_party.{row.ground}"),
            str(Money(row.claimed_minor, row.currency)),
            facts.day(row.filed_at),
            words.named("third_party_state", row.state),
        )
        for row in file.third_party_claims
        if row.asset_id == asset.id
    )
    told = [words("report.shared", count=len(shared))] if shared else []
    heading = words("report.others")
    if not rows:
        return Section(heading, tuple(told) or (words("report.others_none"),))
    head = ("report.ground", "report.claimed", "report.filed", "common.state")
    return Section(heading, tuple(told), Table(tuple(words(key) for key in head), rows, right=(1,)))


def _checks(facts: Facts, allocation: AllocationRow, asset: AssetRow, words: Wording) -> Section:
    """Each check with its result, as long as nobody has decided."""
    heading = words("report.checks")
    if allocation.state not in UNDECIDED:
        return Section(heading, (words("report.checks_over"),))
    rows = tuple(
        (words(f"check.{code}"), words("report.passed" if is_passed else "report.failed"))
        for code, is_passed in _results(facts, allocation, asset)
    )
    head = words("report.check"), words("report.result")
    return Section(heading, (words("report.checks_intro"),), Table(head, rows))


def _results(
    facts: Facts, allocation: AllocationRow, asset: AssetRow
) -> Iterator[tuple[str, bool]]:
    file, law = facts.file, facts.law
    yield "title", basis.ownership_stands(file, asset)
    step = next((s for s in law.ladder if s.code == allocation.method), None)
    is_free = step is not None and not step.needs_notice
    has_run = allocation.notice_to is not None and allocation.notice_to <= facts.now
    by_law = bool(allocation.court_list_id) or fast_track.stands(file, allocation, law)
    yield "notice", is_free or has_run or by_law
    yield "basis", not payouts.changed(file, allocation)
    yield from guards.checks(file, asset, but=allocation.id)


def _objections(facts: Facts, words: Wording) -> Section:
    heading = words("report.objections")
    rows = tuple(_objection(facts, row, words) for row in facts.file.objections)
    if not rows:
        return Section(heading, (words("report.objections_none"),))
    head = ("report.objection", "common.claim", "report.entered", "common.state",
            "report.decided", "report.loss_left")  # fmt: skip
    return Section(heading, (), Table(tuple(words(key) for key in head), rows, right=(5,)))


def _objection(facts: Facts, row: ObjectionRow, words: Wording) -> tuple[str, ...]:
    return (
        words(f"objection_kind.{row.kind}"),
        claim_number(row.claim_id) if row.claim_id else words("report.somebody"),
        facts.day(row.entered_at),
        words(f"objection_state.{row.state}"),
        facts.day(row.decided_at),
        "-" if row.loss_minor is None else str(facts.money(row.loss_minor)),
    )


def _discrepancies(facts: Facts, words: Wording) -> Section:
    heading = words("report.discrepancies")
    rows = tuple(_discrepancy(facts, row, words) for row in facts.file.discrepancies)
    if not rows:
        return Section(heading, (words("report.discrepancies_none"),))
    head = ("report.found", "report.what", "report.looked")
    return Section(heading, (), Table(tuple(words(key) for key in head), rows))


def _discrepancy(facts: Facts, row: DiscrepancyRow, words: Wording) -> tuple[str, ...]:
    """One of them in words, without its detail, which a partner may have written."""
    what = discrepancies.wording(replace(row, detail="")).phrase()
    looked = words("report.open")
    if row.state is not DiscrepancyState.OPEN:
        looked = row.resolved_by or words("report.by_itself")
    return facts.day(row.found_at), worded(what, Language(words.language)), looked

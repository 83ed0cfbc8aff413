"""What an application and a report for approval both say of a return: holds, claims, evidence.

Every figure is one that the division was made from, or one that the banks have stated since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow
from models.entities.claim import ClaimRow, CompensationState
from models.entities.hold import LIVE_HOLDS, HoldRow
from models.entities.payout import PayoutRow, PayoutState
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number
from recovery_flows.correspondence.returns.page import Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger import hold_figures
from recovery_flows.restitution.comparison import stakes_when_drafted


def given_minor(facts: Facts, allocation: AllocationRow) -> int:
    """What a division gives, in the currency of the loss."""
    return sum(p.amount_minor for p in facts.file.payouts_of(allocation.id))


def asked_values(facts: Facts, allocation: AllocationRow) -> Mapping[str, object]:
    """What is to be returned: the sum, out of how much, to how many claims."""
    return {
        "sum": facts.money(given_minor(facts, allocation)),
        "pool": facts.money(allocation.pool_minor),
        "count": len({p.claim_id for p in facts.file.payouts_of(allocation.id)}),
    }


def paid_by(file: CaseFile, claim_id: str, account_id: str) -> int:
    """What an account's holder has paid the victim of a claim, confirmed by two people."""
    return sum(
        row.amount_minor
        for row in file.compensations
        if (row.claim_id, row.payer_account_id) == (claim_id, account_id)
        and row.state is CompensationState.CONFIRMED
    )


def holds(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    """Every hold with money in it, and what this division takes out of it."""
    file = facts.file
    used = {p.hold_id for p in file.payouts_of(allocation.id)}
    found = [h for h in file.holds if h.id in used or _holds_money(h)]
    heading = words("holds.heading")
    if not found:
        return Section(heading, (words("holds.none"),))
    rows = tuple(_hold(facts, allocation, hold, words) for hold in found)
    head = tuple(
        words(key)
        for key in ("common.account", "holds.measure", "holds.held", "holds.until", "holds.asked",
                    "holds.stays")
    )  # fmt: skip
    return Section(heading, tuple(_laws(facts, found, words)), Table(head, rows, right=(2, 4, 5)))


def _holds_money(hold: HoldRow) -> bool:
    return hold.state in LIVE_HOLDS and bool(hold.held_minor or hold.foreign_minor)


def _hold(
    facts: Facts, allocation: AllocationRow, hold: HoldRow, words: Wording
) -> tuple[str, ...]:
    mine = [p for p in facts.file.payouts_of(allocation.id) if p.hold_id == hold.id]
    asked = Money(sum(p.amount_minor for p in mine), allocation.currency)
    return (
        facts.account(facts.file.asset(hold.asset_id).account_id),
        words(f"holds.{hold.kind}"),
        str(hold_figures.shown(hold)),
        words("holds.no_end") if hold.expires_at is None else facts.day(hold.expires_at),
        str(asked) if mine else "-",
        _stays(hold, mine, asked, words),
    )


def _stays(hold: HoldRow, mine: Sequence[PayoutRow], asked: Money, words: Wording) -> str:
    """What is left of a hold; told only while its bank's figure is that of before the payment."""
    held = hold_figures.shown(hold)
    if not mine:
        return str(held)
    if any(p.state is not PayoutState.PREPARED for p in mine):
        return words("holds.paying")
    if held.currency != asked.currency:
        return words("holds.converted")
    return str(Money(held.minor - asked.minor, held.currency))


def _laws(facts: Facts, found: Sequence[HoldRow], words: Wording) -> Iterator[str]:
    """Under which row of the law the holds stand, each once."""
    for kind, code in dict.fromkeys((h.kind, h.law_row) for h in found if h.law_row):
        measure, row = words(f"holds.{kind}"), facts.law.rows.get(code)
        if row is None:
            yield words("holds.under_code", measure=measure, code=code)
        else:
            yield words(
                "holds.under", measure=measure,
                instrument=words.named("instrument", row.instrument),
                article=words.named("article", row.article),
                status=words.named("law", row.status),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One paper by its SHA-256; `claim_id` and `account_id` are what it is about, "" for neither.

    A statement covers the time from `since` to `until`.
    """

    what: str
    digest: str
    account_id: str = ""
    claim_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def shows(self, claim: ClaimRow) -> bool:
        """Whether it speaks of a claim: by name, or as a statement of the time of its payment."""
        if self.since is None or self.until is None:
            return self.claim_id == claim.id
        is_its = self.account_id in (claim.payee_account_id, claim.victim_account_id)
        return is_its and self.since <= claim.paid_at <= self.until


def evidence_of(facts: Facts, allocation: AllocationRow, words: Wording) -> tuple[Evidence, ...]:
    """The papers that a division rests on: statements, proofs of payments, a court's list."""
    found = [*_statements(facts, words), *_proofs(facts, allocation, words)]
    return tuple(dict.fromkeys(found))


def _statements(facts: Facts, words: Wording) -> Iterator[Evidence]:
    for one in facts.statements:
        key = "application.statement" if one.is_complete else "application.part_statement"
        what = words(
            key, account=facts.account(one.account_id), since=facts.day(one.covers_from),
            until=facts.day(one.covers_to),
        )  # fmt: skip
        yield Evidence(
            what, one.document_digest, one.account_id, since=one.covers_from, until=one.covers_to
        )


def _proofs(facts: Facts, allocation: AllocationRow, words: Wording) -> Iterator[Evidence]:
    file = facts.file
    for row in file.compensations:
        if row.state is CompensationState.CONFIRMED:
            what = words("application.compensation", claim=claim_number(row.claim_id))
            yield Evidence(what, row.proof, claim_id=row.claim_id)
    used = {p.hold_id for p in file.payouts_of(allocation.id)}
    for hold in (h for h in file.holds if h.id in used and h.proof):
        account_id = file.asset(hold.asset_id).account_id
        what = words("application.receipt", account=facts.account(account_id))
        yield Evidence(what, hold.proof, account_id)
    for court in (c for c in file.court_lists if c.id == allocation.court_list_id):
        what = words("application.court_list", reference=court.reference)
        yield Evidence(what, court.proof)


def evidence(papers: Sequence[Evidence], words: Wording) -> Section:
    """The papers by number, each with its whole SHA-256."""
    heading = words("application.evidence")
    if not papers:
        return Section(heading, (words("application.evidence_none"),))
    rows = tuple((f"E{n}", one.what, one.digest) for n, one in enumerate(papers, 1))
    return Section(heading, (), Table(("", words("application.paper"), "SHA-256"), rows))


def claims(
    facts: Facts, allocation: AllocationRow, papers: Sequence[Evidence], words: Wording
) -> Table:
    """Each claim as the division took it: loss, what had come back, net loss, share, evidence."""
    given: dict[str, int] = {}
    for payout in facts.file.payouts_of(allocation.id):
        given[payout.claim_id] = given.get(payout.claim_id, 0) + payout.amount_minor
    by_id = {claim.id: claim for claim in facts.file.claims}
    rows, sums = [], [0, 0, 0, 0]
    for stake in stakes_when_drafted(facts.file, allocation):
        share = given.get(stake.claim_id, 0)
        figures = (stake.loss_minor, stake.received_minor, stake.net_minor, share)
        sums = [a + b for a, b in zip(sums, figures, strict=True)]
        claim = by_id[stake.claim_id]
        shown = " ".join(f"E{n}" for n, one in enumerate(papers, 1) if one.shows(claim))
        money = (str(facts.money(minor)) for minor in figures)
        rows.append((claim_number(claim.id), facts.day(claim.paid_at), *money, shown or "-"))
    total = (words("common.total"), "", *(str(facts.money(minor)) for minor in sums), "")
    head = ("common.claim", "claims.paid_on", "common.loss", "claims.before", "claims.net",
            "common.share", "claims.evidence")  # fmt: skip
    return Table(tuple(words(key) for key in head), (*rows, total), right=(2, 3, 4, 5))

"""The documents of a return, put together from what is stored; no session and no clock.

Persons appear by the number of their claim and accounts by their last digits: a notice is
published, and a decision goes to many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.claim import ClaimRow
from models.entities.payout import PayoutRow, PayoutState
from models.money import Money
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.law.regime import Regime
from recovery_flows.ledger.outstanding_losses import paid_minor
from recovery_flows.restitution.allocation import COURT_LIST

if TYPE_CHECKING:
    from models.queries.cases.claims import StatementPaper
    from models.queries.cases.names import Names

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Repeat:
    """Another recovery that follows an account; without `ref` the reader may not know which."""

    ref: str
    reported_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What every document of one recovery is made from; `seq` and `digest` are its last event's."""

    file: CaseFile
    names: Names
    banks: dict[str, str]
    """The name of the bank of each account."""
    law: Regime
    sender: Sender
    now: datetime
    seq: int
    digest: str
    partners: dict[str, str] = field(default_factory=dict)
    """The name of each partner."""
    repeats: Mapping[str, tuple[Repeat, ...]] = field(default_factory=dict)
    """Other recoveries with the same account, by account."""
    statements: tuple[StatementPaper, ...] = ()
    """The statements of the accounts in the file, by account and the time that they cover."""

    def bank_of(self, partner_id: str) -> str:
        """The name of a partner, its id where it has none."""
        return self.partners.get(partner_id) or partner_id

    def day(self, at: datetime | None) -> str:
        """An instant in the legal zone, to the minute; "-" for none."""
        if at is None:
            return "-"
        return f"{at.astimezone(ZoneInfo(self.law.time_zone)):%Y-%m-%d %H:%M}"

    def money(self, minor: int) -> Money:
        """An amount in the currency of the loss."""
        return Money(minor, self.file.recovery.currency)

    def account(self, account_id: str) -> str:
        """The bank and the last digits of an account."""
        return f"{self.banks.get(account_id, '')} {self.names.account(account_id)}".strip()


def claim_number(claim_id: str) -> str:
    """How a person is named where others read it."""
    return claim_id.removeprefix("claim-")[:_SHORT].upper()


def notice(facts: Facts, allocation: AllocationRow, words: Wording) -> Document:
    """The notice of a division: who is to get what, by which rule, until when to object."""
    sections = [
        Section(words("notice.who"), (words("notice.intro"),), _shares(facts, allocation, words)),
        rule(facts, allocation, words),
        Section(words("notice.objections"), tuple(_objections(facts, allocation, words))),
    ]
    return composed(facts, "notice", allocation.id, words, pool_facts(facts, allocation, words),
                     sections)  # fmt: skip


def decision(facts: Facts, allocation: AllocationRow, words: Wording) -> Document:
    """The decision on a division, with who asked for it and who approved."""
    shares = Section(
        words("decision.who"),
        (words("decision.intro"), words("decision.stands", state=_state(words, allocation.state))),
        _shares(facts, allocation, words),
    )
    left = Section(words("common.pool"), (left_over(facts, allocation, words),))
    approved = Section(words("decision.signed"), tuple(signed(facts, allocation, words)))
    return composed(facts, "decision", allocation.id, words, pool_facts(facts, allocation, words),
                     [shares, left, rule(facts, allocation, words), approved])  # fmt: skip


def receipt(facts: Facts, payout: PayoutRow, words: Wording) -> Document:
    """One payment as the bank booked it; before that, that there is no receipt yet."""
    claim = next(c for c in facts.file.claims if c.id == payout.claim_id)
    rows = [(words("common.claim"), claim_number(claim.id))]
    if payout.state is not PayoutState.SETTLED:
        told = words("receipt.not_settled", state=_state(words, payout.state))
        return composed(facts, "receipt", payout.id, words, rows, [
            Section(words("receipt.payment"), (told,)),
        ])  # fmt: skip
    booked = Money(payout.settled_minor, payout.settled_currency or payout.currency)
    payment = (
        (words("receipt.amount"), str(booked)),
        (words("receipt.booked"), zoned(facts, words, payout.settled_at)),
        (words("receipt.bank_ref"), payout.bank_ref),
        (words("receipt.payee"), facts.account(payout.payee_account_id)),
    )
    paid = Section(words("receipt.payment"), (words("receipt.intro"),), Table((), payment))
    of_loss = Section(words("receipt.of_loss"), (), _of_loss(facts, claim, words))
    return composed(facts, "receipt", payout.id, words, rows, [paid, of_loss])


def composed(
    facts: Facts,
    kind: str,
    subject_id: str,
    words: Wording,
    more: Sequence[tuple[str, str]],
    sections: Sequence[Section],
) -> Document:
    """A document of a recovery: its head and foot around these facts and sections."""
    recovery = facts.file.recovery
    heads = (
        (words("common.ref"), recovery.ref),
        (words("common.case"), recovery.case_number or "-"),
        (words("common.law"), recovery.regime),
        (words("common.dated"), zoned(facts, words, facts.now)),
    )
    return Document(
        kind=kind,
        language=words.language,
        ref=recovery.ref,
        seq=facts.seq,
        digest=facts.digest,
        name=f"{recovery.ref}-{kind}-{subject_id.partition('-')[2][:_SHORT]}-{words.language}",
        title=words(f"{kind}.title"),
        sender=facts.sender.name,
        mark=words("common.synthetic") if facts.sender.is_synthetic else "",
        facts=(*heads, *more),
        sections=tuple(sections),
        foot=words("common.foot", ref=recovery.ref, seq=facts.seq, digest=facts.digest[:16]),
    )


def zoned(facts: Facts, words: Wording, at: datetime | None) -> str:
    """An instant in the legal zone, with the name of that zone."""
    return words("common.zone", day=facts.day(at), zone=facts.law.time_zone)


def _state(words: Wording, state: str) -> str:
    return words.named("state", state)


def pool_facts(facts: Facts, allocation: AllocationRow, words: Wording) -> list[tuple[str, str]]:
    """Which account, which round, and how much there is to be divided."""
    account_id = facts.file.asset(allocation.asset_id).account_id
    return [
        (words("common.account"), facts.account(account_id)),
        (words("common.round"), str(allocation.round_number)),
        (words("common.pool"), str(facts.money(allocation.pool_minor))),
    ]


def _shares(facts: Facts, allocation: AllocationRow, words: Wording) -> Table:
    rows, sums = [], [0, 0, 0]
    given = {p.claim_id: 0 for p in facts.file.payouts_of(allocation.id)}
    for payout in facts.file.payouts_of(allocation.id):
        given[payout.claim_id] += payout.amount_minor
    for claim in facts.file.claims:
        if claim.id in given:
            other = paid_minor(facts.file, claim) - _paid_by(facts.file, allocation, claim)
            figures = (claim.upheld_minor, other, given[claim.id])
            sums = [a + b for a, b in zip(sums, figures, strict=True)]
            rows.append((claim_number(claim.id), *(str(facts.money(m)) for m in figures)))
    rows.append((words("common.total"), *(str(facts.money(m)) for m in sums)))
    head = ("common.claim", "common.loss", "common.before", "common.share")
    return Table(tuple(words(key) for key in head), tuple(rows), right=(1, 2, 3))


def _paid_by(file: CaseFile, allocation: AllocationRow, claim: ClaimRow) -> int:
    mine = (p for p in file.payouts_of(allocation.id) if p.claim_id == claim.id)
    return sum(payout.returned_minor for payout in mine)


def left_over(facts: Facts, allocation: AllocationRow, words: Wording) -> str:
    """What of the money to be divided this division gives to nobody."""
    given = sum(p.amount_minor for p in facts.file.payouts_of(allocation.id))
    rest = allocation.pool_minor - given
    return words("common.rest", rest=facts.money(rest)) if rest else words("common.rest_none")


def rule(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    """By which rule it is divided: in words, as a formula, under which article."""
    version, _, formula = allocation.formula.partition(": ")
    told = [words(f"rule.{allocation.method}")]
    if allocation.method == COURT_LIST:  # what is kept as its formula is the court's reference
        told.append(words("rule.by_court", reference=formula))
    else:
        formula = words.named("formula", formula)
        told.append(words("rule.formula", version=version, formula=formula))
    step = next((s for s in facts.law.ladder if s.code == allocation.method), None)
    if step is not None:
        told.append(
            words(
                "rule.source",
                instrument=words.named("instrument", step.instrument),
                article=words.named("article", step.article),
                text=words.named("law", step.source_text),
                status=words.named("law", step.status),
            )
        )
    return Section(words("rule.heading"), tuple(told))


def _objections(facts: Facts, allocation: AllocationRow, words: Wording) -> Iterator[str]:
    if allocation.notice_to is None:
        yield words("notice.no_term")
        return
    yield words("notice.until", until=zoned(facts, words, allocation.notice_to))
    yield words("notice.open")
    to = facts.sender.answer_to or facts.sender.address
    yield words("notice.to", to=to) if to else words("notice.to_unit")


def signed(facts: Facts, allocation: AllocationRow, words: Wording) -> Iterator[str]:
    """Notice, who asked and who approved; that it is a draft before that."""
    if allocation.notice_from is not None:
        begun, until = (zoned(facts, words, at) for at in
                        (allocation.notice_from, allocation.notice_to))  # fmt: skip
        yield words("decision.notice", begun=begun, until=until)
    asked = [a for a in facts.file.approvals if a.subject_id == allocation.id]
    given = [a for a in asked if a.state is ApprovalState.APPROVED]
    for approval in given:
        yield from _two_people(facts, approval, words)
    if not given:
        yield words("decision.not_decided")


def _two_people(facts: Facts, approval: ApprovalRow, words: Wording) -> Iterator[str]:
    yield words("decision.asked", who=approval.asked_by,
                when=zoned(facts, words, approval.asked_at))  # fmt: skip
    yield words("decision.decided", who=approval.decided_by,
                when=zoned(facts, words, approval.decided_at))  # fmt: skip


def _of_loss(facts: Facts, claim: ClaimRow, words: Wording) -> Table:
    paid = paid_minor(facts.file, claim)
    figures = (
        ("common.loss", claim.upheld_minor),
        ("common.returned", paid),
        ("common.still", max(0, claim.upheld_minor - paid)),
    )
    return Table((), tuple((words(key), str(facts.money(m))) for key, m in figures))

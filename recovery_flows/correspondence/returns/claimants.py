"""Letters to people who are no victims: a third party who claims held money, who got too much.

Each states facts, names the row of the law, and says what the reader may do against it. A person
sends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.entities.approval import ApprovalState
from models.entities.outside.third_party_claim import (
    ThirdPartyGround,
    ThirdPartyRow,
    ThirdPartyState,
)
from models.entities.payout import NOT_ORDERED, ClawbackRow
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number, composed
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger.payout_parts import received_for
from recovery_flows.ledger.third_parties import given_minor

KINDS = ("third-party-letter", "clawback-order")
"""Only where they are asked for by name: each goes to one person or bank."""


def papers(facts: Facts, kind: str, words: Wording) -> Iterator[Document]:
    """The papers of one of `KINDS` that a recovery gives now."""
    if kind == "third-party-letter":
        for row in facts.file.third_party_claims:
            yield third_party_letter(facts, row, words)
        return
    for order in facts.file.clawbacks:
        yield clawback_order(facts, order, words)
        yield clawback_bank(facts, order, words)


def third_party_letter(facts: Facts, row: ThirdPartyRow, words: Wording) -> Document:
    """What a third party is told of his claim: that it is filed, or how it was decided and why."""
    account_id = facts.file.asset(row.asset_id).account_id
    head = [
        (words("common.account"), facts.account(account_id)),
        (words("third_party.ground"), words(f"third_party.{row.ground}")),
        (words("third_party.claimed"), str(Money(row.claimed_minor, row.currency))),
        (words("third_party.filed"), facts.day(row.filed_at)),
        (words("common.state"), words.named("third_party_state", row.state)),
    ]
    told = Section(words("third_party.answer"), tuple(_answer(facts, row, words)))
    return composed(
        facts, "third_party", row.id, words, head, [told, _law(facts, row.law_row, words),
                                                    _write_to(facts, words)],
    )  # fmt: skip


def _answer(facts: Facts, row: ThirdPartyRow, words: Wording) -> Iterator[str]:
    granted = Money(row.granted_minor, row.currency)
    if row.state in (ThirdPartyState.FILED, ThirdPartyState.PROPOSED):
        yield words("third_party.again" if row.appeals else "third_party.begun")
        if row.due_at is not None:
            yield words("third_party.due", due=_zoned(facts, words, row.due_at))
    elif row.state is ThirdPartyState.REJECTED:
        yield words("third_party.not_upheld")
        if row.appeal_until is not None:
            yield words("third_party.appeal", until=_zoned(facts, words, row.appeal_until))
    elif row.state is ThirdPartyState.WITHDRAWN:
        yield words("third_party.withdrawn")
    elif row.ground is ThirdPartyGround.WRONG_FREEZE:
        is_paid = row.state is ThirdPartyState.PAID
        yield words("third_party.paid" if is_paid else "third_party.awarded", granted=granted)
        if is_paid:
            yield words("third_party.booked", at=facts.day(row.paid_at), booking=row.booking)
    else:
        left = Money(max(0, row.blocked_minor - row.granted_minor), row.currency)
        given = Money(given_minor(row), row.currency)
        yield words("third_party.released", granted=given, left=left)
        is_told = row.state is ThirdPartyState.RELEASED
        yield words("third_party.bank_has" if is_told else "third_party.bank_told")


def clawback_order(facts: Facts, row: ClawbackRow, words: Wording) -> Document:
    """What somebody who was paid by mistake is ordered to give back, by when, and why."""
    asked = (words("clawback.intro"), words(f"clawback.{row.ground}"), *_due(facts, row, words))
    sections = [
        Section(words("clawback.asked"), asked, _paid(facts, row, words)),
        Section(words("clawback.how"), (words("clawback.pay"), words("clawback.object"))),
        Section(words("decision.signed"), tuple(_signed(facts, row, words))),
        _law(facts, row.law_row, words),
        _write_to(facts, words),
    ]
    head = _head(facts, row, words)
    return composed(facts, "clawback_order", row.id, words, head, sections)


def clawback_bank(facts: Facts, row: ClawbackRow, words: Wording) -> Document:
    """What the bank of who was paid by mistake is told of the order, and asked."""
    is_draft = row.state in NOT_ORDERED
    begun = words("decision.not_decided" if is_draft else "clawback_bank.intro")
    asked = (begun, words("clawback_bank.ask"), words("clawback_bank.no"))
    sections = [
        Section(words("clawback.asked"), asked, _paid(facts, row, words)),
        Section(words("decision.signed"), tuple(_signed(facts, row, words))),
        _write_to(facts, words),
    ]
    head = _head(facts, row, words)
    return composed(facts, "clawback_bank", row.id, words, head, sections)


def _head(facts: Facts, row: ClawbackRow, words: Wording) -> list[tuple[str, str]]:
    payout = next(p for p in facts.file.payouts if p.id == row.payout_id)
    return [
        (words("common.claim"), claim_number(row.claim_id)),
        (words("receipt.payee"), facts.account(payout.payee_account_id)),
        (words("common.state"), words.named("clawback_state", row.state)),
    ]


def _paid(facts: Facts, row: ClawbackRow, words: Wording) -> Table:
    payout = next(p for p in facts.file.payouts if p.id == row.payout_id)
    came = received_for(facts.file, row.id)
    rows = (
        (words("clawback.paid"), str(Money(payout.credited_minor, row.currency))),
        (words("receipt.booked"), facts.day(payout.settled_at)),
        (words("receipt.bank_ref"), payout.bank_ref),
        (words("clawback.back"), str(Money(row.amount_minor, row.currency))),
        (words("clawback.came"), str(Money(came, row.currency))),
        (words("clawback.open"), str(Money(max(0, row.amount_minor - came), row.currency))),
        (words("clawback.quote"), row.id),
    )
    return Table((), rows)


def _due(facts: Facts, row: ClawbackRow, words: Wording) -> Iterator[str]:
    if row.state in NOT_ORDERED:
        yield words("decision.not_decided")
    elif row.due_at is not None:
        yield words("clawback.due", due=_zoned(facts, words, row.due_at))


def _signed(facts: Facts, row: ClawbackRow, words: Wording) -> Iterator[str]:
    given = [
        a
        for a in facts.file.approvals
        if a.subject_id == row.id and a.action == "clawback" and a.state is ApprovalState.APPROVED
    ]
    for approval in given:
        asked, decided = (
            _zoned(facts, words, at) for at in (approval.asked_at, approval.decided_at)
        )
        yield words("decision.asked", who=approval.asked_by, when=asked)
        yield words("decision.decided", who=approval.decided_by, when=decided)
    if not given:
        yield words("decision.not_decided")


def _law(facts: Facts, code: str, words: Wording) -> Section:
    """The row of the law that the clock is counted by, with what of it was read."""
    row = facts.law.rows.get(code)
    if row is None:
        return Section(words("third_party.law"), (words("third_party.no_law"),))
    told = words(
        "rule.source", instrument=row.instrument, article=row.article,
        text=words.named("law", row.source_text), status=words.named("law", row.status),
    )  # fmt: skip
    return Section(words("third_party.law"), (told,))


def _write_to(facts: Facts, words: Wording) -> Section:
    to = facts.sender.answer_to or facts.sender.address
    told = words("invitation.to", to=to) if to else words("invitation.to_unit")
    return Section(words("invitation.answer"), (told,))


def _zoned(facts: Facts, words: Wording, at: datetime | None) -> str:
    return words("common.zone", day=facts.day(at), zone=facts.law.time_zone)

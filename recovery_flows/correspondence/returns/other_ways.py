"""Papers about money by other ways: to a holder who is invited, to who gave back, to a bank, to a
victim. Each is a draft: a person sends it.

An invitation states facts and threatens nothing; a message to a victim has nobody else in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.case_file import CaseFile
from models.entities.claim import ClaimRow
from models.entities.hold import HoldRow
from models.entities.recall import RecallRow
from models.entities.voluntary_return import InstalmentState, ReturnRow, ReturnState
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number, composed
from recovery_flows.correspondence.returns.fact_sheet import traced_minor
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger.outstanding_losses import GOING, paid_minor
from recovery_flows.restitution import custody, voluntary

KINDS = ("invitation", "payer-receipt", "recall-letter", "victim-message")
"""Only where they are asked for by name: each goes to one person or bank."""


def papers(facts: Facts, kind: str, words: Wording) -> Iterator[Document]:
    """The papers of one of `KINDS` that a recovery gives now."""
    file = facts.file
    if kind == "invitation":
        yield from (invitation(facts, r, words) for r in file.voluntary_returns
                    if r.state is not ReturnState.ENDED)  # fmt: skip
    elif kind == "payer-receipt":
        yield from (payer_receipt(facts, h, words) for h in file.holds if custody.is_received(h))
    elif kind == "recall-letter":
        yield from (recall_letter(facts, r, words) for r in file.recalls)
    else:
        yield from (victim_message(facts, c, words) for c in file.claims)


def invitation(facts: Facts, row: ReturnRow, words: Wording) -> Document:
    """What the holder of an account is asked: what reached it, by when to answer, what follows."""
    asset = next(a for a in facts.file.assets if a.account_id == row.account_id)
    told = voluntary.standing(facts.file, row)
    head = [
        (words("common.account"), facts.account(row.account_id)),
        (words("invitation.reached"), str(facts.money(traced_minor(facts.file, asset)))),
    ]
    if row.answer_due_at is not None:
        head.append((words("invitation.answer_by"), facts.day(row.answer_due_at)))
    sections = [
        Section(words("invitation.asked"), (words("invitation.intro"), words("invitation.free"))),
        Section(words("invitation.effect"), (words("invitation.recorded"),)),
    ]
    rows = tuple(
        (str(p.number), facts.day(p.due_at), str(facts.money(p.amount_minor)),
         words.named("way", p.state))
        for p in voluntary.instalments_of(facts.file, row.id)
        if p.state is not InstalmentState.REPLACED
    )  # fmt: skip
    if rows:
        names = ("part", "due", "amount", "stands")
        table = Table(tuple(words(f"invitation.{n}") for n in names), rows, right=(0, 2))
        came = words("invitation.came", came=told.received, promised=told.promised)
        sections.append(Section(words("invitation.plan"), (came,), table))
    sections.append(_answer_to(facts, words))
    return composed(facts, "invitation", row.id, words, head, sections)


def payer_receipt(facts: Facts, hold: HoldRow, words: Wording) -> Document:
    """What somebody has given back, as the unit's bank booked it and two people have seen it."""
    rows = [
        (words("receipt.amount"), str(Money(hold.requested_minor, hold.currency))),
        (words("receipt.booked"), facts.day(hold.acted_at)),
        (words("receipt.bank_ref"), hold.bank_ref),
    ]
    row = next((r for r in facts.file.voluntary_returns if r.id == hold.return_id), None)
    if row is not None:
        told = voluntary.standing(facts.file, row)
        rows.append((words("payer_receipt.of"), str(told.promised)))
        rows.append((words("payer_receipt.so_far"), f"{told.received} ({told.per_cent})"))
    paid = Section(
        words("receipt.payment"), (words("payer_receipt.intro"),), Table((), tuple(rows))
    )
    return composed(facts, "payer_receipt", hold.id, words, [], [paid])


def recall_letter(facts: Facts, row: RecallRow, words: Wording) -> Document:
    """The cover of a camt.056 to the victim's bank; the message itself is a file beside it."""
    claim = next(c for c in facts.file.claims if c.id == row.claim_id)
    rows = (
        (words("recall_letter.case_id"), row.case_ref),
        (words("recall_letter.payment"), row.uetr or row.end_to_end_id or "-"),
        (words("receipt.amount"), str(Money(row.requested_minor, row.currency))),
        (words("recall_letter.paid"), facts.day(claim.paid_at)),
        (words("recall_letter.from"), facts.account(claim.victim_account_id)),
        (words("recall_letter.message"), row.message),
    )
    asked = Section(
        words("recall_letter.asked"),
        (words("recall_letter.intro"), words("recall_letter.money")),
        Table((), rows),
    )
    head = [
        (words("common.bank"), facts.bank_of(row.partner_id)),
        (words("common.state"), words.named("way", row.state)),
    ]
    return composed(facts, "recall_letter", row.id, words, head, [asked, _answer_to(facts, words)])


def victim_message(facts: Facts, claim: ClaimRow, words: Wording) -> Document:
    """Where one victim's report stands, in figures; nobody else is in it."""
    file = facts.file
    going = sum(p.amount_minor for p in file.payouts if p.claim_id == claim.id and p.state in GOING)
    paid = paid_minor(file, claim)
    figures: Mapping[str, int] = {
        "victim_message.reported": claim.reported_minor,
        "common.loss": claim.upheld_minor,
        "common.returned": paid,
        "victim_message.under_way": going,
        "common.still": max(0, claim.upheld_minor - paid),
    }
    table = Table((), tuple((words(key), str(facts.money(m))) for key, m in figures.items()))
    stands = words("victim_message.stands", state=words.named("way", claim.state))
    sections = [
        Section(words("victim_message.where"), (stands, _recalled(file, claim, words)), table),
        Section(words("victim_message.beware"), (words("victim_message.free"),)),
        _answer_to(facts, words),
    ]
    head = [(words("common.claim"), claim_number(claim.id))]
    return composed(facts, "victim_message", claim.id, words, head, sections)


def _recalled(file: CaseFile, claim: ClaimRow, words: Wording) -> str:
    is_recalled = any(r.claim_id == claim.id and r.sent_at is not None for r in file.recalls)
    return words("victim_message.recalled" if is_recalled else "victim_message.next")


def _answer_to(facts: Facts, words: Wording) -> Section:
    to = facts.sender.answer_to or facts.sender.address
    told = words("invitation.to", to=to) if to else words("invitation.to_unit")
    return Section(words("invitation.answer"), (told,))

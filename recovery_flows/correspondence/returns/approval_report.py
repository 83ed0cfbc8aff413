"""The report for approval: everything that a yes to a return binds, and what it rests on.

The figures are those of the approval itself, so that what is read here and what the yes covers are
the same; persons stand by the number of their claim, reasons by their note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.entities.allocation import UNDECIDED, AllocationRow
from models.entities.approval import ApprovalRow, ApprovalState
from models.figures import (
    AccountNumber,
    AnswerTyped,
    Document as Paper,
    Figure,
    Holder,
    Masked,
    Payee,
    Reason,
)
from models.language.catalogue import Language
from models.language.shown import term
from models.money import Money
from recovery_flows.approvals.figures import ApprovalSubject, subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.correspondence.returns import approval_checks, return_tables as tables
from recovery_flows.correspondence.returns.application import request_of
from recovery_flows.correspondence.returns.compose import (
    Facts,
    claim_number,
    composed,
    pool_facts,
    rule,
    signed,
    zoned,
)
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.law.rows import Measure
from recovery_flows.restitution import basis
from recovery_flows.restitution.allocation import COURT_LIST, AllocationMethod

_DIGEST_SHOWN, _NOTE_SHOWN = 16, 12
_PARTS = ("number", "trace", "claims", "payees", "holds", "sharers")


def report(facts: Facts, allocation: AllocationRow, words: Wording) -> Document:
    """What the approver of a division is asked to say yes to, and what that rests on."""
    asked = request_of(facts, allocation)
    papers = tables.evidence_of(facts, allocation, words)
    claims = tables.claims(facts, allocation, papers, words)
    intro = (words("application.claims_intro"),)
    law = rule(facts, allocation, words)
    told = (*law.paragraphs, words(f"report.{_rounding(allocation)}"))
    sections = [
        Section(words("report.asked"), tuple(_asked(facts, allocation, asked, words))),
        Section(words("report.who"), tuple(_who(facts, allocation, asked, words))),
        _bound(facts, allocation, asked, words),
        Section(words("application.claims"), intro, claims),
        tables.evidence(papers, words),
        Section(law.heading, told),
        tables.holds(facts, allocation, words),
        _payees(facts, allocation, words),
        _basis(facts, allocation, words),
        *approval_checks.sections(facts, allocation, words),
        Section(words("decision.signed"), tuple(signed(facts, allocation, words))),
    ]
    head = pool_facts(facts, allocation, words)
    return composed(facts, "report", allocation.id, words, head, sections)


def _asked(
    facts: Facts, allocation: AllocationRow, asked: ApprovalRow | None, words: Wording
) -> Iterator[str]:
    yield words("report.intro", **tables.asked_values(facts, allocation))
    if asked is None:
        yield words("report.not_asked")
    else:
        when = zoned(facts, words, asked.asked_at)
        yield words("report.asked_by", who=asked.asked_by, when=when)
        if asked.due_at is not None:
            yield words("report.due", due=zoned(facts, words, asked.due_at))
    yield words("report.stands", state=words.named("state", allocation.state))


def _who(
    facts: Facts, allocation: AllocationRow, asked: ApprovalRow | None, words: Wording
) -> Iterator[str]:
    """Which officer of the unit may say yes, and which authority the law names for it."""
    if asked is None:
        yield words("report.another_any")
    else:
        yield words("report.another", who=asked.asked_by)
    step = next((s for s in facts.law.ladder if s.code == allocation.method), None)
    if step is None or not step.needs_notice or not facts.law.has(Measure.NOTICE):
        yield words("report.no_authority")
        return
    row = facts.law.notice
    yield words(
        "report.authority", approver=words.named("approver", row.approver),
        instrument=words.named("instrument", row.instrument),
        article=words.named("article", row.article), status=words.named("law", row.status),
    )  # fmt: skip


def _bound(
    facts: Facts, allocation: AllocationRow, asked: ApprovalRow | None, words: Wording
) -> Section:
    """The figures of the approval, with the digest that a yes to them binds."""
    subject = subject_of(facts.file, ApprovalKind.RETURN, allocation.id)
    rows = tuple(_row(facts, figure, words) for figure in subject.figures)
    table = Table((words("report.figure"), words("report.value")), rows)
    told = words("report.bound_intro"), _digest(subject, asked, words)
    return Section(words("report.bound"), told, table)


def _digest(subject: ApprovalSubject, asked: ApprovalRow | None, words: Wording) -> str:
    if asked is not None and asked.subject_digest != subject.digest:
        if asked.state is ApprovalState.PENDING:
            return words("report.digest_then", digest=asked.subject_digest)
        return words("report.digest_decided", digest=asked.subject_digest)
    return words("report.digest", digest=subject.digest)


def _row(facts: Facts, figure: Figure, words: Wording) -> tuple[str, str]:
    value = figure.value
    if isinstance(value, Payee):
        to, bank = facts.account(value.account_id), facts.bank_of(value.bank)
        told = words("report.from", amount=value.amount, account=to, bank=bank)
        return f"{words('common.claim')} {claim_number(value.claim_id)}", told
    return term(figure.label, Language(words.language)), _value(facts, figure, words)


def _value(facts: Facts, figure: Figure, words: Wording) -> str:
    """A figure in words; a holder as whether he is the victim, a reason by its note."""
    value = figure.value
    match value:
        case str() | Money():
            return str(value)
        case AccountNumber():
            return facts.account(value.account_id)
        case Holder():
            return _whose(facts, value.account_id, value.claim_id, words)
        case Reason():
            return words("report.note", fingerprint=value.fingerprint[:_NOTE_SHOWN])
        case Paper():
            return f"SHA-256 {value.digest[:_DIGEST_SHOWN]}"
        case Masked() | AnswerTyped() | Payee():
            raise AssertionError(f"a return binds no figure of the kind {type(value).__name__}")
    return zoned(facts, words, value)


def _whose(facts: Facts, account_id: str, claim_id: str, words: Wording) -> str:
    known = facts.names.is_victims(account_id, claim_id)
    return words(f"report.{ {True: 'own', False: 'stranger', None: 'unknown'}[known] }")


def _rounding(allocation: AllocationRow) -> str:
    if allocation.method == COURT_LIST:
        return "court_rounding"
    return "no_rounding" if allocation.method == AllocationMethod.DIRECT else "rounding"


def _payees(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    """Every share that does not go to the account from which the money came."""
    by_id = {claim.id: claim for claim in facts.file.claims}
    rows = []
    for payout in facts.file.payouts_of(allocation.id):
        claim = by_id[payout.claim_id]
        if payout.payee_account_id == claim.victim_account_id:
            continue
        paid = tables.paid_by(facts.file, claim.id, payout.payee_account_id)
        whose = _whose(facts, payout.payee_account_id, claim.id, words)
        rows.append(
            (
                claim_number(claim.id),
                facts.account(claim.victim_account_id),
                facts.account(payout.payee_account_id),
                words("report.stood_in", amount=facts.money(paid)) if paid else whose,
                "-" if paid else claim.payout_changed_by or "-",
            )
        )
    heading = words("report.payees")
    if not rows:
        return Section(heading, (words("report.payees_none"),))
    head = ("common.claim", "report.came_from", "application.pay_to", "report.whose",
            "report.changed_by")  # fmt: skip
    once = tuple(dict.fromkeys(rows))  # one share may come out of several holds
    return Section(heading, (), Table(tuple(words(key) for key in head), once))


def _basis(facts: Facts, allocation: AllocationRow, words: Wording) -> Section:
    """What the decision was drafted from, part by part, and whether each is the same now."""
    heading, parts = words("report.basis"), basis.then_and_now(facts.file, allocation)
    if not parts:
        return Section(heading, (words("report.no_basis"),))
    is_open = allocation.state in UNDECIDED
    rows = tuple(_parts(parts.items(), words, is_open=is_open))
    keys = ("report.part", "report.drafted_from", *(("report.now",) if is_open else ()))
    told = [words("report.basis_intro")]
    trace = facts.file.trace
    if trace is not None:
        using = words.named("tracing", trace.rule)
        told.append(words("report.trace", rule=using, as_of=zoned(facts, words, trace.as_of)))
    if is_open:
        stands = all(then == now for then, now in parts.values())
        told.append(words("report.unchanged" if stands else "report.changed"))
    return Section(heading, tuple(told), Table(tuple(words(key) for key in keys), rows))


def _parts(
    parts: Iterable[tuple[str, tuple[str, str]]], words: Wording, *, is_open: bool
) -> Iterator[tuple[str, ...]]:
    for name, (then, now) in sorted(parts, key=lambda part: _PARTS.index(part[0])):
        result = words("report.same" if then == now else "report.other")
        yield (words(f"report.basis_{name}"), then, *((result,) if is_open else ()))

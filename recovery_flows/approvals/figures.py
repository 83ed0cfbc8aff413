"""What a second person is shown and what the approval binds: one list of figures for each act.

`figures_of` is the only source. The digest of an approval is over these figures and the ids of
what they are about; the screen, `recovery approve`, a preview, the sentence in the queue and the
row of the table show these figures and no others: what is shown is bound, and the reverse.

To add a kind of approval: a member of `kinds.ApprovalKind` with its `SUBJECT_NOUN`, a function
here that returns the figures, and its line in `_FIGURES`. To bind one more thing: one more
`Figure`. Values are typed (`models.figures`). Exactly one figure is the headline, if the act is
about one sum. A subject outside of a recovery's file makes its own `ApprovalSubject`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from models.case_file import CaseFile, OfLastFile
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.asset import AssetRow
from models.entities.call import CallRow
from models.entities.hold import HoldKind, HoldRow
from models.entities.ledger import LedgerAccount
from models.figures import (
    AccountNumber,
    AnswerTyped,
    Document,
    Figure,
    Masked,
    Reason,
    bound,
)
from models.ids import derive_id, digest
from models.money import Money
from recovery_flows.approvals import money_figures, request_figures, third_party_figures
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.ledger import hold_figures, releasable
from recovery_flows.ledger.reported_payments import only_reported_minor
from recovery_flows.ledger.term_names import term_word

_SPELLING = "figures-1"
"""Named in every digest: a digest made by another spelling never equals one of this."""


@dataclass(frozen=True, slots=True)
class ApprovalSubject:
    """What one approval is about: the act, the id of what it changes, and every figure of it."""

    act: str
    subject_id: str
    figures: tuple[Figure, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the act, the subject's id and every figure in order."""
        return digest([_SPELLING, self.act, self.subject_id, *map(bound, self.figures)])


def subject_of(file: CaseFile, act: ApprovalKind, subject_id: str) -> ApprovalSubject:
    """What an approval of `act` on `subject_id` would bind now; no figures if it is not there."""
    known = _KNOWN.answers(file)
    found = known.get((act, subject_id))
    if found is None:
        figures = _FIGURES[act](file, subject_id) if _is_there(file, subject_id) else ()
        found = known[act, subject_id] = ApprovalSubject(act, subject_id, tuple(figures))
    return found


_KNOWN = OfLastFile[ApprovalSubject]()
"""Whether a figure has changed is asked before and after a decision, and for the next step."""


def _is_there(file: CaseFile, subject_id: str) -> bool:
    """Whether the file still has what an approval is about; answered letters leave it."""
    rows: Iterator[Any] = chain(
        file.holds, file.requests, file.allocations, file.multi_agency_requests, file.claims,
        file.compensations, file.unclaimed, file.clawbacks, file.court_lists, file.recalls,
        file.recall_credits, file.third_party_claims, file.court_shares, file.calls,
    )  # fmt: skip
    return subject_id == file.recovery.id or any(row.id == subject_id for row in rows)


def subject_digest(file: CaseFile, act: ApprovalKind, subject_id: str) -> str:
    """Digest of the figures that an approval of `act` on `subject_id` would bind now."""
    return subject_of(file, act, subject_id).digest


def approval_id(file: CaseFile, act: ApprovalKind, subject_id: str) -> str:
    """A new approval's id: the n-th that was asked for this act on this subject."""
    earlier = [a for a in file.approvals if a.subject_id == subject_id and a.action == act]
    return derive_id("appr", subject_id, act, len(earlier) + 1)


def is_in_force(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether a call may go out under this approval now.

    It was given, or the law lets the order leave before its confirmation; and what it was given
    for has not changed by a single figure since.
    """
    given = approval.state is ApprovalState.APPROVED or (
        approval.post_hoc and approval.state is ApprovalState.PENDING
    )
    return given and is_unchanged(file, approval)


def is_unchanged(file: CaseFile, approval: ApprovalRow) -> bool:
    """Whether every figure is as it was when this approval was asked for."""
    now = subject_digest(file, ApprovalKind(approval.action), approval.subject_id)
    return approval.subject_digest == now


def _account(asset: AssetRow) -> Iterator[Figure]:
    yield Figure("bank", asset.partner_id)
    yield Figure("account", AccountNumber(asset.account_id))


def _amount(minor: int, currency: str) -> Figure:
    return Figure("amount", Money(minor, currency), is_headline=True)


def _measure(file: CaseFile, hold: HoldRow) -> Iterator[Figure]:
    yield from _account(file.asset(hold.asset_id))
    yield Figure("measure", f"{hold.kind} under {hold.law_row}")


def _order(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    """A hold to be ordered; one that blocks more than is disputed says how much is, and why."""
    hold = file.hold(hold_id)
    yield from _measure(file, hold)
    yield _amount(hold.requested_minor, hold.currency)
    if hold.supersedes_id:
        yield Figure("follows", hold.supersedes_id)
    asset = file.asset(hold.asset_id)
    reported = only_reported_minor(file, asset) if hold.kind is HoldKind.FREEZE else 0
    if reported:
        yield Figure("reported, in no statement yet", Money(reported, asset.currency))
    if hold.scope_reason:
        yield Figure("disputed", Money(asset.traced_minor, asset.currency))
        yield Figure("reason", Reason(hold.scope_reason))


def _held(file: CaseFile, hold: HoldRow, amount: Money) -> Iterator[Figure]:
    yield from _measure(file, hold)
    if hold.bank_ref:
        yield Figure("bank ref", hold.bank_ref)
    yield _amount(amount.minor, amount.currency)


def _money_released(file: CaseFile, hold: HoldRow, amount: Money) -> Iterator[Figure]:
    """The sum to be released; and what of it is traced to victims still owed."""
    yield from _held(file, hold, amount)
    if not releasable.is_free(file, file.asset(hold.asset_id), hold):
        traced = Money(releasable.of_loss_minor(file, hold), hold.currency)
        yield Figure("of the hold, traced to victims", traced)
        yield Figure("still owed to victims", releasable.owed(file))


def _release(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    hold = file.hold(hold_id)
    return _money_released(file, hold, hold_figures.shown(hold))


def _renewal(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    """A freeze with what it holds now, and the end from which it is prolonged."""
    hold = file.hold(hold_id)
    yield from _held(file, hold, Money(hold.held_minor, hold.currency))
    if hold.expires_at is not None:
        yield Figure("prolonged from", hold.expires_at)


def _part(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    hold = file.hold(hold_id)
    return _money_released(file, hold, Money(hold.releasing_minor, hold.currency))


def _complaint(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    hold = file.hold(hold_id)
    # A yes turns what was complained of into what is being released.
    minor = hold.complained_minor or hold.releasing_minor
    return _money_released(file, hold, Money(minor, hold.currency))


def _closing(file: CaseFile, recovery_id: str) -> Iterator[Figure]:
    """Where every cent of the loss stands when the file is closed."""
    del recovery_id
    sums: dict[LedgerAccount, int] = {}
    for balance in file.balances:
        account = LedgerAccount(balance.account)
        sums[account] = sums.get(account, 0) + balance.claim_minor
    reported = -sums.pop(LedgerAccount.REPORTED, 0)  # booked against the terms that it is made of
    yield Figure(term_word(LedgerAccount.REPORTED), Money(reported, file.recovery.currency))
    for account in sorted(sums):
        if sums[account]:
            yield Figure(term_word(account), Money(sums[account], file.recovery.currency))


def _refusal(file: CaseFile, recovery_id: str) -> Iterator[Figure]:
    """Whose loss is not worked on, and why."""
    del recovery_id
    for claim in sorted(file.claims, key=lambda c: c.id):
        yield Figure("reported loss", Money(claim.reported_minor, claim.currency))
    yield Figure("reason", Reason(file.recovery.asked_reason))


def _trace_rule(file: CaseFile, recovery_id: str) -> Iterator[Figure]:
    """The rule asked for, the one that it replaces, how much would lie elsewhere, and why."""
    del recovery_id
    recovery = file.recovery
    yield Figure("rule", _rule(recovery.asked_rule, recovery.asked_among))
    yield Figure("instead of", _rule(recovery.tracing_rule, recovery.tracing_among))
    moved = Money(recovery.asked_moved_minor, recovery.currency)
    yield Figure("would lie elsewhere", moved)
    yield Figure("reason", Reason(recovery.asked_reason))


def _rule(name: str, among: str) -> str:
    return f"{name}, among victims {among}" if among else name


def _multi_agency_request(file: CaseFile, linkage_id: str) -> Iterator[Figure]:
    """Every task of it: who is asked what, about which subject, under which row of the law."""
    multi_agency_request = next(row for row in file.multi_agency_requests if row.id == linkage_id)
    tasks = sorted((t for t in file.tasks if t.linkage_id == linkage_id), key=lambda t: t.id)
    count = f"{len(tasks)} task{'' if len(tasks) == 1 else 's'}"
    yield Figure("asked", count, is_headline=True)
    yield Figure("incident", Document(multi_agency_request.identifiers_digest))
    for task in tasks:
        what = f"{task.kind.replace('_', ' ')}: {task.subject_hint} ({task.law_row})"
        yield Figure(task.partner_id, Masked(what, task.subject_digest))


def _letter_answer(file: CaseFile, call_id: str) -> Iterator[Figure]:
    """Which letter, what was typed of its answer and by whom, and the bank's document."""
    call = next(c for c in file.calls if c.id == call_id)
    yield Figure("bank", call.partner_id)
    yield Figure("account", AccountNumber(_account_of_call(file, call)))
    yield Figure("letter", f"{call.kind}{_asked_sum(file, call)}")
    yield Figure("it went", call.sent_how)
    yield Figure("the bank says", AnswerTyped(call.id, call.answer_digest), is_headline=True)
    yield Figure("document", Document(call.answer_document))
    yield Figure("typed by", call.answer_by)
    if call.letter_digest:
        yield Figure("letter's text", Document(call.letter_digest))
    yield Figure("to see it", f"recovery letter document {call.id}")


def _asked_sum(file: CaseFile, call: CallRow) -> str:
    """The sum that a letter asks for, to be held against the answer."""
    sums = [Money(h.requested_minor, h.currency) for h in file.holds if h.id == call.subject_id]
    sums += [Money(p.amount_minor, p.currency) for p in file.payouts if p.id == call.subject_id]
    return f" of {sums[0]}" if sums else ""


def _account_of_call(file: CaseFile, call: CallRow) -> str:
    claim = next((c for c in file.claims if c.id == call.subject_id), None)
    return claim.victim_account_id if claim else file.asset(call.asset_id).account_id


_FIGURES: dict[ApprovalKind, Callable[[CaseFile, str], Iterator[Figure]]] = {
    ApprovalKind.ORDER_STOP: _order,
    ApprovalKind.FREEZE: _order,
    ApprovalKind.RELEASE: _release,
    ApprovalKind.REQUEST: request_figures.request,
    ApprovalKind.ASSURANCE: request_figures.assurance,
    ApprovalKind.RETURN: money_figures.allocation,
    ApprovalKind.PAYEE: money_figures.payee,
    ApprovalKind.RECEIPT: money_figures.receipt,
    ApprovalKind.COMPENSATION: money_figures.compensation,
    ApprovalKind.REFUND: money_figures.refund,
    ApprovalKind.CLAWBACK: money_figures.clawback,
    ApprovalKind.CLAWBACK_WRITE_OFF: money_figures.write_off,
    ApprovalKind.COURT_LIST: money_figures.court_list,
    ApprovalKind.THIRD_PARTY_CLAIM: third_party_figures.claim,
    ApprovalKind.DAMAGES_PAYMENT: third_party_figures.payment,
    ApprovalKind.COURT_LIST_END: money_figures.court_list_end,
    ApprovalKind.COURT_SET_ASIDE: money_figures.court_set_aside,
    ApprovalKind.COURT_IDENTIFY: money_figures.court_identify,
    ApprovalKind.RECALL: money_figures.recall,
    ApprovalKind.RECALL_CREDIT: money_figures.recall_credit,
    ApprovalKind.RECALL_REVERSAL: money_figures.recall_reversal,
    ApprovalKind.CLOSE: _closing,
    ApprovalKind.REFUSE_REPORT: _refusal,
    ApprovalKind.TRACE_RULE: _trace_rule,
    ApprovalKind.RENEW: _renewal,
    ApprovalKind.RELEASE_PART: _part,
    ApprovalKind.COMPLAINT: _complaint,
    ApprovalKind.MULTI_AGENCY_REQUEST: _multi_agency_request,
    ApprovalKind.LETTER_ANSWER: _letter_answer,
}

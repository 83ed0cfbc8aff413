"""The kinds of approval, and what entity each is about; `approval_subjects` has their figures."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from models.entities.event import EntityKind
from models.language.phrase import phrase


class ApprovalKind(StrEnum):
    """What a second person is asked to say yes to."""

    ORDER_STOP = "order_stop"
    FREEZE = "freeze"
    RELEASE = "release"
    REQUEST = "request"
    RETURN = "return"
    CLOSE = "close"
    REFUSE_REPORT = "refuse_report"
    TRACE_RULE = "trace_rule"
    RENEW = "renew"
    RELEASE_PART = "release_part"
    COMPLAINT = "complaint"
    MULTI_AGENCY_REQUEST = "linkage"
    LETTER_ANSWER = "letter_answer"
    PAYEE = "payee"
    RECEIPT = "receipt"
    COMPENSATION = "compensation"
    REFUND = "refund"
    CLAWBACK = "clawback"
    CLAWBACK_WRITE_OFF = "clawback_write_off"
    COURT_LIST = "court_list"
    RECALL = "recall"
    RECALL_CREDIT = "recall_credit"
    RECALL_REVERSAL = "recall_reversal"
    ASSURANCE = "assurance"
    THIRD_PARTY_CLAIM = "third_party_claim"
    DAMAGES_PAYMENT = "damages_payment"
    COURT_LIST_END = "court_list_end"
    COURT_SET_ASIDE = "court_set_aside"
    COURT_IDENTIFY = "court_identify"


_WORDS: Mapping[ApprovalKind, str] = {
    ApprovalKind.ORDER_STOP: phrase("stop-payment"),
    ApprovalKind.FREEZE: phrase("freeze"),
    ApprovalKind.RELEASE: phrase("release"),
    ApprovalKind.REQUEST: phrase("request abroad"),
    ApprovalKind.RETURN: phrase("return to victims"),
    ApprovalKind.CLOSE: phrase("closing"),
    ApprovalKind.REFUSE_REPORT: phrase("refusal of a report"),
    ApprovalKind.TRACE_RULE: phrase("tracing rule"),
    ApprovalKind.RENEW: phrase("renewal"),
    ApprovalKind.RELEASE_PART: phrase("partial release"),
    ApprovalKind.COMPLAINT: phrase("third party's complaint"),
    ApprovalKind.MULTI_AGENCY_REQUEST: phrase("multi-agency request"),
    ApprovalKind.LETTER_ANSWER: phrase("typed letter"),
    ApprovalKind.PAYEE: phrase("another payee"),
    ApprovalKind.RECEIPT: phrase("money received"),
    ApprovalKind.COMPENSATION: phrase("payment to a victim by others"),
    ApprovalKind.REFUND: phrase("refund by the treasury"),
    ApprovalKind.CLAWBACK: phrase("order to give money back"),
    ApprovalKind.CLAWBACK_WRITE_OFF: phrase("write-off of a clawback"),
    ApprovalKind.COURT_LIST: phrase("court's list of returns"),
    ApprovalKind.RECALL: phrase("recall of a payment"),
    ApprovalKind.RECALL_CREDIT: phrase("money back by a recall"),
    ApprovalKind.ASSURANCE: phrase("assurance to another State"),
    ApprovalKind.RECALL_REVERSAL: phrase("reversal of recalled money"),
    ApprovalKind.THIRD_PARTY_CLAIM: phrase("third party's claim"),
    ApprovalKind.DAMAGES_PAYMENT: phrase("payment for a wrong freeze"),
    ApprovalKind.COURT_LIST_END: phrase("end of a court's list"),
    ApprovalKind.COURT_SET_ASIDE: phrase("row of a court's list set aside"),
    ApprovalKind.COURT_IDENTIFY: phrase("row of a court's list identified"),
}
TOGETHER = frozenset({
    ApprovalKind.ORDER_STOP, ApprovalKind.MULTI_AGENCY_REQUEST, ApprovalKind.RENEW,
    ApprovalKind.CLOSE,
})  # fmt: skip
"""Kinds that may be approved together: sent already, the same for longer, or opened again.

What lets money go, takes a right, leaves the country or enters the books is looked at alone, and
so is a stop that was not sent first: it leaves by its approval.
"""
SUBJECT_NOUN = {
    ApprovalKind.ORDER_STOP: EntityKind.HOLD,
    ApprovalKind.FREEZE: EntityKind.HOLD,
    ApprovalKind.RELEASE: EntityKind.HOLD,
    ApprovalKind.REQUEST: EntityKind.REQUEST,
    ApprovalKind.ASSURANCE: EntityKind.REQUEST,
    ApprovalKind.RETURN: EntityKind.ALLOCATION,
    ApprovalKind.CLOSE: EntityKind.RECOVERY,
    ApprovalKind.REFUSE_REPORT: EntityKind.RECOVERY,
    ApprovalKind.TRACE_RULE: EntityKind.RECOVERY,
    ApprovalKind.RENEW: EntityKind.HOLD,
    ApprovalKind.RELEASE_PART: EntityKind.HOLD,
    ApprovalKind.COMPLAINT: EntityKind.HOLD,
    ApprovalKind.MULTI_AGENCY_REQUEST: EntityKind.MULTI_AGENCY_REQUEST,
    ApprovalKind.LETTER_ANSWER: EntityKind.CALL,
    ApprovalKind.PAYEE: EntityKind.CLAIM,
    ApprovalKind.RECEIPT: EntityKind.HOLD,
    ApprovalKind.COMPENSATION: EntityKind.COMPENSATION,
    ApprovalKind.REFUND: EntityKind.UNCLAIMED_SHARE,
    ApprovalKind.CLAWBACK: EntityKind.CLAWBACK,
    ApprovalKind.CLAWBACK_WRITE_OFF: EntityKind.CLAWBACK,
    ApprovalKind.COURT_LIST: EntityKind.COURT_LIST,
    ApprovalKind.RECALL: EntityKind.RECALL,
    ApprovalKind.RECALL_CREDIT: EntityKind.RECALL_CREDIT,
    ApprovalKind.RECALL_REVERSAL: EntityKind.RECALL_CREDIT,
    ApprovalKind.THIRD_PARTY_CLAIM: EntityKind.THIRD_PARTY_CLAIM,
    ApprovalKind.DAMAGES_PAYMENT: EntityKind.THIRD_PARTY_CLAIM,
    ApprovalKind.COURT_LIST_END: EntityKind.COURT_LIST,
    ApprovalKind.COURT_SET_ASIDE: EntityKind.COURT_SHARE,
    ApprovalKind.COURT_IDENTIFY: EntityKind.COURT_SHARE,
}


def kind_word(kind: str) -> str:
    """What an approval is called in sentences and lists; a change of a register by its own name."""
    try:
        return _WORDS[ApprovalKind(kind)]
    except ValueError:
        return phrase(kind.replace("_", " "))

"""The kinds of approval, and what entity each is about; `approval_subjects` has their figures."""

from __future__ import annotations

from enum import StrEnum

from models.entities.states import Noun


class Act(StrEnum):
    """What a second person is asked to say yes to."""

    ORDER_STOP = "order_stop"
    FREEZE = "freeze"
    RELEASE = "release"
    REQUEST = "request"
    RETURN = "return"
    CLOSE = "close"
    TRACE_RULE = "trace_rule"
    RENEW = "renew"
    RELEASE_PART = "release_part"
    COMPLAINT = "complaint"
    LINKAGE = "linkage"
    LETTER_ANSWER = "letter_answer"
    PAYEE = "payee"


SUBJECT_NOUN = {
    Act.ORDER_STOP: Noun.HOLD,
    Act.FREEZE: Noun.HOLD,
    Act.RELEASE: Noun.HOLD,
    Act.REQUEST: Noun.REQUEST,
    Act.RETURN: Noun.ALLOCATION,
    Act.CLOSE: Noun.RECOVERY,
    Act.TRACE_RULE: Noun.RECOVERY,
    Act.RENEW: Noun.HOLD,
    Act.RELEASE_PART: Noun.HOLD,
    Act.COMPLAINT: Noun.HOLD,
    Act.LINKAGE: Noun.LINKAGE,
    Act.LETTER_ANSWER: Noun.CALL,
    Act.PAYEE: Noun.CLAIM,
}

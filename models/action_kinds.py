"""What can be the next step of a recovery."""

from __future__ import annotations

from enum import StrEnum


class ActionKind(StrEnum):
    """One key, one command: what can be the next step."""

    ACCEPT = "accept"
    ORDER_STOP = "order_stop"
    SUBMIT_FREEZE = "submit_freeze"
    COMPLETE_REQUEST = "complete_request"
    SUBMIT_REQUEST = "submit_request"
    JOIN = "join"
    SPLIT = "split"
    CHECK_TITLE = "check_title"
    PUBLISH_NOTICE = "publish_notice"
    SUBMIT_RETURN = "submit_return"
    SUBMIT_RELEASE = "submit_release"
    SUBMIT_RENEWAL = "submit_renewal"
    SEE_LAPSE = "see_lapse"
    RENEW_PRESERVATION = "renew_preservation"
    SEE_EXPIRY = "see_expiry"
    SEE_REFUSAL = "see_refusal"
    RELEASE_AGAIN = "release_again"
    VERIFY_CLAIM = "verify_claim"
    ASK_STATEMENT = "ask_statement"
    GIVE_UP_ACCOUNT = "give_up_account"
    SUBMIT_CLOSE = "submit_close"
    RESOLVE_DISCREPANCY = "resolve_discrepancy"
    DECIDE_OBJECTION = "decide_objection"
    FOLLOW_RETURN = "follow_return"
    FOLLOW_UNCLAIMED = "follow_unclaimed"
    FOLLOW_CLAWBACK = "follow_clawback"
    FOLLOW_COURT_LIST = "follow_court_list"
    SEND_RECALL = "send_recall"
    FOLLOW_RECALL = "follow_recall"
    APPROVE = "approve"
    ENGINE = "engine"
    WAIT = "wait"
    DONE = "done"

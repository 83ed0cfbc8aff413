"""The states of the sandbox's own resources, as they stand on the wire."""

from __future__ import annotations

from enum import StrEnum

HOME_JURISDICTION = "CN"


class HoldStatus(StrEnum):
    RECEIVED = "RECEIVED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    HELD = "HELD"
    PARTIALLY_HELD = "PARTIALLY_HELD"
    QUEUED = "QUEUED"
    REFUSED = "REFUSED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    CONVERTED = "CONVERTED"
    PAID_OUT = "PAID_OUT"
    CANCELLED = "CANCELLED"


WAITING = frozenset({HoldStatus.RECEIVED, HoldStatus.ACKNOWLEDGED, HoldStatus.QUEUED})
LIVE = frozenset({HoldStatus.HELD, HoldStatus.PARTIALLY_HELD})
PAYING = LIVE | {HoldStatus.CONVERTED}


class HoldKind(StrEnum):
    STOP = "stop"
    FREEZE = "freeze"
    QUEUE = "queue"


class PayoutStatus(StrEnum):
    RECEIVED = "RECEIVED"
    SETTLED = "SETTLED"
    REFUSED = "REFUSED"
    RETURNED = "RETURNED"


class Rejection(StrEnum):
    """Why a bank refuses; every reason but OTHER and NAME_MISMATCH is a code of DICT's MED."""

    NO_BALANCE = "NO_BALANCE"
    ACCOUNT_CLOSURE = "ACCOUNT_CLOSURE"
    NAME_MISMATCH = "NAME_MISMATCH"
    ALREADY_FROZEN = "ALREADY_FROZEN"
    OTHER = "OTHER"


class FaultKind(StrEnum):
    """How a bank can be wrong; what each does, and in which calls, is in `kinds`."""

    ERROR_500 = "error_500"
    RATE_LIMITED = "rate_limited"
    SLOW = "slow"
    TIMEOUT_AFTER_ACTING = "timeout_after_acting"
    DOWN = "down"
    CLOSED = "closed"
    TOO_LARGE = "too_large"
    NOT_ALLOWED = "not_allowed"
    SCHEMA_CHANGE = "schema_change"
    REPEATED = "repeated"
    OUT_OF_ORDER = "out_of_order"
    OFF_BY_A_CENT = "off_by_a_cent"
    PARTIAL = "partial"
    NO_MONEY = "no_money"
    WRONG_NAME = "wrong_name"
    MOVED_ON = "moved_on"
    LAPSES_EARLY = "lapses_early"
    LET_GO = "let_go"
    GATEWAY = "gateway"
    PAYS_SHORT = "pays_short"
    PAYS_LATE = "pays_late"
    PAYS_TWICE = "pays_twice"
    COMES_BACK = "comes_back"
    HOLD_STAMPED_FIRST = "hold_stamped_first"
    PAYOUT_STAMPED_FIRST = "payout_stamped_first"
    ASKS_FOR_MORE = "asks_for_more"
    POSTPONES = "postpones"
    SETS_A_CONDITION = "sets_a_condition"
    REFUSES = "refuses"
    EXECUTES_PART = "executes_part"
    ANSWERS_LATE = "answers_late"
    ANSWERS_TWICE = "answers_twice"
    CONTRADICTS = "contradicts"
    KEEPS_SILENT = "keeps_silent"
    NOT_DELIVERED = "not_delivered"

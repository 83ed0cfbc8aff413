"""States, kinds and roles, one StrEnum each; the moves between them are in `transitions`."""

from __future__ import annotations

from enum import StrEnum


class EntityKind(StrEnum):
    """What an event can be about; each has a table and, where it has states, a table of moves."""

    RECOVERY = "recovery"
    CLAIM = "claim"
    ASSET = "asset"
    HOLD = "hold"
    REQUEST = "request"
    ALLOCATION = "allocation"
    PAYOUT = "payout"
    CALL = "call"
    APPROVAL = "approval"
    TRACE = "trace"
    STATEMENT = "statement"
    NOTE = "note"
    PARTNER = "partner"
    OFFICER = "officer"
    LINKAGE = "linkage"
    TASK = "task"
    DISCREPANCY = "discrepancy"
    OBJECTION = "objection"
    REGISTER_CHANGE = "register_change"
    INSTALLATION = "installation"
    CLOCK = "clock"


class RecoveryState(StrEnum):
    REPORTED = "reported"
    OPEN = "open"
    JOINED = "joined"
    REJECTED = "rejected"
    CLOSED_RETURNED = "closed_returned"
    CLOSED_PARTIAL = "closed_partial"
    CLOSED_NO_RECOVERY = "closed_no_recovery"


class Stage(StrEnum):
    """Where one asset stands; a recovery's stage is the earliest with open work."""

    FREEZING = "freezing"
    TRACING = "tracing"
    CROSS_BORDER = "cross_border"
    RESTITUTION = "restitution"
    CLOSED = "closed"


class ClaimState(StrEnum):
    FILED = "filed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    PAID = "paid"


class HoldKind(StrEnum):
    STOP = "stop"
    FREEZE = "freeze"
    QUEUE = "queue"
    VOLUNTARY = "voluntary"


class HoldState(StrEnum):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    ORDERED = "ordered"
    STOPPED = "stopped"
    FROZEN = "frozen"
    QUEUED = "queued"
    REJECTED_BY_BANK = "rejected_by_bank"
    NO_FUNDS = "no_funds"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    RELEASE_PENDING = "release_pending"
    RELEASED = "released"
    DISPOSAL_PENDING = "disposal_pending"
    DISPOSED = "disposed"
    DENIED = "denied"
    CANCELLED = "cancelled"


class RequestState(StrEnum):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    EXECUTED = "executed"
    PARTIALLY_EXECUTED = "partially_executed"
    REFUSED = "refused"
    NEEDS_INFO = "needs_info"
    DENIED = "denied"


class AllocationState(StrEnum):
    DRAFT = "draft"
    NOTICE = "notice"
    NOTICE_ENDED = "notice_ended"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    PAID = "paid"
    PAID_IN_PART = "paid_in_part"
    NOT_PAID = "not_paid"
    VOID = "void"


class PayoutState(StrEnum):
    PREPARED = "prepared"
    INSTRUCTED = "instructed"
    SETTLED = "settled"
    REFUSED = "refused"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PartnerKind(StrEnum):
    """Who a partner is; an AUTHORITY supervises and is told, without victims' names."""

    BANK = "bank"
    TELECOM = "telecom"
    PLATFORM = "platform"
    AUTHORITY = "authority"


class PartnerChannel(StrEnum):
    """How a partner is reached: by its interface, or by letters that people send and answer."""

    API = "api"
    LETTER = "letter"


class LinkageState(StrEnum):
    RUNNING = "running"
    DENIED = "denied"
    ENDED = "ended"


class TaskKind(StrEnum):
    """What one partner is asked to do in a linkage; COPY tells an authority of the incident."""

    QUERY = "query"
    SUSPEND = "suspend"
    PRESERVE = "preserve"
    TAKE_DOWN = "take_down"
    WARN = "warn"
    COPY = "copy"


class SubjectKind(StrEnum):
    """What a task is about; INCIDENT is the authority's copy, the others are found in a case."""

    NUMBER = "number"
    IMEI = "imei"
    DOMAIN = "domain"
    URL = "url"
    ACCOUNT_NAME = "account_name"
    IP = "ip"
    BANK_ACCOUNT = "bank_account"
    INCIDENT = "incident"


class TaskRenewal(StrEnum):
    """How the end of what is preserved is met; SEEN: its owner took note that it is gone."""

    NONE = ""
    ORDERED = "ordered"
    REFUSED = "refused"
    SEEN = "seen"


class TaskState(StrEnum):
    ORDERED = "ordered"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    PRESERVED = "preserved"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"


class CallState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    UNKNOWN = "unknown"
    ANSWERED = "answered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class CallKind(StrEnum):
    HOLD = "hold"
    REQUEST = "request"
    RELEASE = "release"
    STATEMENT = "statement"
    PAYOUT = "payout"
    EXTEND = "extend"
    BALANCE = "balance"
    HOLD_QUERY = "hold_query"
    TASK = "task"
    TASK_EXTEND = "task_extend"
    TASK_CANCEL = "task_cancel"


QUESTIONS = frozenset({CallKind.STATEMENT, CallKind.BALANCE, CallKind.HOLD_QUERY})
"""Calls that change nothing at a bank: asked again whenever no answer came."""


class DiscrepancyState(StrEnum):
    """OPEN until a person has looked at it, or until what was wrong is over by itself."""

    OPEN = "open"
    RESOLVED = "resolved"


class DiscrepancyKind(StrEnum):
    """What contradicts the records of a recovery; `step_wording` has a sentence for each."""

    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    CONTRADICTS_OUTCOME = "contradicts_outcome"
    NEWS_ON_CLOSED = "news_on_closed"
    WRONG_REFERENCE = "wrong_reference"
    QUERY_REFUSED = "query_refused"
    END_UNCONFIRMED = "end_unconfirmed"
    HELD_BEYOND_TERM = "held_beyond_term"
    PROCESSING_FAILED = "processing_failed"
    TRACE_BELOW_RETURNS = "trace_below_returns"
    NO_NEXT_STEP = "no_next_step"
    PAYOUT_NOT_PAID = "payout_not_paid"
    CLAIM_ABOVE_BOOKED = "claim_above_booked"
    CLAIM_NOT_BOOKED = "claim_not_booked"
    HISTORY_BROKEN = "history_broken"
    HOLD_FELL = "hold_fell"
    ACCOUNT_CURRENCY = "account_currency"


class ApprovalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    VOID = "void"


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ENGINE = "engine"


class LedgerAccount(StrEnum):
    """Accounts of one recovery's ledger; the identity is `REPORTED` = the sum of `TERMS`."""

    REPORTED = "reported"
    HELD = "held"
    RETURNED_HOLD = "returned_hold"
    RETURNED_RECALL = "returned_recall"
    RETURNED_VOLUNTARY = "returned_voluntary"
    THIRD_PARTY = "third_party"
    GONE = "gone"
    LOCATED = "located"
    NOT_LOCATED = "not_located"
    NOT_UPHELD = "not_upheld"
    MEMO_EXCESS = "memo_excess"
    MEMO_EXCHANGE = "memo_exchange"
    MEMO_COST = "memo_cost"
    MEMO_BANK = "memo_bank"


RETURNED = (
    LedgerAccount.RETURNED_HOLD,
    LedgerAccount.RETURNED_RECALL,
    LedgerAccount.RETURNED_VOLUNTARY,
)
TERMS = (
    LedgerAccount.HELD,
    *RETURNED,
    LedgerAccount.THIRD_PARTY,
    LedgerAccount.GONE,
    LedgerAccount.LOCATED,
    LedgerAccount.NOT_LOCATED,
    LedgerAccount.NOT_UPHELD,
)
LIVE_HOLDS = frozenset(
    {HoldState.STOPPED, HoldState.FROZEN, HoldState.RELEASE_PENDING, HoldState.DISPOSAL_PENDING}
)
CLOSED_RECOVERIES = frozenset(
    {
        RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL,
        RecoveryState.CLOSED_NO_RECOVERY, RecoveryState.REJECTED, RecoveryState.JOINED,
    }
)  # fmt: skip
OPEN_TASKS = frozenset({TaskState.ORDERED, TaskState.ACKNOWLEDGED, TaskState.CANCEL_PENDING})
TASK_CALLS = frozenset({CallKind.TASK, CallKind.TASK_EXTEND, CallKind.TASK_CANCEL})
OPEN_CALLS = frozenset({CallState.PLANNED, CallState.SENT, CallState.UNKNOWN})

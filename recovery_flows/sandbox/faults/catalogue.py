"""Every fault by name: what it does, and for which calls it makes sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from recovery_flows.sandbox.states import FaultKind

HOLD = "POST /v1/holds"
RELEASE = "POST /v1/holds/{id}/release"
EXTEND = "POST /v1/holds/{id}/extend"
PAYOUT = "POST /v1/payouts"
TASK = "POST /v1/tasks"
TASK_EXTEND = "POST /v1/tasks/{id}/extend"
TASK_CANCEL = "POST /v1/tasks/{id}/cancel"
REQUEST = "POST /v1/requests"
MESSAGE = "POST /v1/requests/{id}/messages"
FEED = "GET /v1/events"
BALANCE = "GET /v1/accounts/{number}"
STATEMENT = "GET /v1/accounts/{number}/transactions"
READ_HOLD = "GET /v1/holds/{id}"
READ_PAYOUT = "GET /v1/payouts/{id}"
READ_TASK = "GET /v1/tasks/{id}"
READ_REQUEST = "GET /v1/requests/{id}"
BY_KEY = "GET /v1/calls/{key}"
CAPABILITIES = "GET /v1/capabilities"

FORMS: Mapping[str, str] = {
    HOLD: "hold",
    RELEASE: "release",
    EXTEND: "extend",
    PAYOUT: "payout",
    TASK: "task",
    TASK_EXTEND: "task extend",
    TASK_CANCEL: "task cancel",
    REQUEST: "request abroad",
    MESSAGE: "message about one",
    FEED: "feed",
    BALANCE: "balance",
    STATEMENT: "statement",
    READ_HOLD: "one hold",
    READ_PAYOUT: "one payout",
    READ_TASK: "one task",
    READ_REQUEST: "one request abroad",
    BY_KEY: "by key",
    CAPABILITIES: "capabilities",
}
"""The calls of the profile, each with its word; the same call with other ids is of one form."""

_ORDERS = (HOLD, RELEASE, EXTEND, PAYOUT)
_TASKS = (TASK, TASK_EXTEND, TASK_CANCEL)
_LISTS = (FEED, STATEMENT)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a fault does (a sentence without its subject, the bank), and to which calls.

    Without `calls` it can happen to any. `waits` says what the fault's `seconds` are, if it has
    any; `of` what its `amount` is; `code` what its code is.
    """

    does: str
    calls: tuple[str, ...] = ()
    waits: str = ""
    of: str = ""
    code: str = ""


KINDS: Mapping[FaultKind, Kind] = {
    FaultKind.ERROR_500: Kind("answers 500 and does nothing; the next call is fine"),
    FaultKind.RATE_LIMITED: Kind("answers 429 with Retry-After", waits="Retry-After (1)"),
    FaultKind.SLOW: Kind(
        "answers late, and says of that key that it is busy meanwhile", waits="the delay (5)"
    ),
    FaultKind.TIMEOUT_AFTER_ACTING: Kind(
        "does what it is told and hangs up without an answer", waits="until it hangs up (0)"
    ),
    FaultKind.DOWN: Kind("hangs up before it has looked"),
    FaultKind.CLOSED: Kind(
        "is closed for the night: this call and all after it meet 503 with Retry-After until it"
        " opens",
        waits="until it opens (2)",
    ),
    FaultKind.TOO_LARGE: Kind("answers 413: less is to be asked for at once", _LISTS),
    FaultKind.NOT_ALLOWED: Kind(
        "answers 403: this unit may not ask for that", (*_TASKS, REQUEST, MESSAGE)
    ),
    FaultKind.SCHEMA_CHANGE: Kind(
        "answers in another schema: a field is renamed, left out or of another type, by turns"
    ),
    FaultKind.REPEATED: Kind("tells each item twice, and the whole page again on the next", _LISTS),
    FaultKind.OUT_OF_ORDER: Kind(
        "tells an older revision after a newer one, items not ascending; answers an order with the"
        " word before its last",
        (*_ORDERS, *_TASKS, *_LISTS),
    ),
    FaultKind.OFF_BY_A_CENT: Kind(
        "says a figure that is a cent from its own book",
        (*_ORDERS, *_LISTS, BALANCE, READ_HOLD, READ_PAYOUT, BY_KEY),
    ),
    FaultKind.PARTIAL: Kind(
        "holds a part of what there is", (HOLD,), of="the most that it holds (half of the order)"
    ),
    FaultKind.NO_MONEY: Kind(
        "finds no money now; the next time it is there", (HOLD, PAYOUT, BALANCE)
    ),
    FaultKind.WRONG_NAME: Kind("finds another name at the account: refused", (HOLD, PAYOUT)),
    FaultKind.MOVED_ON: Kind(
        "finds, as it acts, that the money has just gone to an account at another bank",
        (HOLD,),
        of="how much has gone (all that is free)",
    ),
    FaultKind.LAPSES_EARLY: Kind(
        "lets what it has just promised to hold or keep lapse before the end that it told",
        (HOLD, EXTEND, TASK, TASK_EXTEND),
        waits="case time until then (a quarter of the term; the end before it was prolonged)",
    ),
    FaultKind.LET_GO: Kind(
        "lets a hold or what it keeps go by mistake, after it has acted; all of it where a part was"
        " asked for",
        (HOLD, EXTEND, RELEASE, TASK, TASK_EXTEND),
        waits="case time until then (0)",
    ),
    FaultKind.GATEWAY: Kind(
        "does what it is told, and a gateway before it answers with a page of its own: 408, 409,"
        " 413 or 499, by turns"
    ),
    FaultKind.PAYS_SHORT: Kind(
        "pays less than it was ordered to, and says so",
        (PAYOUT,),
        of="what it pays (half of the order)",
    ),
    FaultKind.PAYS_LATE: Kind(
        "takes a payout in and settles it later than it does",
        (PAYOUT,),
        waits="case time beside its own (10 days)",
    ),
    FaultKind.PAYS_TWICE: Kind(
        "credits the payee twice, the second time out of its own money and under a reference that"
        " nobody ordered",
        (PAYOUT,),
    ),
    FaultKind.COMES_BACK: Kind(
        "settles a payout that the payee's bank sends back, and holds the money again",
        (PAYOUT,),
        waits="case time until then (a day)",
    ),
    FaultKind.HOLD_STAMPED_FIRST: Kind(
        "stamps what is left of a hold 10 ms before the payout out of it", (PAYOUT,)
    ),
    FaultKind.PAYOUT_STAMPED_FIRST: Kind(
        "stamps a payout 10 ms before what is left of its hold", (PAYOUT,)
    ),
    FaultKind.ASKS_FOR_MORE: Kind("asks for more before it goes on", (REQUEST,)),
    FaultKind.POSTPONES: Kind(
        "puts a request off, and carries it out a day after that",
        (REQUEST,),
        waits="case time until it looks again (30 days)",
        code="ground",
    ),
    FaultKind.SETS_A_CONDITION: Kind(
        "sets a condition, and carries the request out as if it were met",
        (REQUEST,),
        waits="case time until it does (10 days)",
        code="ground",
    ),
    FaultKind.REFUSES: Kind("refuses a request by a ground of its list", (REQUEST,), code="ground"),
    FaultKind.EXECUTES_PART: Kind(
        "carries out a part", (REQUEST,), of="what it reaches (half of what is asked)"
    ),
    FaultKind.ANSWERS_LATE: Kind(
        "acknowledges, and carries out long after every clock",
        (REQUEST,),
        waits="case time beside its own (60 days)",
    ),
    FaultKind.ANSWERS_TWICE: Kind("gives its last answer once more a day later", (REQUEST,)),
    FaultKind.CONTRADICTS: Kind(
        "carries out, and says a day later that it refuses", (REQUEST,), code="ground"
    ),
    FaultKind.KEEPS_SILENT: Kind("receives a request and never answers", (REQUEST,)),
    FaultKind.NOT_DELIVERED: Kind(
        "has a receipt that the request did not arrive, and never answers", (REQUEST,)
    ),
}
ABROAD_FAULTS = frozenset(kind for kind, of in KINDS.items() if of.calls == (REQUEST,))
"""What only a body of another State does with a request."""


def form_of(call: str) -> str:
    """The form of a call (`METHOD /path`); what the profile does not know is a form of its own."""
    return next((form for form in FORMS if pattern(form).fullmatch(call)), call)


def means_something(kind: FaultKind, call: str) -> bool:
    """Whether a bank can be wrong in this way in this call."""
    calls = KINDS[kind].calls
    return not calls or form_of(call) in calls


def can_meet(kind: FaultKind, wanted: str) -> bool:
    """Whether any call that `wanted` stands for (a form, or with `*`) can meet such a fault."""
    forms = KINDS[kind].calls
    return not forms or any(
        pattern(wanted).fullmatch(form) or pattern(form).fullmatch(wanted) for form in forms
    )


@cache
def pattern(wanted: str) -> re.Pattern[str]:
    """`wanted` as a pattern: `{name}` is one part of a path, `*` anything."""
    parts = re.split(r"(\{[^}/]*\}|\*)", wanted)
    return re.compile("".join(_PLACES.get(part[:1], re.escape(part)) for part in parts))


_PLACES = {"{": "[^/]+", "*": ".*"}

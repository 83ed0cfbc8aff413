"""What the steps of requests abroad say, and of what comes back by recalls and returns."""

from __future__ import annotations

from collections.abc import Mapping

ABROAD: Mapping[str, str] = {
    "complete_request": "complete the request: {count} fields missing",
    "submit_request": "submit request",
    "answer_request": "answer the partner: it asks for more on the request",
    "send_request": "{what} the request for {amount} to {authority}: a third person",
    "wait_request": "{authority} is to answer the request, due on {due}",
    "request_conditional": "{authority} sets a condition ({ground}): give an assurance or withdraw",
    "request_ended": "the request to {authority} is {state} ({ground}): choose what follows",
    "request_remind": "{authority} owes an answer: {what}",
    "request_over_time": "{authority} has not answered the request for {amount}: step in",
    "request_no_receipt": "no receipt has come of the request to {authority}: check the delivery",
    "request_undelivered": "the request to {authority} was not delivered: withdraw, send it anew",
    "request_ask_again": "the freeze by {authority} ends: ask for it again before it lapses",
    "request_tell": "tell {authority}: {what}",
    "request_tell_over": ("tell {authority} that {amount} of its freeze is wanted no more: {what}"),
    "request_baseless": (
        "withdraw the request to {authority}: its money is not traced there any more"
    ),
    "request_baseless_frozen": (
        "withdraw the request: of {amount} frozen by {authority} none is traced there any more"
    ),
    "request_needless": (
        "withdraw the request to {authority}: its freeze stands and none of it is wanted any more"
    ),
    "wait_frozen_abroad": "{authority} freezes until {ends}",
    "request_too_much": (
        "the request to {authority} asks for {amount}, {most} of it may be asked for: ask for less"
    ),
    "request_regained": (
        "withdraw the request to {authority} for {amount}: {most} may be asked for again"
    ),
    "request_answered_by_next": (
        "{authority} asks for more on its request: the version that asks for less answers it"
    ),
    "request_nothing_left": (
        "withdraw the request to {authority}: nothing of {amount} is left to ask for"
    ),
    "recall_approved": "send the recall of {amount} to {partner}",
    "recall_unanswered": "{partner} has not answered the recall of {amount}: chase it or end it",
    "recall_unpaid": "the recall of {amount} was accepted and {left} has not come: chase it",
    "recall_rejected": "the recall of {amount} was refused ({why}): go another way and end it",
    "recall_partly_returned": "{left} of the recall of {amount} is missing: chase it or end it",
    "recall_expired": "the recall of {amount} expired without an answer: end it",
    "wait_recall": "{partner} is to answer or to pay by the recall, due on {due}",
    "wait_return": "money was promised or asked back: the next answer or part is due on {due}",
}

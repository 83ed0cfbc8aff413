"""What the steps of a restitution say, and its approvals."""

from __future__ import annotations

from collections.abc import Mapping

RESTITUTION: Mapping[str, str] = {
    "approve_receipt": "confirm the money received",
    "approve_compensation": "confirm what a third party paid the victim",
    "approve_refund": "confirm what the treasury refunded to a late payee",
    "approve_clawback": "approve the order to give money back",
    "approve_clawback_write_off": "approve that a clawback is written off",
    "approve_court_list": "confirm a court's list of returns against its paper",
    "publish_notice": "publish the restitution notice",
    "submit_return": "submit the restitution order",
    "decide_objection": "decide the objection ({kind}): recovery objection decide",
    "invitation_unanswered": (
        "the invitation to give the money back has no answer: invite again, record a plan or end it"
    ),
    "instalment_overdue": "part {number} of the promised return is overdue, {amount}: remind",
    "transfer_unclaimed": "nobody has claimed {amount} in time: send it to the treasury",
    "clawback_overdue": "{amount} that was ordered back did not come: remind, or write it off",
    "wait_clawback": "money that was ordered back is due by {due}",
    "court_row_unknown": (
        "line {line} of the court's list gives {amount} to nobody known: find whose it is"
    ),
    "wait_unclaimed": "a notice of unclaimed money runs until {due}",
    "approve_court_list_end": "confirm that a court's list is followed no more",
    "approve_court_set_aside": "confirm that a row of a court's list is set aside",
    "approve_court_identify": "confirm whose a row of a court's list is",
    "approve_third_party_claim": "decide a third party's claim on a held account",
    "approve_damages_payment": "confirm what was paid for a wrong freeze",
    "third_party_open": "a third party claims {amount} of the account at {partner}: decide",
    "third_party_appeal": "a third party appeals about {amount} at {partner}: decide anew",
    "damages_unpaid": "{amount} for a wrong freeze are to be paid: enter the payment",
    "tell_victims": "tell {count} of the victims ({what}): by {due} UTC, `recovery victim sent`",
    "third_party_first": "a third party's claim on the account is to be decided first",
}
"""Sentences by their code; braces name figures."""

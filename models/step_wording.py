"""Next steps in words: what is stored is a code with its figures, what is shown is worded here.

A wording is a sequence of parts; each names a sentence of `SENTENCES` and holds the figures that it
needs. `say("submit_freeze", amount=money) + say("behind_another")` makes one, `str` words it;
`stored` and `read` take it to the database and back. A change of words changes no row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from models.entities.discrepancy import DiscrepancyKind
from models.language.phrase import Phrase, joined, phrase
from models.language.stored import read_back
from models.money import Money
from models.sentences.abroad import ABROAD
from models.sentences.restitution import RESTITUTION

Scalar = str | int | Money

_CODES = frozenset({"kind", "noun", "state", "what", "why", "ground", "changed", "told"})
"""Figures that are names of the program, or sentences of it: they have words of their own."""
_TOLD = frozenset({"changed", "detail", "error", "reason", "told", "why"})
"""Figures that may be stored sentences of the program."""

LOOK_INTO = "look into it: "
"""How the step of an officer begins that a discrepancy asks for."""

DISCREPANCIES: Mapping[DiscrepancyKind, str] = {
    DiscrepancyKind.AMOUNT_DIFFERS: "the bank states {stated} for a {noun} of {expected}",
    DiscrepancyKind.CURRENCY_DIFFERS: "the bank states {stated} for a {noun} of {expected}",
    DiscrepancyKind.CONTRADICTS_OUTCOME: "a partner contradicts the recorded outcome of a {noun}",
    DiscrepancyKind.NEWS_ON_CLOSED: "the bank reports on a {noun} after the recovery was closed",
    DiscrepancyKind.WRONG_REFERENCE: "a bank reports on a {noun} under a reference that is not its",
    DiscrepancyKind.QUERY_REFUSED: "the bank does not answer a query",
    DiscrepancyKind.RELEASE_REFUSED: "the bank refused to release a {noun}",
    DiscrepancyKind.HELD_BEYOND_TERM: "the bank holds a {noun} beyond the term of the law",
    DiscrepancyKind.END_UNCONFIRMED: "the term of a {noun} is over, and its bank was not reached",
    DiscrepancyKind.PROCESSING_FAILED: "the engine cannot process this recovery",
    DiscrepancyKind.TRACE_BELOW_RETURNS: (
        "the trace finds less at the account than was paid back from it, by {stated}"
    ),
    DiscrepancyKind.NO_NEXT_STEP: "nobody and nothing can move this recovery on",
    DiscrepancyKind.PAYOUT_NOT_PAID: "the bank did not carry out a {noun} of {expected}",
    DiscrepancyKind.CLAIM_NOT_BOOKED: (
        "reported {expected}, the payee's bank shows no such payment: ask the victim"
    ),
    DiscrepancyKind.CLAIM_ABOVE_BOOKED: "reported {expected}, the bank booked {stated}",
    DiscrepancyKind.ACCOUNT_CURRENCY: (
        "the bank states {stated} on an account that is recorded in another currency"
    ),
    DiscrepancyKind.HOLD_FELL: (
        "the bank holds {stated} where {expected} should be held, and no order of ours says why"
    ),
    DiscrepancyKind.CLAIMED_TWICE: (
        "two claims name the same payment of {expected}: find out whose it is"
    ),
    DiscrepancyKind.PAID_TWICE: (
        "the victim got {stated} from here, and only {expected} is his: ask it back"
    ),
    DiscrepancyKind.COURT_ABOVE_CLAIM: (
        "the court gives {stated} to a claim of which {expected} is open: only that can be paid"
    ),
    DiscrepancyKind.COURT_ABOVE_HELD: (
        "the court gives {stated} out of {expected} that is held: the rows are paid in proportion"
    ),
    DiscrepancyKind.MONEY_ANNOUNCED: (
        "the other side says that it has paid {stated}: enter it once it is there, or say that it "
        "did not come"
    ),
    DiscrepancyKind.ANSWER_NOT_TAKEN: "what a partner answers to a {noun} cannot be taken",
    DiscrepancyKind.REACHED_MORE: (
        "a {noun} asked for {expected}, and the other side has reached {stated}"
    ),
    DiscrepancyKind.TRACED_AGAIN: (
        "{stated} of what a {noun} had asked for may be asked for again, beside the {expected} "
        "that are asked for: ask for it, or leave it"
    ),
    DiscrepancyKind.CLOCK_AHEAD: "a partner dates what it says of a {noun} in the future",
    DiscrepancyKind.CLOCK_BEHIND: "a partner dates what it says of a {noun} before it had it",
    DiscrepancyKind.HISTORY_BROKEN: (
        "its records were changed by hand, nothing is sent: `recovery audit verify` names what"
    ),
}
"""What a discrepancy says; `noun`, `expected` and `stated` are there to be named."""

SENTENCES: Mapping[str, str] = {
    # what an older version stored no figures of; the engine words it anew at its next look
    "older": "{action}",
    # reports, joins, closings
    "accept": "accept the report",
    "join": "merge? another recovery targets the same account",
    "split": "split? another recovery targets the same account",
    "close": "propose closing the recovery",
    "ends_watch": " (ends monitoring of {accounts})",
    "leaves_tasks": " (tasks of its multi-agency request: {told})",
    "closing_asked": "waiting for the closing",
    "ended_joined": "merged into another recovery",
    "ended_rejected": "rejected",
    "ended_closed_returned": "closed: all returned",
    "ended_closed_partial": "closed: a part returned",
    "ended_closed_no_recovery": "closed: nothing recovered",
    "look_into": LOOK_INTO,
    "detail": ": {detail}",
    **{f"discrepancy_{kind}": text for kind, text in DISCREPANCIES.items()},
    # approvals
    "approve_order_stop": "confirm the stop-payment",
    "approve_freeze": "approve the freeze",
    "approve_request": "approve the cross-border request",
    "approve_return": "approve the restitution order",
    "approve_release": "approve the release",
    "approve_close": "approve the closing",
    "approve_refuse_report": "approve or deny that the report is refused",
    "approve_trace_rule": "approve the tracing rule",
    "approve_renew": "approve the renewal of the freeze",
    "approve_release_part": "approve the partial release",
    "approve_complaint": "decide a third party's complaint: approval releases",
    "approve_linkage": "confirm the multi-agency request",
    "approve_recall": "approve the recall of a payment",
    "approve_assurance": "approve the assurance to another State",
    "approve_recall_reversal": "confirm that a bank reversed money of a recall",
    "approve_recall_credit": "confirm the money that came back by a recall",
    "approve_payee": "decide whether another account is paid",
    "approve_letter_answer": "check a typed letter as second person",
    "of": " of {figure}",
    **RESTITUTION,
    # holds
    "send_stop": "send the stop-payment of {amount}",
    "start_behind_voluntary": "start the order behind what the bank holds: {amount}",
    "stop_again": "stop {amount} again: the {kind} has lapsed",
    "stop_watched": "money came into the monitored account: stop {amount}",
    "over_disputed": ", more than is disputed",
    "below_minimum": ", below the minimum worth of {least}",
    "submit_freeze": "submit the freeze of {amount}",
    "reported_only": " (reported by victims; no statement tells of it yet)",
    "behind_another": " behind another authority's",
    "submit_renewal": "submit the renewal of {amount}",
    "again_refused": " again: the bank refused it",
    "see_lapse": "acknowledge: the {kind} at {partner} has lapsed",
    "release_again": (
        "order the release again: {partner} still holds the denied stop; call its desk"
    ),
    "verify_claim": "verify the claim of {amount}: it came with a merged recovery",
    "ask_statement": "ask {partner} again: it refused the statement of the victim's account",
    "ask_first_statement": (
        "ask {partner} for the statement of the victim's account: no statement shows the payment"
    ),
    "ask_account_statement": (
        "ask {partner} again: it refused the account's statement; or import one that it sends"
    ),
    "give_up_account": (
        "no payment into the account at {partner} is found: check the report, or give it up"
    ),
    "see_refusal": "acknowledge: {partner} refused the {kind}",
    "reason": ": {reason}",
    **ABROAD,
    "establish_ownership": "establish ownership of the held funds",
    "held_there": ": {amount} at {partner}",
    "ask_release": "ask to release {amount} that no claim needs",
    "ask_release_again": "ask to release {amount} again: {partner} still holds unrelated funds",
    # letters
    "print_letter": "print the letter to {partner}: ",
    "enter_sent": "enter how the letter to {partner} was sent: ",
    "enter_answer": "enter the answer of {partner}: ",
    "enter_answer_again": "enter the answer of {partner} again: it was returned: ",
    "letter_statement": "the account's bookings",
    "letter_balance": "the account's balance",
    "letter_payout": "payout of {amount}",
    "letter_release": "release of {amount}",
    "letter_unasked": "notice about the {kind} of {amount}",
    "letter_extend": "renewal of the freeze of {amount}",
    "letter_request": "request abroad for a freeze of {amount}",
    "letter_stop": "stop-payment of {amount}",
    "letter_freeze": "freeze of {amount}",
    "letter_queue": "freeze of {amount} behind another authority's",
    "letter_voluntary": "voluntary hold of {amount}",
    # multi-agency requests
    "renew_preservation": "renew what {partner} preserves: {subject}",
    "renew_preservation_again": (
        "renew what {partner} preserves again: the partner refused it: {subject}"
    ),
    "see_expiry": "acknowledge: {partner} preserves it no longer: {subject}",
    "late": "late: ",
    "wait_tasks": (
        "multi-agency request: {open} of {all} tasks open, the slowest: {kind} at {partner}"
    ),
    # waits
    "wait_call": "waiting for {partner}: {kind}",
    "error": " ({error})",
    "wait_hold": "waiting for {partner}: {kind} {state}",
    "wait_end": "the {kind} at {partner} runs out: the freeze that was to follow was not given",
    "wait_end_after": (
        "the {kind} at {partner} runs out: the order after it is answered and does not replace it"
    ),
    "wait_currency": (
        "{partner} states {stated} for a {kind} in {currency}: nothing is paid of it before"
        " that is corrected"
    ),
    "wait_court": "a court's order took the freeze over: the bank carries it out",
    "wait_notice": "publication period running",
    "wait_payouts": "waiting for the payouts to be booked",
    "tracing": "tracing in progress",
    "working": "processing",
    "processing": "processing",
    "trace_old": "the trace is not up to date",
    "discrepancy_first": "a discrepancy is to be looked into first",
    "objection_first": "an objection is to be decided first",
    "asked_what_is_held": "the bank is asked what it still holds",
    "part_leaving": "a part of the held money is being released",
    "unrelated_leaving": "the held money was found to be none of the case and is to be released",
    "account_shared": "another open recovery targets the same account: merge or split them first",
    "freeze_pending": "formal freeze pending",
    "upstream": "accounts at home are still being stopped or traced",
    "allocation_open": "an allocation is under way",
    "payout_refused": "the bank did not pay {claim}: name another account of the victim",
    "rule_asked": "another tracing rule is asked for: a second person decides that first",
    "payee_asked": "another payee is asked for: a second person decides that first",
    "rests_on_else": "it rests on something else now ({changed}): it is drafted anew",
    "not_sent_yet": " (not sent yet: {why})",
    "residue": ": a rounding residue, less than can be paid in coins; {unpaid} stay unpaid",
    "claim_unverified": "a claim is not verified yet",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Parts of a sentence, each a code with its figures by name; empty: nothing to say."""

    parts: tuple[tuple[str, tuple[tuple[str, Scalar], ...]], ...] = ()

    def __add__(self, other: Wording) -> Wording:
        return Wording((*self.parts, *other.parts))

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __str__(self) -> str:
        return str(self.phrase())

    def phrase(self) -> Phrase:
        """The sentence as one that a screen can show in another language."""
        parts = (
            Phrase(SENTENCES[code], {name: _said(name, value) for name, value in figures})
            for code, figures in self.parts
        )
        return joined("", parts)

    def stored(self) -> str:
        """The wording as JSON: codes and figures, no words."""
        return _STORED.encode([[code, dict(figures)] for code, figures in self.parts])

    @classmethod
    def read(cls, text: str) -> Wording:
        """Read back what `stored` wrote; "" is an empty wording."""
        parts = json.loads(text) if text else []
        return cls(
            tuple(
                (code, tuple((n, _read(v)) for n, v in figures.items())) for code, figures in parts
            )
        )


_STORED = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda sum_: [sum_.minor, sum_.currency]
)
NOTHING = Wording()
_FIGURES = {c: {n for _, n, _, _ in Formatter().parse(s) if n} for c, s in SENTENCES.items()}


def say(code: str, **figures: Scalar) -> Wording:
    """One part of a sentence; KeyError where there is no such sentence or it lacks a figure."""
    wanted = _FIGURES[code]
    if missing := wanted - figures.keys():
        raise KeyError(f"the sentence {code} needs {', '.join(sorted(missing))}")
    return Wording(((code, tuple((n, v) for n, v in figures.items() if n in wanted)),))


def _said(name: str, value: Scalar) -> str:
    if not isinstance(value, str):
        return str(value)
    found = read_back(value) if name in _TOLD else value
    return phrase(value) if name in _CODES and not isinstance(found, Phrase) else found


def _read(value: object) -> Scalar:
    if isinstance(value, list):
        return Money(int(value[0]), str(value[1]))
    return value if isinstance(value, int) else str(value)

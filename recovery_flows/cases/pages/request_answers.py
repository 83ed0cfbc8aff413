"""What the other side of a request abroad says, the money that it announces, its clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.entities.discrepancy import DiscrepancyRow, DiscrepancyState
from models.entities.ledger import RETURNED, LedgerAccount
from models.entities.outside.request_message import RequestMessageRow, RequestMessageState
from models.entities.request import RequestRow
from models.language.phrase import joined, phrase
from models.language.stored import read_back
from models.money import Money
from recovery_flows.cases.pages.requests import clock_lines, ground_lines, over_lines
from recovery_flows.cases.pages.shared_cells import time_left
from recovery_flows.cases.pages.value import (
    NONE,
    Cell,
    Column,
    Line,
    Part,
    Piece,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.cross_border import announcements, clocks, messages
from recovery_flows.cross_border.ceiling import owed_word
from recovery_flows.ledger.term_names import term_word
from recovery_flows.wording import spoken

_RECEIPTS = (Column("receipt", most=24), Column("at", most=24), Column("", rest=True))
_MESSAGES = (
    Column("message", most=38), Column("state", most=22), Column("received there", most=24),
    Column("", rest=True),
)  # fmt: skip
_MESSAGE_STATES: Mapping[RequestMessageState, tuple[str, Tone]] = {
    RequestMessageState.DRAFT: (phrase("awaiting approval"), Tone.CALM),
    RequestMessageState.PLANNED: (phrase("on its way", context_="message"), Tone.CALM),
    RequestMessageState.DELIVERED: (phrase("delivered"), Tone.GOOD),
    RequestMessageState.REFUSED: (phrase("refused there"), Tone.ALARM),
    RequestMessageState.CANCELLED: (phrase("not sent"), Tone.MUTED),
}
_RUNG_DONE, _RUNG_DUE = Piece(phrase("✓ done"), Tone.GOOD), Piece(phrase("! due"), Tone.SOON)


def clock_rungs(view: RequestView) -> Iterator[Line]:
    """When it is due, and each reminder on the way there."""
    yield from clock_lines(view.row, view.channel, view.now)
    row = view.row
    for number, (percent, what) in enumerate(clocks.RUNGS, 1):
        at = clocks.rung_at(row, number)
        if at is None:
            continue
        told = (
            phrase("{percent} %: {what}", percent=percent, what=what)
            if row.due_at is not None
            else phrase("ask again, or where it stands")
        )
        yield line(at, "  ", *_rung(row, number), muted(told))
    if row.receipt_due_at is not None:
        yield line(
            muted(phrase("{receipt_next} receipt until ", receipt_next=spoken(row.receipt_next))),
            row.receipt_due_at,
            " ",
            time_left(view.now, row.receipt_due_at),
        )
    if row.left_seconds:
        yield line(
            muted(
                phrase(
                    "stopped with {left_seconds} h left: they go on later",
                    left_seconds=row.left_seconds // 3600,
                )
            )
        )


def _rung(row: RequestRow, number: int) -> Cell:
    if number <= row.rung_done:
        return cell(_RUNG_DONE, "  ")
    return cell(_RUNG_DUE, "  ") if number <= row.rung else ()


def answers(view: RequestView) -> Iterator[Part]:
    """What the other side says, the money that it announces, the receipts."""
    row = view.row
    yield from ground_lines(view.file, row, view.channel)
    if row.executed_minor:
        ends = (muted(phrase("  until ")), row.hold_ends_at) if row.hold_ends_at else ()
        yield line(phrase("reached "), strong(Money(row.executed_minor, row.currency)), *ends)
    yield from over_lines(view.file, row)
    for hold in (h for h in view.file.holds if h.request_id == row.id and h.bank_ref):
        of = Money(hold.requested_minor, hold.currency)
        held = strong(Money(hold.held_minor, hold.currency))
        yield line(phrase("holds "), held, phrase(" of {of}", of=of), muted(f"  {hold.id}"))
    if owed := owed_word(view.file, row):
        told = phrase("▸ the other side is to be told: {owed}", owed=spoken(owed))
        yield line(Piece(told, Tone.CARE))
        if view.notice:
            yield line(muted(view.notice))
    sent = messages.of_request(view.file, row.id)
    yield from table(_MESSAGES, (_message(view, one) for one in sent))
    for one in announcements.of_request(view.file, row.id):
        yield line(*_announced(one))
    yield from _money_back(view)
    if row.answer_document:
        yield line(
            muted(phrase("paper {answer_document}", answer_document=row.answer_document[:12]))
        )
    found = [r for r in view.file.receipts if r.request_id == row.id]
    rows = ((cell(spoken(r.kind)), cell(r.at), cell(muted(r.state))) for r in found)
    yield from table(_RECEIPTS, rows)


def _message(view: RequestView, one: RequestMessageRow) -> tuple[Cell, ...]:
    """A message over the connection: what it is, how far it came, who wrote it, what it meets."""
    state, tone = _MESSAGE_STATES[one.state]
    at = cell(one.delivered_at) if one.delivered_at else NONE
    call = next((c for c in view.file.calls if c.subject_id == one.id), None)
    by = phrase("by {officer}", officer=one.written_by)
    if why := one.reason or (call.last_error if call else ""):
        by = joined(": ", (by, read_back(why)))
    return cell(messages.WORDS[one.kind]), cell(Piece(state, tone)), at, cell(muted(by))


def _announced(told: DiscrepancyRow) -> Iterator[Piece]:
    """Money that the other side says it has paid, and what became of that; it is never counted."""
    is_open = told.state is DiscrepancyState.OPEN
    ended = (
        phrase("settled by {resolved_by}, see the note", resolved_by=told.resolved_by)
        if told.resolved_by
        else phrase("came in")
    )
    state = phrase("not there yet, does not count") if is_open else ended
    sum_of = Money(told.stated_minor or 0, told.stated_currency)
    yield Piece(
        phrase(
            "says it has paid {sum_of} as {booking_of}: ",
            sum_of=sum_of,
            booking_of=announcements.booking_of(told),
        )
    )
    yield Piece(state, Tone.CARE if is_open else Tone.MUTED)


def _money_back(view: RequestView) -> Iterator[Line]:
    """What came back to the recovery, by each way, and what others kept of it."""
    file, currency = view.file, view.file.recovery.currency
    for account in RETURNED:
        minor = sum(b.claim_minor for b in file.balances if b.account is account)
        if minor:
            came = Piece(Money(minor, currency), Tone.GOOD)
            yield line(
                phrase("money back to the recovery "),
                came,
                muted(phrase("  {term_word}", term_word=term_word(account))),
            )
    for cost in (b for b in file.balances if b.account is LedgerAccount.MEMO_COST):
        if cost.asset_minor:
            yield line(muted(phrase("  costs kept ")), Money(cost.asset_minor, cost.asset_currency))

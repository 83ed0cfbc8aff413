"""Money that a body of another State says it has paid: told, owned by somebody, never counted.

What it says waits for a look until the credit is there, confirmed by two people, under the booking
that was named, or until a person says that it did not come. Counted is only what came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldState
from models.entities.recall import CreditState
from models.entities.request import RequestRow
from models.language.phrase import stored_phrase
from models.money import AnnouncedMoney, Money
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset

MOST = 100
"""So many are kept of one request; a body that tells ever more has been owned a hundred times."""
_KIND = DiscrepancyKind.MONEY_ANNOUNCED
_CAME_IN = frozenset({*LIVE_HOLDS, HoldState.DISPOSED, HoldState.RELEASED})


def take(
    changes: Changeset, request: RequestRow, told: Iterable[AnnouncedMoney], now: datetime
) -> None:
    """Record each announcement once; another sum under the same booking is another one.

    What has come in before it was announced is recorded too: it came by this request.
    """
    for one in told:
        known = len(list(of_request(changes.file, request.id)))
        if known >= MOST or one.amount.minor <= 0:
            continue
        discrepancies.find(
            changes, _KIND, EntityKind.REQUEST, request.id, now, asset_id=request.asset_id,
            stated=one.amount, detail=stored_phrase(
                "booking {booking}, said to be paid {day}",
            booking=one.booking, day=f"{one.at:%Y-%m-%d}"
            ),
            mark=_mark(one.amount, one.booking),
        )  # fmt: skip
    clear_what_came(changes, now)


def clear_what_came(changes: Changeset, now: datetime) -> None:
    """What has come in under the booking that was named is announced no more."""
    for found in _open(changes.file):
        booking = booking_of(found)
        if booking in _bookings(changes.file):
            discrepancies.clear(
                changes, found.id, now, stored_phrase("came in as {booking}", booking=booking)
            )


def of_request(file: CaseFile, request_id: str) -> Iterator[DiscrepancyRow]:
    """All that was announced of a request, whatever became of it."""
    return (d for d in file.discrepancies if d.kind is _KIND and d.subject_id == request_id)


def by_booking(file: CaseFile) -> dict[str, DiscrepancyRow]:
    """What a body announced, with its request and account, by the booking of the payment."""
    return {booking_of(d): d for d in file.discrepancies if d.kind is _KIND}


def booking_of(found: DiscrepancyRow) -> str:
    """Under which booking an announcement says that the money comes."""
    return found.mark.rpartition(" ")[2]


def _mark(amount: Money, booking: str) -> str:
    return f"{amount.currency} {amount.text()} {booking}"


def _open(file: CaseFile) -> list[DiscrepancyRow]:
    return [
        d for d in file.discrepancies if d.kind is _KIND and d.state is DiscrepancyState.OPEN
    ]  # fmt: skip


def _bookings(file: CaseFile) -> frozenset[str]:
    """The bookings of money that came in and that two people have seen."""
    ours = {
        h.bank_ref for h in file.holds if h.kind is HoldKind.CUSTODY and h.state in _CAME_IN
    }  # fmt: skip
    by_recall = {
        c.booking for c in file.recall_credits if c.state is CreditState.CONFIRMED
    }  # fmt: skip
    return frozenset(ours | by_recall)

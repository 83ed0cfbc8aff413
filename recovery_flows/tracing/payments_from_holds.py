"""Leaves payouts from holds out of the trace: they are not payments by the account holder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from models.facts import LineKind
from models.measures.held_over_time import HoldHistory, PaidFrom
from models.queries.books.money import StoredLine
from recovery_flows.tracing.methods.merge import BOOKING_DRIFT
from recovery_flows.tracing.methods.opening import Covered
from recovery_flows.tracing.methods.types import Transfer

_Lines = Mapping[str, Sequence[StoredLine]]


def apart_from_holds(
    transfers: Iterable[Transfer],
    shown_by: _Lines,
    histories: Iterable[HoldHistory],
    covered: Covered,
) -> Iterator[Transfer]:
    """The payments without payouts from holds, and without their returns.

    For a trace such money stays where it was held: the ledger counts it as returned or disposed of.
    At its payee it is new money.
    """
    holds = _Holds(histories, shown_by, covered)
    for transfer in transfers:
        if holds.came_back(transfer):
            continue
        if not holds.paid(transfer):
            yield transfer
        elif transfer.payee is not None:
            yield replace(transfer, payer=None)


class _Holds:
    """The holds by account, and the payouts that a statement may show without their reference."""

    def __init__(
        self, histories: Iterable[HoldHistory], shown_by: _Lines, covered: Covered
    ) -> None:
        self._shown_by = shown_by
        self._of: dict[str, list[HoldHistory]] = {}
        for history in histories:
            self._of.setdefault(history.account_id, []).append(history)
        named = {line.end_to_end_id for lines in shown_by.values() for line in lines}
        self._unnamed = {
            account: [
                paid
                for history in of
                for paid in history.paid
                if paid.payout_id not in named and covered(account, paid.at)
            ]
            for account, of in self._of.items()
        }

    def paid(self, transfer: Transfer) -> bool:
        """Whether a bank made this payment out of a hold."""
        histories = self._of.get(transfer.payer or "", [])
        if not histories:
            return False
        if self._names(transfer) & _payouts(histories):
            return True
        if transfer.kind is LineKind.PAYOUT:
            return transfer.at >= min(h.figures[0].at for h in histories)
        waiting = self._unnamed[transfer.payer or ""]
        fitting = next((p for p in waiting if _fits(p, transfer)), None)
        if fitting is not None:
            waiting.remove(fitting)
        return fitting is not None

    def came_back(self, transfer: Transfer) -> bool:
        """Whether a payment returns to this account what was paid from a hold on it."""
        histories = self._of.get(transfer.payee or "", [])
        return bool(self._names(transfer) & _payouts(histories))

    def _names(self, transfer: Transfer) -> set[str]:
        return {line.end_to_end_id for line in self._shown_by.get(transfer.id, ())}


def _payouts(histories: Iterable[HoldHistory]) -> set[str]:
    return {paid.payout_id for history in histories for paid in history.paid}


def _fits(paid: PaidFrom, transfer: Transfer) -> bool:
    """Whether amount and day match, for a bank's file that gives no reference of the payout."""
    same_day = abs(transfer.at - paid.at) <= BOOKING_DRIFT
    return same_day and transfer.debit_minor == paid.minor

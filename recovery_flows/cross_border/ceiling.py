"""The ceiling over all States: what came in, and what is still asked, never pass the loss.

Two channels for one account ask for the same money, and count once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.ledger import RETURNED
from models.entities.outside.request_message import (
    OPEN_MESSAGES,
    MessageKind,
    RequestMessageRow,
    RequestMessageState,
)
from models.entities.request import AT_HOME, CARRIED_OUT, UNDER_WAY, RequestRow, RequestState
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.cross_border.channels import Help
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import received

_OF_MONEY = (Help.FREEZE, Help.RETURN)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What may be asked for in all, what came in, and what open requests ask, by the loss."""

    order: Money
    received: Money
    asked: Money

    @property
    def left(self) -> Money:
        """What may still be asked for."""
        spent = self.received.minor + self.asked.minor
        return Money(max(self.order.minor - spent, 0), self.order.currency)


def ceiling(file: CaseFile) -> Ceiling:
    """Where a recovery stands against its ceiling; the sums are in the currency of the loss.

    What came back from an account is asked for there no more: it counts as received, once.
    """
    currency = file.recovery.currency
    by_account: dict[str, int] = {}
    came = _came_by_account(file)
    for request in file.requests:
        if _is_open(request):
            asked = claim_minor(file, request)
            by_account[request.asset_id] = max(by_account.get(request.asset_id, 0), asked)
    return Ceiling(
        order=Money(_lost(file), currency),
        received=Money(received_minor(file), currency),
        asked=Money(
            sum(max(0, asked - came.get(asset, 0)) for asset, asked in by_account.items()), currency
        ),
    )


def _came_by_account(file: CaseFile) -> dict[str, int]:
    """What came back to the victims from each account, in minor units of the loss's currency."""
    came: dict[str, int] = {}
    for balance in file.balances:
        if balance.account in RETURNED and balance.asset_id:
            came[balance.asset_id] = came.get(balance.asset_id, 0) + balance.claim_minor
    return came


def received_minor(file: CaseFile) -> int:
    """What of the loss came in anywhere, to victims or to the unit, in its minor units."""
    ours = [asset for asset in file.assets if asset.is_custody]
    own = {asset.id for asset in ours}
    paid = sum(
        b.claim_minor for b in file.balances if b.account in RETURNED and b.asset_id not in own
    )
    return min(_lost(file), paid + sum(received.received_minor(file, asset) for asset in ours))


def _lost(file: CaseFile) -> int:
    return sum(claim.upheld_minor for claim in file.claims)


def _is_open(request: RequestRow) -> bool:
    is_live = request.state in AT_HOME | UNDER_WAY | CARRIED_OUT
    return is_live and request.wanted in _OF_MONEY


def claim_minor(file: CaseFile, request: RequestRow) -> int:
    """The part of the loss that a request asks for: its part of what is traced to the account."""
    asset = file.asset(request.asset_id)
    if asset.traced_minor <= 0:
        same = request.currency == file.recovery.currency
        return request.requested_minor if same else 0
    return -(-request.requested_minor * asset.traced_claim_minor // asset.traced_minor)


def check(file: CaseFile, request: RequestRow) -> None:
    """Refuse what would pass the ceiling together with what came in and what is open."""
    found = ceiling(file)
    if found.received.minor + found.asked.minor > found.order.minor:
        raise StepRefusedError(phrase(
            "{received} came in and {asked} would be asked for, and the loss is {order}: "
            "withdraw {request_id} and ask for less with --amount",
            received=found.received, asked=found.asked, order=found.order, request_id=request.id,
        ))  # fmt: skip


def notified(kind: MessageKind, known_minor: int, now: datetime) -> dict[str, Scalar]:
    """Columns of a request whose other side was told this; `known_minor` had come in by then."""
    if kind is MessageKind.RECEIVED:
        return {"told_minor": known_minor}
    return {"told_at": now}


def owed_word(file: CaseFile, request: RequestRow) -> str:
    """What the other side of a request has yet to be told: a `MessageKind`, or empty.

    What is on its way to it already is not owed.
    """
    on_its_way = {
        m.kind for m in file.messages if m.request_id == request.id and m.state in OPEN_MESSAGES
    }
    return next((kind for kind in _owed(file, request) if kind not in on_its_way), "")


def refused_assurance(file: CaseFile, request_id: str) -> RequestMessageRow | None:
    """The last assurance about a request, where its connection refused it: nobody there has it."""
    given = [
        m
        for m in file.messages
        if m.request_id == request_id and m.kind is MessageKind.ASSURANCE
    ]  # fmt: skip
    last = max(given, key=lambda m: m.written_at, default=None)
    return last if last is not None and last.state is RequestMessageState.REFUSED else None


def _owed(file: CaseFile, request: RequestRow) -> Iterator[MessageKind]:
    if request.sent_at is None or not request.proof:
        return
    if request.state in UNDER_WAY and refused_assurance(file, request.id) is not None:
        yield MessageKind.ASSURANCE
    if request.state is RequestState.WITHDRAWN and request.told_at is None:
        yield MessageKind.WITHDRAWN
    if request.state in CARRIED_OUT and request.told_at is None:
        yield MessageKind.EXECUTED
    if _is_open(request) and received_minor(file) > request.told_minor:
        yield MessageKind.RECEIVED

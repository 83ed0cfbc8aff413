"""The ceiling over all States: what came in, and what is still asked, never pass the loss.

Two channels for one account ask for the same money, and count once. Parts of the loss are exact:
sums in another currency are no whole minor units of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import LIVE_HOLDS, HoldRow
from models.entities.ledger import RETURNED
from models.entities.outside.request_message import (
    OPEN_MESSAGES,
    MessageKind,
    RequestMessageRow,
    RequestMessageState,
)
from models.entities.request import (
    AT_HOME,
    CARRIED_OUT,
    UNDER_WAY,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.cross_border import came_back
from recovery_flows.cross_border.came_back import CameBack
from recovery_flows.cross_border.channels import Help
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import received

_OF_MONEY = (Help.FREEZE, Help.RETURN)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What may be asked for in all, what came in, and what open requests ask, by the loss.

    `asked` is rounded up, once: what is compared are the exact parts of the loss.
    """

    order: Money
    received: Money
    asked: Money

    @property
    def left(self) -> Money:
        """What may still be asked for."""
        spent = self.received.minor + self.asked.minor
        return Money(max(self.order.minor - spent, 0), self.order.currency)


def ceiling(file: CaseFile) -> Ceiling:
    """Where a recovery stands against its ceiling; the sums are in the currency of the loss."""
    currency = file.recovery.currency
    by_account: dict[str, Fraction] = {}
    came = came_back.by_account(file)
    for request in file.requests:
        asked = open_part(file, request, came)
        by_account[request.asset_id] = max(by_account.get(request.asset_id, Fraction(0)), asked)
    return Ceiling(
        order=Money(_lost(file), currency),
        received=Money(received_minor(file), currency),
        asked=Money(math.ceil(sum(by_account.values())), currency),
    )


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
    return request.state in AT_HOME | UNDER_WAY | CARRIED_OUT and is_of_money(request)


def is_of_money(request: RequestRow) -> bool:
    """Whether it asks for money to be frozen or given back, and not for knowledge."""
    return request.wanted in _OF_MONEY


def traced_part(asset: AssetRow, minor: int) -> int:
    """The part of the loss that a sum of an account is by its trace; 0 where none is traced there.

    In minor units of the loss's currency, rounded up.
    """
    if asset.traced_minor <= 0:
        return 0
    return -(-minor * asset.traced_claim_minor // asset.traced_minor)


def is_baseless(file: CaseFile, request: RequestRow) -> bool:
    """Whether it asks for money that was traced to the account when it was drafted, and is not now.

    What was asked for without a trace, by an officer who named the sum, stands.
    """
    return _is_open(request) and not has_ground(file, request)


def has_ground(file: CaseFile, request: RequestRow) -> bool:
    """Whether what it asks for is traced there, or was asked for without a trace by an officer."""
    if file.asset(request.asset_id).traced_minor > 0 or not is_of_money(request):
        return True
    return request.route is RequestRoute.PEOPLE and not request.claim_minor


def asked_part(file: CaseFile, request: RequestRow) -> Fraction:
    """The part of the loss that a request asks for, in minor units of its currency.

    By what is traced to the account now; where nothing is any more, by what was on the day of the
    draft: it is asked for until it is withdrawn. Where nothing ever was, a sum in the currency of
    the loss is itself, and any other is at most what the victims paid to the account.
    """
    asset = file.asset(request.asset_id)
    if asset.traced_minor > 0:
        return Fraction(request.requested_minor * asset.traced_claim_minor, asset.traced_minor)
    if request.claim_minor:
        return Fraction(request.claim_minor)
    if request.currency == file.recovery.currency:
        return Fraction(request.requested_minor)
    paid_there = (c for c in file.claims if c.payee_account_id == asset.account_id)
    return Fraction(sum(claim.upheld_minor for claim in paid_there))


def open_part(file: CaseFile, request: RequestRow, came: CameBack) -> Fraction:
    """What of the loss may still come in by a request: none once it has ended.

    Of one that was carried out in part, that part. What came back from the account after it left
    is received, and no more asked for; what had come before it left is not what it asks for.
    """
    if not _is_open(request):
        return Fraction(0)
    part = _reached_part(file, request)
    if request.state in AT_HOME and not request.sent_by:
        return part
    return max(Fraction(0), part - came_back.taken_since(file, request, part, came))


def _reached_part(file: CaseFile, request: RequestRow) -> Fraction:
    """The part of the loss that a request may reach, or has reached once it is carried out."""
    if not request.requested_minor:
        return Fraction(0)
    reached = min(_reached_minor(file, request), request.requested_minor)
    return asked_part(file, request) * Fraction(reached, request.requested_minor)


def _reached_minor(file: CaseFile, request: RequestRow) -> int:
    """What a request may reach, in its currency; once it is carried out, what it has reached.

    Of one that went to a bank that is what the bank holds under it, with what was paid out of that.
    """
    if request.state in CARRIED_OUT and request.route is RequestRoute.PARTNER:
        return sum(received.standing_minor(file, hold) for hold in _holds_by(file, request))
    is_part = request.state is RequestState.PARTIALLY_EXECUTED
    return request.executed_minor if is_part else request.requested_minor


def _frozen_minor(file: CaseFile, request: RequestRow) -> int:
    if request.state not in CARRIED_OUT or request.wanted != Help.FREEZE:
        return 0
    if request.route is RequestRoute.PEOPLE:
        whole = asked_part(file, request)
        part, came = _reached_part(file, request), came_back.by_account(file)
        paid = request.requested_minor * came_back.taken_since(file, request, part, came)
        return request.executed_minor - (math.ceil(paid / whole) if whole else 0)
    live = (h for h in _holds_by(file, request) if h.state in LIVE_HOLDS)
    return sum(hold.held_minor for hold in live)


def _holds_by(file: CaseFile, request: RequestRow) -> list[HoldRow]:
    return [hold for hold in file.holds if hold.request_id == request.id]


def still_wanted(file: CaseFile, request: RequestRow) -> Money:
    """What of a request the loss still has room for, in its currency, rounded down."""
    room = Fraction(max(_lost(file) - received_minor(file), 0))
    whole = asked_part(file, request)
    part = min(open_part(file, request, came_back.by_account(file)), room)
    if not whole:
        return Money(request.requested_minor if room else 0, request.currency)
    return Money(math.floor(request.requested_minor * part / whole), request.currency)


def over_frozen(file: CaseFile, request: RequestRow) -> Money:
    """What a body has frozen beyond what is still wanted of it; nothing where no freeze stands."""
    beyond = _frozen_minor(file, request) - still_wanted(file, request).minor
    return Money(max(0, beyond), request.currency)


def stands_needless(file: CaseFile, request: RequestRow) -> bool:
    """Whether a freeze abroad that people asked for stands though none of it is wanted any more."""
    stands = request.hold_ends_at is not None or _frozen_minor(file, request) > 0
    is_freeze = request.wanted == Help.FREEZE and request.route is RequestRoute.PEOPLE
    is_there = is_freeze and request.state in CARRIED_OUT and stands
    return is_there and not still_wanted(file, request).minor


def over_outcome(file: CaseFile, request: RequestRow) -> str:
    """What is to become of what is frozen beyond what is wanted, in words."""
    if request.route is RequestRoute.PARTNER:
        return phrase("  kept until the victims have everything, then released")
    if received_minor(file) > request.told_minor:
        return phrase("  it does not know yet what came in")
    return phrase("  `answer` records what it keeps by now")


def check(file: CaseFile, request: RequestRow) -> None:
    """Refuse what would pass the ceiling together with what came in and what is open."""
    found = ceiling(file)
    if found.received.minor + found.asked.minor > found.order.minor:
        raise StepRefusedError(phrase(
            "{received} came in and {asked} would be asked for, and the loss is {order}: "
            "withdraw {request_id} and ask for less with --amount",
            received=found.received, asked=found.asked, order=found.order, request_id=request.id,
        ))  # fmt: skip


def check_traced(file: CaseFile, request: RequestRow) -> None:
    """Refuse what asks for money that is not traced to the account any more."""
    if is_baseless(file, request):
        raise StepRefusedError(phrase(
            "no money is traced any more to the account that {request_id} asks about: withdraw it",
            request_id=request.id,
        ))  # fmt: skip


def dispatched(file: CaseFile, request: RequestRow) -> dict[str, Scalar]:
    """Columns of a request that leaves now: of what that had come in its letter cannot know less.

    What comes in from here on is to be told to the other side.
    """
    return {
        "told_minor": received_minor(file),
        "came_minor": came_back.by_account(file).total[request.asset_id],
    }


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

"""The ceiling over all States: what came in, and what is still asked, never pass the loss.

Two channels for the same part of an account ask for the same money, and count once; different parts
add up. Parts of the loss are exact: sums in another currency are no whole minor units of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.claim import ClaimState, ObjectionState
from models.entities.hold import LIVE_HOLDS
from models.entities.ledger import RETURNED
from models.entities.outside.request_message import (
    OPEN_MESSAGES,
    MessageKind,
    RequestMessageRow,
    RequestMessageState,
)
from models.entities.outside.third_party_claim import OPEN_THIRD_PARTY, ThirdPartyState
from models.entities.request import (
    CARRIED_OUT,
    UNDER_WAY,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.cross_border import came_back, parts
from recovery_flows.cross_border.channels import Help
from recovery_flows.ledger import received


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
    return Ceiling(
        order=Money(lost_minor(file), currency),
        received=Money(received_minor(file), currency),
        asked=Money(math.ceil(sum(parts.asked_by_part(file).values())), currency),
    )


def received_minor(file: CaseFile) -> int:
    """What of the loss came in anywhere, to victims or to the unit, in its minor units."""
    ours = [asset for asset in file.assets if asset.is_custody]
    own = {asset.id for asset in ours}
    paid = sum(
        b.claim_minor for b in file.balances if b.account in RETURNED and b.asset_id not in own
    )
    return min(lost_minor(file), paid + sum(received.received_minor(file, asset) for asset in ours))


def lost_minor(file: CaseFile) -> int:
    """What the victims have lost, as far as their claims are upheld."""
    return sum(claim.upheld_minor for claim in file.claims)


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
    return parts.is_open(request) and not has_ground(file, request)


def has_ground(file: CaseFile, request: RequestRow) -> bool:
    """Whether what it asks for is traced there, or was asked for without a trace by an officer.

    Without any trace it has to be known which part of the loss the sum is: what no victim paid to
    the account, in another currency, would have no ceiling.
    """
    if file.asset(request.asset_id).traced_minor > 0 or not parts.is_of_money(request):
        return True
    is_named = request.route is RequestRoute.PEOPLE and not request.claim_minor
    return is_named and parts.has_part_of_loss(file, request)


def _frozen_minor(file: CaseFile, request: RequestRow) -> int:
    if request.state not in CARRIED_OUT or request.wanted != Help.FREEZE:
        return 0
    if request.route is RequestRoute.PEOPLE:
        whole = parts.asked_part(file, request)
        paid = request.requested_minor * parts.open_parts(file)[request.id].taken
        return request.executed_minor - (math.ceil(paid / whole) if whole else 0)
    live = (h for h in parts.holds_by(file, request) if h.state in LIVE_HOLDS)
    return sum(hold.held_minor for hold in live)


def still_wanted(file: CaseFile, request: RequestRow) -> Money:
    """What of a request is wanted by now, by the loss and its trace; rounded down."""
    room = Fraction(max(lost_minor(file) - received_minor(file), 0))
    whole = parts.asked_part(file, request)
    still = parts.open_parts(file).get(request.id)
    part = min(still.open if still else Fraction(0), room)
    wanted = request.requested_minor if room else 0
    if whole:
        wanted = math.floor(request.requested_minor * part / whole)
    fell = parts.fell_to(file, request)
    return Money(wanted if fell is None else min(wanted, fell), request.currency)


def over_frozen(file: CaseFile, request: RequestRow) -> Money:
    """What a body has frozen beyond what is still wanted of it; nothing where no freeze stands."""
    beyond = _frozen_minor(file, request) - still_wanted(file, request).minor
    return Money(max(0, beyond), request.currency)


def stands_needless(file: CaseFile, request: RequestRow) -> bool:
    """Whether a freeze abroad that people asked for stands though none of it is wanted any more.

    Not while it is open what is owed: a freeze that was given up is gone.
    """
    stands = request.hold_ends_at is not None or _frozen_minor(file, request) > 0
    is_freeze = request.wanted == Help.FREEZE and request.route is RequestRoute.PEOPLE
    is_there = is_freeze and request.state in CARRIED_OUT and stands
    return is_there and not still_wanted(file, request).minor and not _is_open_what_is_owed(file)


def _is_open_what_is_owed(file: CaseFile) -> bool:
    """Whether the loss, where it lies, or what came in may still be decided to be another.

    As a return waits for it: by a new trace or rule, a claim that is not verified, an objection, a
    third party's claim to what came in, or the reversal of what a recall brought.
    """
    recovery = file.recovery
    ours = {asset.id for asset in file.assets if asset.is_custody}
    return (
        recovery.trace_wanted
        or bool(recovery.asked_rule)
        or any(claim.state is ClaimState.FILED for claim in file.claims)
        or any(objection.state is ObjectionState.OPEN for objection in file.objections)
        or any(t.asset_id in ours and t.state in _MAY_TAKE for t in file.third_party_claims)
        or any(file.pending(credit.id) is not None for credit in file.recall_credits)
    )


_MAY_TAKE = OPEN_THIRD_PARTY | {ThirdPartyState.UPHELD}


def over_outcome(file: CaseFile, request: RequestRow) -> str:
    """What is to become of what is frozen beyond what is wanted, in words."""
    if request.route is RequestRoute.PARTNER:
        return phrase("  kept until the victims have everything, then released")
    if received_minor(file) > request.told_minor:
        return phrase("  it does not know yet what came in")
    return phrase("  `answer` records what it keeps by now")


def dispatched(file: CaseFile, request: RequestRow) -> dict[str, Scalar]:
    """Columns of a request that leaves now: of what that had come in its letter cannot know less.

    What comes in from here on is to be told to the other side.
    """
    return {
        "told_minor": received_minor(file),
        "came_minor": came_back.beside_other_parts(file, request, parts.came_by_part(file)),
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
    if parts.is_open(request) and received_minor(file) > request.told_minor:
        yield MessageKind.RECEIVED

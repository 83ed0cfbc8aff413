"""Which part of an account's money each request asks for, what of it is open, what may be asked.

Requests of one part ask for the same money by several channels, and count once; the parts of an
account add up. What came back from an account comes off its parts once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.hold import LIVE_HOLDS, HoldRow
from models.entities.request import (
    AT_HOME,
    CARRIED_OUT,
    UNDER_WAY,
    WENT_OUT,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.money import Money
from recovery_flows.cross_border import came_back
from recovery_flows.cross_border.came_back import CameBack
from recovery_flows.cross_border.channels import Help
from recovery_flows.ledger import received

_OF_MONEY = (Help.FREEZE, Help.RETURN)


@dataclass(frozen=True, slots=True, order=True)
class AccountPart:
    """A part of an account's money that requests ask for, by its number."""

    asset_id: str
    number: int


def part_of(request: RequestRow) -> AccountPart:
    """The part that a request asks for."""
    return AccountPart(request.asset_id, request.account_part)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """What of the loss may still come in by a request, and what came back of it since it left."""

    open: Fraction
    taken: Fraction


def is_of_money(request: RequestRow) -> bool:
    """Whether it asks for money to be frozen or given back, and not for knowledge."""
    return request.wanted in _OF_MONEY


def is_open(request: RequestRow) -> bool:
    """Whether money may still come in by a request."""
    return request.state in AT_HOME | UNDER_WAY | CARRIED_OUT and is_of_money(request)


def has_part_of_loss(file: CaseFile, request: RequestRow) -> bool:
    """Whether it is known which part of the loss a sum of its account is.

    By a trace, by the currency of the loss, or because victims have paid to the account itself.
    """
    asset = file.asset(request.asset_id)
    is_known = asset.traced_minor > 0 or bool(request.claim_minor)
    return is_known or request.currency == file.recovery.currency or bool(_paid_there(file, asset))


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
    return Fraction(_paid_there(file, asset))


def _paid_there(file: CaseFile, asset: AssetRow) -> int:
    paid = (c for c in file.claims if c.payee_account_id == asset.account_id)
    return sum(claim.upheld_minor for claim in paid)


def open_parts(file: CaseFile) -> dict[str, OpenPart]:
    """What of the loss may still come in by each request that has not ended, by its id.

    Of one that was carried out in part, that part. What came back from the account after it left
    is received, and no more asked for; what had come before it left is not what it asks for.
    """
    came = came_by_part(file)
    by_account: defaultdict[str, list[RequestRow]] = defaultdict(list)
    for request in file.requests:
        if is_open(request):
            by_account[request.asset_id].append(request)
    found: dict[str, OpenPart] = {}
    for requests in by_account.values():
        found |= _of_account(file, requests, came)
    return found


def came_by_part(file: CaseFile) -> CameBack:
    """What came back, by a request at most what that asks for: what is beyond is of the others."""
    came = came_back.by_account(file)
    for request in file.requests:
        most = math.ceil(asked_part(file, request)) if came.by_request[request.id] else 0
        came.by_request[request.id] = min(came.by_request[request.id], most)
    return came


def _of_account(file: CaseFile, requests: list[RequestRow], came: CameBack) -> dict[str, OpenPart]:
    """The open parts of one account: what came back comes off the latest request first.

    It may have come by any of those that had left by then; one that left later saw less of it.
    """
    reached = {r.id: reached_part(file, r) for r in requests}
    of_part = _largest(requests, reached)
    found = {r.id: OpenPart(reached[r.id], Fraction(0)) for r in requests if not has_left(r)}
    since: list[tuple[Fraction, RequestRow]] = []
    for request in (r for r in requests if has_left(r)):
        others = _sum(v for k, v in of_part.items() if k != part_of(request))
        at_most = came_back.taken_since(file, request, reached[request.id], came, others)
        since.append((at_most, request))
    known = _known_by_part(requests, came)
    shared: defaultdict[AccountPart, Fraction] = defaultdict(Fraction)
    for at_most, request in sorted(since, key=lambda one: (one[0], one[1].id)):
        own = part_of(request)
        elsewhere = _sum(v for k, v in shared.items() if k != own)
        taken = max(Fraction(0), at_most - elsewhere)
        still = max(Fraction(0), reached[request.id] - taken)
        found[request.id] = OpenPart(still, taken)
        shared[own] = max(shared[own], reached[request.id] - still - known[own])
    return found


def _sum(sums: Iterable[Fraction]) -> Fraction:
    return sum(sums, Fraction(0))


def has_left(request: RequestRow) -> bool:
    """Whether it was sent to the other side, or given to a connection; a denied one never was."""
    is_given = request.state in AT_HOME and bool(request.sent_by)
    return is_given or request.state in WENT_OUT


def _known_by_part(requests: Iterable[RequestRow], came: CameBack) -> defaultdict[AccountPart, int]:
    known: defaultdict[AccountPart, int] = defaultdict(int)
    for request in requests:
        known[part_of(request)] += came.by_request[request.id]
    return known


def _largest(
    requests: Iterable[RequestRow], of: dict[str, Fraction]
) -> dict[AccountPart, Fraction]:
    found: defaultdict[AccountPart, Fraction] = defaultdict(Fraction)
    for request in requests:
        found[part_of(request)] = max(found[part_of(request)], of[request.id])
    return dict(found)


def asked_by_part(file: CaseFile) -> dict[AccountPart, Fraction]:
    """What is asked for of each part of each account: the most that one of its requests asks for.

    In minor units of the loss's currency, exact.
    """
    still = {name: one.open for name, one in open_parts(file).items()}
    return _largest((r for r in file.requests if is_open(r)), still)


def reached_part(file: CaseFile, request: RequestRow) -> Fraction:
    """The part of the loss that a request may reach, or has reached once it is carried out."""
    if not request.requested_minor:
        return Fraction(0)
    reached = reached_minor(file, request)
    return asked_part(file, request) * Fraction(reached, request.requested_minor)


def reached_minor(file: CaseFile, request: RequestRow) -> int:
    """What of its sum a request may reach, in its currency; once carried out, what it has reached.

    Of one that went to a bank that is what the bank holds under it, with what was paid out of that;
    all of it while the bank states a hold in another currency: how much it keeps is not known.
    """
    reached = request.requested_minor
    if request.state in CARRIED_OUT and request.route is RequestRoute.PARTNER:
        holds = holds_by(file, request)
        if not any(hold.state in LIVE_HOLDS and hold.foreign_minor for hold in holds):
            reached = sum(received.standing_minor(file, hold) for hold in holds)
    elif request.state is RequestState.PARTIALLY_EXECUTED:
        reached = request.executed_minor
    return min(reached, request.requested_minor)


def holds_by(file: CaseFile, request: RequestRow) -> list[HoldRow]:
    """What a bank holds by a request."""
    return [hold for hold in file.holds if hold.request_id == request.id]


# By the trace


def supported_minor(file: CaseFile, asset: AssetRow, number: int, minor: int) -> int:
    """What of a sum the trace supports, beside what requests for other parts of the account ask."""
    of_parts = _backed_by_part(file, asset)
    others = sum(backed for part, (_, backed) in of_parts.items() if part != number)
    return max(0, min(minor, asset.traced_minor - others))


def supported_now(file: CaseFile, request: RequestRow) -> int:
    """What the trace supports by now of what it supported of a request on the day of its draft.

    Where parts of the account ask for more than it has by now, those that are furthest have it
    first, then those of the lower number: what each is told to ask for adds up to the trace.
    """
    asset, own, backed = file.asset(request.asset_id), request.account_part, _backed(file, request)
    of_parts = _backed_by_part(file, asset)
    rank, _ = of_parts.get(own, (len(_FURTHEST), 0))
    ahead = sum(of for part, (at, of) in of_parts.items() if (at, part) < (rank, own))
    return max(0, min(backed, asset.traced_minor - ahead))


_FURTHEST = (CARRIED_OUT, UNDER_WAY, AT_HOME)


def _backed_by_part(file: CaseFile, asset: AssetRow) -> dict[int, tuple[int, int]]:
    """How far each part of an account is, and what of it the trace supported, by its number."""
    found: dict[int, tuple[int, int]] = {}
    for request in file.requests:
        if request.asset_id == asset.id and is_open(request):
            rank = next(at for at, states in enumerate(_FURTHEST) if request.state in states)
            known = found.get(request.account_part, (rank, 0))
            of = max(known[1], _backed(file, request))
            found[request.account_part] = (min(known[0], rank), of)
    return found


def _backed(file: CaseFile, request: RequestRow) -> int:
    """What of a request the trace of the day of its draft supported, if that is known."""
    reached = reached_minor(file, request)
    known = request.supported_minor
    if known is None:
        return reached if request.claim_minor else 0
    return min(reached, known)


def fell_to(file: CaseFile, request: RequestRow) -> int | None:
    """What the trace supports of a request, where that is less than when it was drafted; or None.

    In its currency. What an officer asked for beyond the trace of that day stands until it falls.
    A body that has paid is asked for nothing any more.
    """
    has_paid = request.state in CARRIED_OUT and request.wanted != Help.FREEZE
    if has_paid or not is_open(request):
        return None
    return fell_at_last(file, request)


def fell_at_last(file: CaseFile, request: RequestRow) -> int | None:
    """As `fell_to`, of a request that may have ended."""
    now = supported_now(file, request)
    return now if now < _backed(file, request) else None


def beyond_trace(request: RequestRow) -> Money:
    """What of a request an officer has named beyond the trace of the day of its draft."""
    known = request.supported_minor
    if known is None or not request.claim_minor or not is_open(request):
        return Money(0, request.currency)
    return Money(request.requested_minor - known, request.currency)

"""One guard for all that is asked for abroad, whoever drafts it and however far it has come.

What is drafted, submitted, approved, sent, or asked for once more rests on the trace and stays
within the loss. What has left already is not called back by this: where the trace has fallen, its
owner asks for less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.event import EntityKind
from models.entities.request import AT_HOME, RequestRoute, RequestRow, RequestState
from models.language.phrase import Phrase, joined, phrase
from models.money import Money
from models.outcome import Transition
from recovery_flows.cross_border import ceiling, parts
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset

ASKS_ANEW = AT_HOME | {RequestState.NEEDS_INFO}
"""States in which what is asked for has yet to leave, for the first time or once more."""
_BY_PROGRAM = frozenset(
    {RequestState.DRAFT, RequestState.PENDING_APPROVAL, RequestState.NEEDS_INFO}
)
"""States in which a bank has no order to hold by a request."""


def most_minor(file: CaseFile, request: RequestRow) -> int | None:
    """What a request may ask for by now, where that is less than it asks for, in its currency.

    None where it may ask for what it does, and of an order that a bank has: its hold is reduced.
    0 where nothing is left to ask for.
    """
    is_order = request.route is RequestRoute.PARTNER and request.state not in _BY_PROGRAM
    if is_order or not parts.is_open(request):
        return None
    most = parts.reached_minor(file, request)
    fell = parts.fell_to(file, request)
    found = most if fell is None else min(most, fell)
    if fell is not None or request.state in ASKS_ANEW:
        is_out = request.state not in ASKS_ANEW
        found = min(found, within_loss_minor(file, request, is_reduced=is_out))
    return found if found < most else None


def within_loss_minor(file: CaseFile, request: RequestRow, *, is_reduced: bool = False) -> int:
    """What of its sum a request may ask for within the loss, beside all that is open, rounded down.

    In its currency. Nothing where what others ask for passes the loss without it. A version of less
    asks for no more than the one that it is to replace, which is out until then; so does what
    `is_reduced`, of which such a version is to be drafted.
    """
    beside = _beside_replaced(file, request, is_reduced=is_reduced)
    others = tuple(r for r in beside.requests if r.id != request.id)
    whole = parts.asked_part(file, request)
    return _room(replace(file, requests=others), parts.part_of(request), whole,
                 request.requested_minor)  # fmt: skip


def next_minor(file: CaseFile, request: RequestRow) -> int:
    """What the next version of a request may ask for: its sum, as far as trace and loss have it."""
    if not parts.is_of_money(request):
        return request.requested_minor
    fell = parts.fell_at_last(file, request)
    most = request.requested_minor if fell is None else fell
    return min(most, within_loss_minor(file, request))


def draftable_minor(file: CaseFile, asset: AssetRow, part: int = 1) -> int:
    """What the program may ask for of a part of an account: what is traced there, within the loss.

    Without what the trace supports of the other parts.
    """
    return fitting_minor(file, parts.AccountPart(asset.id, part), asset.traced_minor)


def fitting_minor(file: CaseFile, own: parts.AccountPart, minor: int) -> int:
    """What of a sum may be asked for of a part, by the trace beside the others, within the loss."""
    asset = file.asset(own.asset_id)
    traced = parts.supported_minor(file, asset, own.number, minor)
    whole = Fraction(traced * asset.traced_claim_minor, max(asset.traced_minor, 1))
    return _room(file, own, whole, traced)


def _room(file: CaseFile, own: parts.AccountPart, whole: Fraction, minor: int) -> int:
    """What of a sum, which is `whole` of the loss, may be asked for beside the file's requests."""
    asked = parts.asked_by_part(file)
    beside = asked.pop(own, Fraction(0))
    left = ceiling.lost_minor(file) - ceiling.received_minor(file) - sum(asked.values())
    if left < beside:
        return 0
    return min(minor, math.floor(minor * left / whole)) if whole else minor


def check(file: CaseFile, request: RequestRow, *, is_new: bool = False) -> None:
    """Refuse what rests on no trace any more, on less of it, or would pass the loss.

    `is_new` where it is being drafted: nothing is there that could be withdrawn.
    """
    check_traced(file, request)
    fell = parts.fell_to(file, request)
    if fell is not None:
        raise StepRefusedError(phrase(
            "{request_id} asks for {asked}, and the trace supports {most} of it by now: "
            "`recovery xborder reduce` asks for that",
            request_id=request.id, asked=Money(request.requested_minor, request.currency),
            most=Money(fell, request.currency),
        ))  # fmt: skip
    _check_loss(file, request, is_new=is_new)


def allows(file: CaseFile, request: RequestRow) -> bool:
    """Whether a request passes the guard."""
    try:
        check(file, request)
    except StepRefusedError:
        return False
    return True


def _check_loss(file: CaseFile, request: RequestRow, *, is_new: bool) -> None:
    beside = _beside_replaced(file, request)
    found = ceiling.ceiling(beside)
    is_within = found.received.minor + found.asked.minor <= found.order.minor
    if is_within or not parts.is_of_money(request):
        return
    what = phrase("ask for less with --amount")
    if not is_new and within_loss_minor(file, request):
        what = phrase(
            "`recovery xborder reduce {request_id}` asks for less, or withdraw it",
            request_id=request.id,
        )
    elif not is_new:
        what = phrase("nothing of it is left to ask for: deny it, or withdraw it")
    raise StepRefusedError(phrase(
        "{received} came in and {asked} would be asked for{parts}, and the loss is {order}: {what}",
        received=found.received, asked=found.asked, order=found.order,
        parts=of_parts(beside, request), what=what,
    ))  # fmt: skip


def _beside_replaced(file: CaseFile, request: RequestRow, *, is_reduced: bool = False) -> CaseFile:
    """The file without the versions before a request of which it asks for less: it ends them.

    What others that are out ask for beyond the trace is taken off beside it, as its owner asks for
    less of them too: in turn, each would else have to give up what all of them ask too much.
    """
    asked = request.requested_minor
    open_ones = (r for r in earlier(file, request) if parts.is_open(r))
    ends = {r.id for r in open_ones if asked < r.requested_minor}
    if not ends and not is_reduced:
        return file
    others = (r if r.id == request.id else _as_traced(file, r) for r in file.requests)
    return replace(file, requests=tuple(r for r in others if r.id not in ends))


def _as_traced(file: CaseFile, request: RequestRow) -> RequestRow:
    is_traced = file.asset(request.asset_id).traced_minor > 0
    fell = parts.fell_to(file, request)
    if not is_traced or fell is None or request.state in AT_HOME:
        return request
    return replace(request, requested_minor=fell)


def of_parts(file: CaseFile, request: RequestRow) -> Phrase | str:
    """What is asked for of each part of its account, where there are several; else empty."""
    currency = file.recovery.currency
    there = [
        phrase(
            "part {number}: {asked}", number=part.number, asked=Money(math.ceil(asked), currency)
        )
        for part, asked in sorted(parts.asked_by_part(file).items())
        if part.asset_id == request.asset_id
    ]
    return joined("", (" (", joined(", ", there), ")")) if len(there) > 1 else ""


def check_traced(file: CaseFile, request: RequestRow) -> None:
    """Refuse what asks for money that is not traced to the account, and has no part of the loss."""
    if not ceiling.is_baseless(file, request):
        return
    if not request.claim_minor and request.route is RequestRoute.PEOPLE:
        raise StepRefusedError(phrase(
            "no money is traced to the account and no victim paid to it: which part of the loss "
            "{asked} would be is not known; trace it there first, or ask for information",
            asked=Money(request.requested_minor, request.currency),
        ))  # fmt: skip
    raise StepRefusedError(phrase(
        "no money is traced any more to the account that {request_id} asks about: withdraw it",
        request_id=request.id,
    ))  # fmt: skip


def may_reduce(file: CaseFile, request: RequestRow) -> bool:
    """Whether people may ask for less in its place: something is left, and no version follows."""
    return bool(most_minor(file, request)) and not has_next(file, request)


def earlier(file: CaseFile, request: RequestRow) -> Iterator[RequestRow]:
    """The versions before a request, the last one first."""
    by_id = {r.id: r for r in file.requests}
    before = by_id.get(request.replaces_id)
    while before is not None:
        yield before
        before = by_id.get(before.replaces_id)


def has_next(file: CaseFile, request: RequestRow) -> bool:
    """Whether a version after it is open, be it the one after the next."""
    return any(
        parts.is_open(r) and any(before.id == request.id for before in earlier(file, r))
        for r in file.requests
    )


def regained_minor(file: CaseFile, request: RequestRow) -> int:
    """What may be asked for again, in the place of a version of less that has not left; else 0.

    The trace has risen since it was drafted: it is withdrawn, and the version before it stands.
    """
    if request.state not in AT_HOME or not parts.is_of_money(request):
        return 0
    before = next((r for r in earlier(file, request) if parts.is_open(r)), None)
    if before is None or before.requested_minor <= request.requested_minor:
        return 0
    most = most_minor(file, before)
    whole = parts.reached_minor(file, before) if most is None else most
    again = min(whole, within_loss_minor(file, before, is_reduced=True))
    return again if again > request.requested_minor else 0


def advance(changes: Changeset) -> None:
    """Note of each request that it asks for more than it may, and to how much; and that it fits."""
    for request in changes.file.requests:
        most = most_minor(changes.file, request)
        if ceiling.is_baseless(changes.file, request):
            most = None
        if parts.is_open(request) and most != request.most_minor:
            event = "asks_no_more_than_it_may" if most is None else "asks_too_much"
            values = {"most_minor": most}
            changes.apply(Transition(EntityKind.REQUEST, request.id, event, request.state, values))


def owned(file: CaseFile) -> Iterator[RequestRow]:
    """Requests of which it is noted that they ask for more than they may, and none follows.

    Without those of which nothing is left and that wait for a second person, who denies them.
    """
    for request in file.requests:
        is_noted = request.most_minor is not None and parts.is_open(request)
        can_act = bool(request.most_minor) or request.is_withdrawable
        if is_noted and can_act and not has_next(file, request):
            yield request

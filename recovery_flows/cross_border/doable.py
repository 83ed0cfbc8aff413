"""What people may do with a request now; each act is a command of its name and a line on screen."""

from __future__ import annotations

from enum import StrEnum

from models.case_file import CaseFile
from models.entities.outside.request_message import MessageKind
from models.entities.request import (
    CARRIED_OUT,
    UNDER_WAY,
    WENT_OUT,
    RequestRoute,
    RequestRow,
    RequestState,
)
from recovery_flows.cross_border import guard, messages
from recovery_flows.cross_border.ceiling import (
    has_ground,
    is_baseless,
    owed_word,
    stands_needless,
)


class RequestAct(StrEnum):
    """The verb of `recovery xborder`."""

    SET = "set"
    SUBMIT = "submit"
    DISPATCH = "dispatch"
    SENT = "sent"
    ANSWER = "answer"
    CHOOSE = "choose"
    ASSURE = "assure"
    REMIND = "remind"
    TOLD = "told"
    EXTEND = "extend"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    RECEIPT = "receipt"
    REDUCE = "reduce"


_LEAVES = (RequestAct.SUBMIT, RequestAct.DISPATCH, RequestAct.SENT)
"""What asks for something, or brings it nearer to that."""
_ENDED = (RequestState.REFUSED, RequestState.EXPIRED)


def acts_of(file: CaseFile, request: RequestRow) -> tuple[RequestAct, ...]:
    """The acts that a request allows now, the most likely first."""
    state, by_people = request.state, request.route is RequestRoute.PEOPLE
    is_free = file.pending(request.id) is None
    has_next = any(r.replaces_id == request.id for r in file.requests)
    is_followed = guard.has_next(file, request)
    waits = by_people and state in UNDER_WAY
    is_ready = by_people and state is RequestState.APPROVED and not request.sent_by
    is_reminded = messages.is_on_its_way(file, request, MessageKind.REMINDER)
    allowed = {
        RequestAct.SUBMIT: state is RequestState.DRAFT and not request.missing,
        RequestAct.SET: state is RequestState.DRAFT
        or (state is RequestState.NEEDS_INFO and not is_followed),
        RequestAct.DISPATCH: is_ready and bool(request.carrier_id),
        RequestAct.SENT: is_ready,
        RequestAct.TOLD: by_people and bool(owed_word(file, request)),
        RequestAct.ASSURE: state is RequestState.CONDITIONAL and is_free,
        RequestAct.ANSWER: by_people and state in WENT_OUT and request.sent_at is not None,
        RequestAct.CHOOSE: by_people and state in _ENDED and not request.chosen,
        RequestAct.RESUBMIT: has_ground(file, request)
        and (
            (state in (*_ENDED, RequestState.DENIED) and not has_next)
            or (state in CARRIED_OUT and request.hold_ends_at is not None and not is_followed)
        ),
        RequestAct.REMIND: waits and state is not RequestState.NEEDS_INFO and not is_reminded,
        RequestAct.EXTEND: by_people and state in CARRIED_OUT and request.hold_ends_at is not None,
        RequestAct.RECEIPT: waits and bool(request.receipt or request.receipt_next),
        RequestAct.WITHDRAW: by_people and request.is_withdrawable,
        RequestAct.REDUCE: guard.may_reduce(file, request),
    }
    if first := _first(file, request):
        allowed = {first: True} | allowed | {first: True} | dict.fromkeys(_LEAVES, False)
    elif stands_needless(file, request) and not allowed[RequestAct.TOLD]:
        allowed = {RequestAct.WITHDRAW: True} | allowed
    return tuple(act for act, is_allowed in allowed.items() if is_allowed)


def _first(file: CaseFile, request: RequestRow) -> RequestAct | None:
    """What is done with a request that may not leave as it is; None where it may, or has left."""
    if request.is_withdrawable and is_baseless(file, request):
        return RequestAct.WITHDRAW
    if guard.regained_minor(file, request) and request.is_withdrawable:
        return RequestAct.WITHDRAW
    most = guard.most_minor(file, request)
    if most is None or request.state not in guard.ASKS_ANEW or guard.has_next(file, request):
        return None
    if most:
        return RequestAct.REDUCE
    return RequestAct.WITHDRAW if request.is_withdrawable else None

"""What a request abroad waits for: whom it makes act, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.outside.request_message import MessageKind
from models.entities.request import (
    CARRIED_OUT,
    UNDER_WAY,
    RequestRoute,
    RequestRow,
    RequestState,
)
from models.language.phrase import phrase
from models.money import Money
from models.step_wording import Wording, say
from recovery_flows.cross_border import ceiling, clocks, guard, messages
from recovery_flows.cross_border.request_edits import asked_already

_WITH_OFFICER = (RequestState.DRAFT, RequestState.APPROVED)


def steps(file: CaseFile) -> Iterator[Step]:
    """Drafts are filled and submitted; what went out is sent, followed and answered by people."""
    too_much = {request.id for request in guard.owned(file)}
    for request in file.requests:
        if request.is_withdrawable and ceiling.is_baseless(file, request):
            yield _baseless(request)
            continue
        # A freeze of which nothing is wanted any more has a step of its own.
        if request.id in too_much and (request.most_minor or request.state not in CARRIED_OUT):
            yield _too_much(request)
        if request.id not in too_much or request.state not in guard.ASKS_ANEW:
            yield from _onward(file, request)


def _onward(file: CaseFile, request: RequestRow) -> Iterator[Step]:
    again = guard.regained_minor(file, request)
    if again and request.state in _WITH_OFFICER and not request.sent_by:
        yield _regained(request, again)
    elif request.state is RequestState.DRAFT:
        lacks = len(request.missing.split(",")) if request.missing else 0
        action = ActionKind.COMPLETE_REQUEST if lacks else ActionKind.SUBMIT_REQUEST
        text = say("complete_request", count=lacks) if lacks else say("submit_request")
        yield _step(request, action, text)
    elif request.state is RequestState.NEEDS_INFO and guard.has_next(file, request):
        yield _follow(request, "answered_by_next")
    elif request.state is RequestState.NEEDS_INFO:
        yield _step(request, ActionKind.COMPLETE_REQUEST, say("answer_request"))
    elif request.state is RequestState.CONDITIONAL:
        if file.pending(request.id) is None:
            yield _follow(request, "conditional")
    elif request.route is RequestRoute.PEOPLE:
        yield from _of_people(file, request)


def _of_people(file: CaseFile, request: RequestRow) -> Iterator[Step]:
    if request.state is RequestState.APPROVED:
        if request.carrier_id and not request.sent_by:
            text = _say("send_request", request, "dispatch")
            yield _step(request, ActionKind.DISPATCH_REQUEST, text)
        elif not request.sent_by:
            yield _step(request, ActionKind.SEND_REQUEST, _say("send_request", request, "send"))
    owed = ceiling.owed_word(file, request)
    if owed:
        yield _told(file, request, owed)
    elif ceiling.stands_needless(file, request):
        yield _follow(request, "needless")
        return
    if request.state in UNDER_WAY:
        yield from _waiting(file, request)
    has_next = any(r.replaces_id == request.id for r in file.requests)
    ended = (RequestState.REFUSED, RequestState.EXPIRED)
    if request.state in ended and not (request.chosen or has_next or _is_asked_anew(file, request)):
        yield _follow(request, "ended")
    is_due = request.state in CARRIED_OUT and request.rung > request.rung_done
    if is_due and not guard.has_next(file, request):
        yield _follow(request, "ask_again")


def _is_asked_anew(file: CaseFile, request: RequestRow) -> bool:
    """Whether another request asks for the same by the same channel: its answer comes first."""
    asset = file.asset(request.asset_id)
    return bool(asked_already(file, asset, request.channel, request.account_part))


def _baseless(request: RequestRow) -> Step:
    """A person withdraws what has no ground any more; what is frozen is given back by it."""
    if request.state not in CARRIED_OUT:
        return _follow(request, "baseless")
    amount = Money(request.executed_minor, request.currency)
    text = say("request_baseless_frozen", authority=_who(request), amount=amount)
    return _step(request, ActionKind.FOLLOW_REQUEST, text)


def _too_much(request: RequestRow) -> Step:
    """A person asks for less, or withdraws what nothing is left of."""
    key = "too_much" if request.most_minor else "nothing_left"
    most = Money(request.most_minor or 0, request.currency)
    amount = Money(request.requested_minor, request.currency)
    text = say(f"request_{key}", authority=_who(request), amount=amount, most=most)
    return _step(request, ActionKind.FOLLOW_REQUEST, text)


def _regained(request: RequestRow, minor: int) -> Step:
    """A person withdraws a version of less, where what was asked for before stands again."""
    again = Money(minor, request.currency)
    amount = Money(request.requested_minor, request.currency)
    text = say("request_regained", authority=_who(request), amount=amount, most=again)
    return _step(request, ActionKind.FOLLOW_REQUEST, text)


def _told(file: CaseFile, request: RequestRow, owed: str) -> Step:
    over = ceiling.over_frozen(file, request)
    if owed != MessageKind.RECEIVED or not over.minor:
        return _follow(request, "tell", _OWED[owed])
    text = say("request_tell_over", authority=_who(request), what=_OWED[owed], amount=over)
    return _step(request, ActionKind.FOLLOW_REQUEST, text)


_OWED = {
    "assurance": phrase("the assurance that two people have given, its connection refused it"),
    "withdrawn": phrase("at once, that the request is withdrawn"),
    "executed": phrase("that its execution was noted"),
    "received": phrase("money came in elsewhere, how much is still wanted"),
}


def _waiting(file: CaseFile, request: RequestRow) -> Iterator[Step]:
    if clocks.is_failed(file, request):
        yield _follow(request, "undelivered")
    elif request.receipt_due_at is not None and request.receipt_warn_at is None:
        yield _follow(request, "no_receipt")
    is_asked = messages.is_on_its_way(file, request, MessageKind.REMINDER)
    if request.rung <= request.rung_done or is_asked:
        return
    if request.state is RequestState.POSTPONED:
        yield _follow(request, "remind", "it was postponed until now, ask where it stands")
        return
    if clocks.look_at(request) is not None:
        yield _follow(request, "remind", "no time is set for it, ask where it stands")
        return
    yield _follow(request, "remind", clocks.RUNGS[request.rung - 1][1])
    if request.rung == len(clocks.RUNGS):
        text = _say("request_over_time", request)
        yield _step(request, ActionKind.FOLLOW_REQUEST, text, Role.SUPERVISOR)


def waits(file: CaseFile) -> Iterator[Step]:
    """While another State is to answer or freezes, the recovery is not offered to be closed."""
    for request in file.requests:
        if request.route is not RequestRoute.PEOPLE:
            continue
        if request.state in CARRIED_OUT and request.hold_ends_at is not None:
            ends = f"{request.hold_ends_at:%Y-%m-%d}"
            text = say("wait_frozen_abroad", authority=_who(request), ends=ends)
            yield _step(request, ActionKind.WAIT, text, Role.ENGINE)
        if request.state in UNDER_WAY:
            at = request.review_at or request.due_at or clocks.look_at(request)
            text = say(
                "wait_request", authority=request.authority,
                due=f"{at:%Y-%m-%d}" if at else "no set day",
            )  # fmt: skip
            yield _step(request, ActionKind.WAIT, text, Role.ENGINE)


def _follow(request: RequestRow, key: str, what: str = "") -> Step:
    return _step(request, ActionKind.FOLLOW_REQUEST, _say(f"request_{key}", request, what))


def _say(key: str, request: RequestRow, what: str = "") -> Wording:
    amount = Money(request.requested_minor, request.currency)
    authority, ground = _who(request), request.reason or "no ground"
    return say(
        key, what=what, state=request.state, amount=amount, authority=authority, ground=ground
    )


def _who(request: RequestRow) -> str:
    return request.authority or request.partner_id


def _step(
    request: RequestRow, action: ActionKind, text: Wording, role: Role = Role.OFFICER
) -> Step:
    due = request.review_at or request.due_at or clocks.look_at(request) or request.hold_ends_at
    return Step(action, role, request.id, request.asset_id, due, text)

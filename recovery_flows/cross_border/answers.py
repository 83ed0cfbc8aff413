"""What the other side of a request says, by the closed list of its channel.

The same paper twice changes nothing. A late yes stands; whatever else is said of a request that
had ended contradicts what was recorded, and has an owner.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.request import CARRIED_OUT, UNDER_WAY, WENT_OUT, RequestRow, RequestState
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar
from recovery_flows.cross_border import ceiling, clocks
from recovery_flows.cross_border.channels import (
    Channel,
    ChannelGround,
    ClockKind,
    GroundKind,
    Option,
)
from recovery_flows.cross_border.lifecycle import by_people, move, replace_earlier
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.terms import due_at
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset

SAYS = (
    "acknowledged", "recognised", "needs_info", "postponed", "conditional", "refused", "executed",
    "partially_executed",
)  # fmt: skip
"""What the other side can say of a request."""
_Q = RequestState
_BEYOND_RECEIPT = frozenset({_Q.ACKNOWLEDGED, _Q.IN_EXECUTION, _Q.NEEDS_INFO, _Q.CONDITIONAL})
"""States of which an acknowledgement takes nothing back: what was asked or set stands."""
_NEED_GROUND = ("postponed", "conditional", "refused")
_NEW_ANSWERS = frozenset({"executed", "partially_executed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side says; `document` is the digest of the paper, `ground` a code of its list.

    `amount` is what was frozen or given, `until` the end of a freeze, `review_at` when what is
    postponed is looked at again. `number` and `at` are its own where a connection has them.
    """

    says: str
    document: str
    ground: str = ""
    amount: Money | None = None
    until: datetime | None = None
    review_at: datetime | None = None
    number: int = 0
    at: datetime | None = None

    def since(self, request: RequestRow, now: datetime) -> datetime:
        """After which what it names has to lie: it was given then, or not before the request.

        A request whose own receipt was lost counts as sent later than the other side had it.
        """
        return self.at or request.sent_at or now


def take_answer(
    changes: Changeset,
    request_id: str,
    answer: Answer,
    channel: Channel,
    now: datetime,
    known: Collection[str] = (),
) -> bool:
    """Record what the other side says; whether it was new.

    The same paper twice changes nothing, the last one or one of those `known` from before it.
    """
    request = by_people(changes.file, request_id)
    if request.state not in WENT_OUT or request.sent_at is None:
        raise StepRefusedError(
            phrase(
                "{request_id} is {request_state}: nobody answers what was not sent",
                request_id=request.id,
                request_state=request.state,
            )
        )
    if answer.document in {request.answer_document, *known}:
        return False
    ground = ground_for(channel, answer)
    values: dict[str, Scalar] = {"answer_document": answer.document}
    if answer.number:
        values["answers_read"] = answer.number
    if request.state not in UNDER_WAY and answer.says not in _NEW_ANSWERS:
        _contradict(changes, request, answer, values, now)
        return True
    if answer.says == "acknowledged" and request.state in _BEYOND_RECEIPT:
        changes.apply(move(request, "answer_noted", values))
        return True
    values |= _columns(changes.file, request, answer, channel, now)
    basis = ground.source if ground else ""
    is_less = _gives_back(changes.file, request, values)
    changes.apply(move(request, answer.says, values, basis))
    if answer.says in _NEW_ANSWERS:
        replace_earlier(changes, request, CARRIED_OUT)
    if request.state not in UNDER_WAY and not is_less:
        _find(changes, request, answer, now)
    _own_more(changes, request, answer, now)
    return True


def _gives_back(file: CaseFile, request: RequestRow, values: Mapping[str, Scalar]) -> bool:
    """Whether a body that froze more than is wanted by now says that it keeps less: nothing odd."""
    over, reached = ceiling.over_frozen(file, request).minor, values.get("executed_minor")
    least = request.executed_minor - over
    return bool(over) and isinstance(reached, int) and least <= reached < request.executed_minor


def _own_more(changes: Changeset, request: RequestRow, answer: Answer, now: datetime) -> None:
    """That a body reached more than it was asked for is somebody's to look at."""
    asked = Money(request.requested_minor, request.currency)
    if answer.says == "executed" and answer.amount is not None and asked < answer.amount:
        discrepancies.find(
            changes, DiscrepancyKind.REACHED_MORE, EntityKind.REQUEST, request.id, now,
            asset_id=request.asset_id, expected=asked, stated=answer.amount, mark=answer.document,
        )  # fmt: skip


def ground_for(channel: Channel, answer: Answer) -> ChannelGround | None:
    """The ground of an answer; MisuseError where the channel's closed list has no such code."""
    if answer.says not in SAYS:
        raise MisuseError(
            phrase(
                "--says takes one of {named}, not {says!r}", named=", ".join(SAYS), says=answer.says
            )
        )
    fitting = [g for g in channel.ground if answer.says in _said_by(g)]
    if not answer.ground:
        if answer.says in _NEED_GROUND and fitting:
            codes = ", ".join(g.code for g in fitting)
            raise MisuseError(
                phrase("--ground is missing: {code} knows {codes}", code=channel.code, codes=codes)
            )
        return None
    found = next((g for g in fitting if g.code == answer.ground), None)
    if found is None and channel.ground:
        codes = ", ".join(g.code for g in fitting) or phrase("no ground")
        raise MisuseError(
            phrase(
                "--ground {ground!r}: for {says} {code} knows {codes}",
                ground=answer.ground,
                says=answer.says,
                code=channel.code,
                codes=codes,
            )
        )
    return found


def possible_answers(channel: Channel) -> tuple[tuple[str, ChannelGround | None], ...]:
    """What the other side can say by a channel, each with the grounds that its closed list has."""
    found: list[tuple[str, ChannelGround | None]] = []
    for says in SAYS:
        fitting = [g for g in channel.ground if says in _said_by(g)]
        if not (says in _NEED_GROUND and fitting):
            found.append((says, None))
        found += [(says, ground) for ground in fitting]
    return tuple(found)


def _said_by(ground: ChannelGround) -> tuple[str, ...]:
    """What an answer with this ground can be: a ground that waits refuses nothing."""
    match ground.kind:
        case GroundKind.REFUSAL | GroundKind.IMPOSSIBLE:
            return ("refused",)
        case GroundKind.POSTPONEMENT:
            return ("postponed",)
        case GroundKind.DONE:
            return ("executed", "partially_executed")
    if Option.GIVE_ASSURANCE in ground.options or Option.GIVE_INDEMNITY in ground.options:
        return ("conditional",)
    return ("needs_info",) if Option.CURE_AND_RESEND in ground.options else ("acknowledged",)


def _columns(
    file: CaseFile, request: RequestRow, answer: Answer, channel: Channel, now: datetime
) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {"reason": answer.ground, "chosen": "", "review_at": None}
    state = file.asset(request.asset_id).regime
    match answer.says:
        case "acknowledged" if request.state is RequestState.POSTPONED:
            return values | {"clock_from": now, "rung": 0, "rung_done": 0}
        case "acknowledged":
            return {"reason": answer.ground}
        case "recognised":
            clock = clocks.clock_for(channel, ClockKind.EXECUTE, request, state)
            return values | (clocks.running(channel, clock, now) if clock else {})
        case "needs_info":
            ours = clocks.clock_for(channel, ClockKind.OUR_REPLY, request, state)
            values |= clocks.stopped(request, now)
            if ours is not None:
                values["due_at"] = due_at(ours.limit, now, channel)
            return values
        case "conditional":
            return values | clocks.stopped(request, now)
        case "postponed":
            if answer.review_at is None or answer.review_at <= answer.since(request, now):
                raise MisuseError(phrase("--review takes the day on which it is looked at again"))
            return values | {"due_at": None, "review_at": answer.review_at, "rung": 0,
                             "rung_done": 0}  # fmt: skip
        case "refused":
            return values | {"due_at": None}
    return values | _carried_out(request, answer, channel, now)


def _carried_out(
    request: RequestRow, answer: Answer, channel: Channel, now: datetime
) -> dict[str, Scalar]:
    whole = Money(request.requested_minor, request.currency)
    amount = answer.amount or (whole if answer.says == "executed" else None)
    if amount is None or amount.currency != request.currency or amount.minor <= 0:
        raise MisuseError(
            phrase(
                "--amount takes the sum that was reached, in {currency}", currency=request.currency
            )
        )
    if (answer.says == "executed") != (whole <= amount):
        fits = "partially_executed" if amount < whole else "executed"
        raise MisuseError(
            phrase(
                "{amount} of {whole} is {fits}: say --says {fits}",
                amount=amount,
                whole=whole,
                fits=fits,
            )
        )
    until = answer.until
    if until is None:
        lasts = next((c for c in channel.clock if c.kind is ClockKind.HOLD_LASTS), None)
        until = due_at(lasts.limit, now, channel) if lasts else None
    # One that is over by now stands: its answer was read late, and its end is an event of its own.
    if until is not None and until <= answer.since(request, now):
        raise MisuseError(phrase("--until names an end from before the request was sent"))
    return {
        "due_at": None, "executed_minor": amount.minor, "hold_ends_at": until, "clock_from": now,
        "told_at": None, "rung": 0, "rung_done": 0,
    }  # fmt: skip


def _contradict(
    changes: Changeset, request: RequestRow, answer: Answer, values: dict[str, Scalar],
    now: datetime,
) -> None:  # fmt: skip
    changes.apply(move(request, "contradicted", values))
    _find(changes, request, answer, now)


def _find(changes: Changeset, request: RequestRow, answer: Answer, now: datetime) -> None:
    """What is said of a request that had ended is somebody's to look at."""
    discrepancies.find(
        changes, DiscrepancyKind.CONTRADICTS_OUTCOME, EntityKind.REQUEST, request.id, now,
        asset_id=request.asset_id, mark=answer.document,
        detail=stored_phrase(
            "recorded as {state}, and the other side says {said}",
            state=request.state, said=answer.says
        ),
    )  # fmt: skip

"""What follows a request: a way that its ground leaves, its next version, or one of less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryState
from models.entities.request import AT_HOME, CARRIED_OUT, RequestRoute, RequestRow, RequestState
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.requests import void_approvals
from recovery_flows.cross_border import ceiling, guard, parts, stage as cross_border
from recovery_flows.cross_border.channels import Channel, Option
from recovery_flows.cross_border.lifecycle import by_people, move, not_now, refuse_on_its_way
from recovery_flows.cross_border.plans import next_version
from recovery_flows.cross_border.request_edits import begin_abroad, refuse_duplicate, request_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset

Seal = cross_border.Seal
_NAME_SUM = ("amount", "assistance_sought", "property_quantity")
"""Fields in which a request names the sum that it asks for."""


def options_of(file: CaseFile, request: RequestRow, channel: Channel) -> tuple[Option, ...]:
    """What is left to do with a request by its ground; any way on where no ground was named.

    One that its ground only lets be cured is closed where nothing may be asked for any more.
    """
    ground = channel.ground_of(request.reason)
    left = ground.options if ground is not None else ()
    if request.state not in (RequestState.REFUSED, RequestState.EXPIRED):
        return left
    if ground is None:
        return (Option.CURE_AND_RESEND, Option.OTHER_CHANNEL, Option.TRACE_AGAIN, Option.CLOSE)
    is_over = Option.CLOSE not in left and not _may_be_asked_again(file, request)
    return (*left, Option.CLOSE) if is_over else left


def _may_be_asked_again(file: CaseFile, request: RequestRow) -> bool:
    is_wanted = ceiling.has_ground(file, request) and guard.next_minor(file, request) > 0
    return is_wanted and not file.asset(request.asset_id).left_alone


def choose(
    changes: Changeset, request_id: str, option: str, channel: Channel, review_at: datetime | None,
    now: datetime,
) -> None:  # fmt: skip
    """Take one of the ways that a ground leaves; a way that the list does not have is refused."""
    request = by_people(changes.file, request_id)
    left = options_of(changes.file, request, channel)
    if option not in left:
        told = ", ".join(left) or phrase("nothing to choose")
        raise not_now(request, phrase("its ground leaves: {told}", told=told))
    values: dict[str, Scalar] = {"chosen": option}
    if option == Option.WAIT:
        if review_at is None or review_at <= now:
            raise MisuseError(
                phrase("--review takes the day on which it is looked at again, to come")
            )
        values["review_at"] = review_at
    changes.apply(move(request, "option_chosen", values))


def resubmit(
    changes: Changeset,
    request_id: str,
    given: Mapping[str, str],
    grounds: Mapping[str, Sequence[str]],
    laws: Regimes,
    seal: Seal,
) -> str:
    """Draft a new version of a request that was refused, or has ended; return the new one's id.

    `given` are the fields of the old one, `grounds` what each ground of the channel leaves to do.
    What was sent stays as it is. Where the traced sum is another by now, or no more than a part of
    it may be asked for, the texts that name it are drafted anew.
    """
    file = changes.file
    request = request_of(file, request_id)
    asset = file.asset(request.asset_id)
    _refuse_resubmitting(file, request, grounds.get(request.reason))
    if request.route is RequestRoute.PEOPLE:
        requested = Money(guard.next_minor(file, request), request.currency)
        fields = {**cross_border.known_fields(file, asset, requested), **given}
        if requested.minor != request.requested_minor:
            fields |= _sums(file, asset, requested, given)
    else:
        most = guard.draftable_minor(file, asset, request.account_part)
        requested = Money(most, asset.currency)
        drafted = cross_border.drafted_fields(file, asset, requested)
        same = requested == Money(request.requested_minor, request.currency)
        fields = {**drafted, **given} if same else {**given, **drafted}
    begin_abroad(changes, asset)
    law, plan = laws[file.recovery.regime], next_version(request)
    supported = parts.supported_now(file, request)
    plan = replace(plan, requested=requested, supported_minor=supported)
    return cross_border.draft_next(changes, asset, request, fields, law, seal, plan)


def reduce_request(
    changes: Changeset, request_id: str, given: Mapping[str, str], laws: Regimes, seal: Seal
) -> str:
    """Draft the next version of a request, of what it may ask for by now; return its id.

    `given` are the fields of the old one; those that name its sum are written anew. What has not
    left is replaced at once, what has by the version after it: once that leaves, or is carried out
    where a freeze stands.
    """
    file = changes.file
    request = request_of(file, request_id)
    most = guard.most_minor(file, request)
    if not guard.may_reduce(file, request) or most is None:
        raise StepRefusedError(phrase(
            "{request_id} is {request_state} and asks for no more than it may, or nothing is left "
            "to ask for", request_id=request.id, request_state=request.state,
        ))  # fmt: skip
    refuse_on_its_way(file, request)
    supported = parts.supported_now(file, request)
    asset, requested = file.asset(request.asset_id), Money(most, request.currency)
    if request.state in AT_HOME | {RequestState.NEEDS_INFO}:
        void_approvals(changes, request.id, stored_phrase("less is asked for"))
        changes.apply(Transition(EntityKind.REQUEST, request.id, "replaced", request.state))
    fields = {**given, **_sums(file, asset, requested, given)}
    law, plan = laws[file.recovery.regime], next_version(request)
    plan = replace(plan, requested=requested, supported_minor=supported)
    return cross_border.draft_request(changes, asset, fields, law, seal, plan)


def _sums(
    file: CaseFile, asset: AssetRow, requested: Money, given: Mapping[str, str]
) -> dict[str, str]:
    """The fields that name the sum, of those that a request has."""
    known = cross_border.known_fields(file, asset, requested)
    return {name: known[name] for name in _NAME_SUM if name in given}


_ASKED_AGAIN = CARRIED_OUT | {RequestState.REFUSED, RequestState.DENIED, RequestState.EXPIRED}


def _refuse_resubmitting(file: CaseFile, request: RequestRow, leaves: Sequence[str] | None) -> None:
    asset = file.asset(request.asset_id)
    is_frozen = request.state in CARRIED_OUT and request.hold_ends_at is None
    if request.state not in _ASKED_AGAIN or is_frozen:
        raise StepRefusedError(
            phrase(
                "request {request_id} is {request_state}: it was not refused",
                request_id=request.id,
                request_state=request.state,
            )
        )
    is_refused = request.state is RequestState.REFUSED
    if (
        is_refused
        and leaves is not None
        and not {Option.CURE_AND_RESEND, Option.RESEND} & set(leaves)
    ):
        told = ", ".join(option.replace("_", " ") for option in leaves)
        raise StepRefusedError(
            phrase(
                "request {request_id} was refused as {reason}, which leaves: {told}",
                request_id=request.id,
                reason=request.reason,
                told=told,
            )
        )
    if file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "the recovery is {recovery_state}: nothing is asked for it",
                recovery_state=file.recovery.state,
            )
        )
    refuse_duplicate(file, asset, request.channel, request.account_part)
    if asset.left_alone or not ceiling.has_ground(file, request):
        raise StepRefusedError(
            phrase(
                "no money is traced to the account of {request_id} any more", request_id=request.id
            )
        )

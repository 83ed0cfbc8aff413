"""What an officer does to a cross-border request: fill its fields, submit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.recall import OPEN_RECALLS
from models.entities.recovery import RecoveryState
from models.entities.request import CARRIED_OUT, RequestRoute, RequestRow, RequestState
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border import ceiling, stage as cross_border
from recovery_flows.cross_border.channels import Option
from recovery_flows.cross_border.plans import next_version, section_of, wrong_fields
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.ledger.changeset import Changeset

Seal = cross_border.Seal


def complete_request(
    changes: Changeset, request_id: str, fields: Mapping[str, str], laws: Regimes, seal: Seal
) -> str:
    """Give a request its fields; what is still missing is named on it. Return the id it has then.

    Where the other side asks for more they are those of its next version: what was sent stays.
    """
    request = request_of(changes.file, request_id)
    law = laws[changes.file.recovery.regime]
    if request.state is RequestState.NEEDS_INFO:
        ceiling.check_traced(changes.file, request)
        asset = changes.file.asset(request.asset_id)
        changes.apply(Transition(EntityKind.REQUEST, request.id, "replaced", request.state))
        return cross_border.draft_request(changes, asset, fields, law, seal, next_version(request))
    if request.state not in (RequestState.DRAFT, RequestState.PENDING_APPROVAL):
        raise StepRefusedError(
            phrase(
                "request {request_id} is {request_state}: it cannot be changed",
                request_id=request_id,
                request_state=request.state,
            )
        )
    values = cross_border.field_values(law, request.id, fields, seal, request.asked)
    changes.apply(Transition(EntityKind.REQUEST, request.id, "amended", request.state, values))
    void_approvals(changes, request.id, "the request was changed")
    return request.id


def refuse_unfit(
    file: CaseFile, request: RequestRow, given: Mapping[str, str], laws: Regimes
) -> None:
    """Refuse fields that are not asked for, or cannot be right."""
    asked = cross_border.asked_fields(laws[file.recovery.regime], request.asked)
    for name in given:
        if name not in asked:
            raise StepRefusedError(phrase(
                "a request asks for no field {name!r}, and only what it asks for may leave; it "
                "asks for {named}",
                name=name, named=", ".join(asked),
            ))  # fmt: skip
    if request.asked:
        wrong = wrong_fields(given, Money(request.requested_minor, request.currency))
        if wrong:
            raise StepRefusedError("; ".join(wrong))


def submit_request(
    changes: Changeset, request_id: str, actor: str, now: datetime, laws: Regimes
) -> None:
    """Submit a complete request for approval; a gap is named field by field, with its rule."""
    request = request_of(changes.file, request_id)
    if request.state is not RequestState.DRAFT:
        raise StepRefusedError(
            phrase(
                "request {request_id} is {request_state}: only a draft goes on",
                request_id=request_id,
                request_state=request.state,
            )
        )
    if request.missing:
        rules = rules_wanting(request, laws[changes.file.recovery.regime])
        raise StepRefusedError(
            phrase(
                "the request lacks {lacking}: fill these first{rules}",
                lacking=lacking(request),
                rules=rules,
            )
        )
    ceiling.check_traced(changes.file, request)
    if request.route is RequestRoute.PEOPLE:
        _refuse_repeating(changes.file, request)
        ceiling.check(changes.file, request)
    values: dict[str, Scalar] = {"drafted_by": actor}
    changes.apply(Transition(EntityKind.REQUEST, request.id, "submitted", request.state, values))
    ask(changes, ApprovalKind.REQUEST, request.id, actor, now)


def _refuse_repeating(file: CaseFile, request: RequestRow) -> None:
    """What was refused is not asked for again in the same words of the same body."""
    for other in file.requests:
        is_same = _said(other) == _said(request) and other.state is RequestState.REFUSED
        if is_same and other.id != request.id:
            raise StepRefusedError(phrase(
                "{request_id} says exactly what {other_id} said, refused as {told}: change what "
                "was missing, or withdraw it",
                request_id=request.id, other_id=other.id, told=other.reason or phrase("no ground"),
            ))  # fmt: skip


def _said(request: RequestRow) -> tuple[object, ...]:
    return (
        request.asset_id, request.channel, request.authority, request.wanted,
        request.requested_minor, request.fields_digest,
    )  # fmt: skip


def rules_wanting(request: RequestRow, law: Regime) -> str:
    """Which rule wants each approval that is missing; empty where none is."""
    missing = request.missing.split(",")
    return "".join(
        f"; {rule.code} ({rule.instrument}, {rule.article}) wants {rule.reference_field}"
        for rule in law.disclosures.values()
        if rule.reference_field in missing
    )


def lacking(request: RequestRow) -> str:
    """The fields that a request lacks, each with its section of the form where it has one."""
    names = [name for name in request.missing.split(",") if name]
    sections = {name: section_of(request.asked, name) for name in names}
    return ", ".join(f"{n} (section {sections[n]})" if sections[n] else n for n in names)


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
    What was sent stays as it is. Where the traced sum is another by now, the texts that name it
    are drafted anew.
    """
    file = changes.file
    request = request_of(file, request_id)
    asset = file.asset(request.asset_id)
    _refuse_resubmitting(file, request, grounds.get(request.reason))
    if request.route is RequestRoute.PEOPLE:
        requested = Money(request.requested_minor, request.currency)
        fields = {**cross_border.known_fields(file, asset, requested), **given}
    else:
        drafted = cross_border.drafted_fields(file, asset)
        same = (request.requested_minor, request.currency) == (asset.traced_minor, asset.currency)
        fields = {**drafted, **given} if same else {**given, **drafted}
    begin_abroad(changes, asset)
    law = laws[changes.file.recovery.regime]
    return cross_border.draft_request(changes, asset, fields, law, seal, next_version(request))


def begin_abroad(changes: Changeset, asset: AssetRow) -> None:
    """Put an account back into the stage in which something is asked abroad."""
    event = {Stage.CLOSED: "reopened_abroad", Stage.RESTITUTION: "resubmitted"}.get(asset.stage)
    if event:
        changes.apply(Transition(EntityKind.ASSET, asset.id, event, asset.stage))


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
    refuse_duplicate(file, asset, request.channel)
    if asset.left_alone or not ceiling.has_ground(file, request):
        raise StepRefusedError(
            phrase(
                "no money is traced to the account of {request_id} any more", request_id=request.id
            )
        )


def refuse_duplicate(file: CaseFile, asset: AssetRow, channel: str) -> None:
    """Refuse to ask for one account by one channel twice at a time."""
    if why := asked_already(file, asset, channel):
        raise StepRefusedError(why)


def asked_already(file: CaseFile, asset: AssetRow, channel: str) -> str:
    """Which request asks for an account by a channel now; empty where none does."""
    for other in file.requests:
        same = other.asset_id == asset.id and other.channel == channel
        if same and cross_border.is_waiting(other):
            return phrase(
                "another request for the account of {partner_id} is under way by {channel}: {id} "
                "is {state}",
                partner_id=asset.partner_id,
                channel=channel,
                id=other.id,
                state=other.state,
            )
    return ""


def also_asked(file: CaseFile, request_id: str) -> Iterator[str]:
    """What else is asked for the same account: by another channel, or by a recall to it."""
    mine = request_of(file, request_id)
    for other in file.requests:
        if other.id != mine.id and other.asset_id == mine.asset_id and other.state not in _OVER:
            yield f"by {other.channel}, {other.id} is {other.state}"
    account = file.asset(mine.asset_id).account_id
    paid_there = {c.id for c in file.claims if c.payee_account_id == account}
    for recall in file.recalls:
        if recall.claim_id in paid_there and recall.state in OPEN_RECALLS:
            yield f"by {recall.channel}, {recall.id} is {recall.state}"


_OVER = frozenset({RequestState.DENIED, RequestState.WITHDRAWN, RequestState.REPLACED})


def request_of(file: CaseFile, request_id: str) -> RequestRow:
    """The request of that id; MisuseError names those there are."""
    found = next((r for r in file.requests if r.id == request_id), None)
    if found is None:
        there = ", ".join(r.id for r in file.requests) or phrase("none")
        raise MisuseError(
            phrase(
                "the recovery has no request {request_id!r}; there is {there}",
                request_id=request_id,
                there=there,
            )
        )
    return found

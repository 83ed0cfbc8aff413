"""What an officer does to a cross-border request: fill its fields, submit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow, Stage
from models.entities.event import EntityKind
from models.entities.recall import OPEN_RECALLS
from models.entities.request import RequestRoute, RequestRow, RequestState
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border import guard, stage as cross_border
from recovery_flows.cross_border.parts import AccountPart, is_of_money, is_open, part_of
from recovery_flows.cross_border.plans import section_of, wrong_fields
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
        guard.check_traced(changes.file, request)
        _refuse_followed(changes.file, request)
        asset = changes.file.asset(request.asset_id)
        changes.apply(Transition(EntityKind.REQUEST, request.id, "replaced", request.state))
        return cross_border.draft_next(changes, asset, request, fields, law, seal)
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
    void_approvals(changes, request.id, stored_phrase("the request was changed"))
    return request.id


def _refuse_followed(file: CaseFile, request: RequestRow) -> None:
    if guard.has_next(file, request):
        raise StepRefusedError(phrase(
            "a version that asks for less follows {id} already: fill and send that one, or "
            "withdraw it first", id=request.id,
        ))  # fmt: skip


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
    guard.check(changes.file, request)
    if request.route is RequestRoute.PEOPLE:
        _refuse_repeating(changes.file, request)
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


def begin_abroad(changes: Changeset, asset: AssetRow) -> None:
    """Put an account back into the stage in which something is asked abroad."""
    event = {Stage.CLOSED: "reopened_abroad", Stage.RESTITUTION: "resubmitted"}.get(asset.stage)
    if event:
        changes.apply(Transition(EntityKind.ASSET, asset.id, event, asset.stage))


def refuse_duplicate(file: CaseFile, asset: AssetRow, channel: str, part: int) -> None:
    """Refuse to ask for one part of an account by one channel twice at a time."""
    if why := asked_already(file, asset, channel, part):
        raise StepRefusedError(why)


def asked_already(file: CaseFile, asset: AssetRow, channel: str, part: int) -> str:
    """Which request asks for a part of an account by a channel now; empty where none does."""
    for other in file.requests:
        same = part_of(other) == AccountPart(asset.id, part) and other.channel == channel
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
            yield _also(mine, other)
    account = file.asset(mine.asset_id).account_id
    paid_there = {c.id for c in file.claims if c.payee_account_id == account}
    for recall in file.recalls:
        if recall.claim_id in paid_there and recall.state in OPEN_RECALLS:
            yield _is_asked(recall.channel, recall.id, recall.state)


def _also(mine: RequestRow, other: RequestRow) -> str:
    """What has ended, or asks for no money, counts nothing."""
    if not (is_of_money(mine) and is_open(other)):
        return _is_asked(other.channel, other.id, other.state)
    figures = {"channel": other.channel, "request_id": other.id, "request_state": other.state}
    if other.account_part == mine.account_part:
        return phrase(
            "by {channel}, {request_id} is {request_state}: the same money, counted once", **figures
        )
    return phrase(
        "by {channel}, {request_id} is {request_state}: part {part}, counted besides",
        part=other.account_part,
        **figures,
    )


def _is_asked(channel: str, name: str, state: str) -> str:
    return phrase(
        "by {channel}, {request_id} is {request_state}",
        channel=channel,
        request_id=name,
        request_state=state,
    )


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

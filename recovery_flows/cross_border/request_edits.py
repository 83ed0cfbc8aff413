"""What an officer does to a cross-border request: fill its fields, submit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import Stage
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryState
from models.entities.request import RequestRow, RequestState
from models.outcome import Scalar, Transition
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.requests import ask, void_approvals
from recovery_flows.cross_border import stage as cross_border
from recovery_flows.cross_border.channels import Option
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset

Seal = cross_border.Seal


def complete_request(
    changes: Changeset, request_id: str, fields: Mapping[str, str], laws: Regimes, seal: Seal
) -> None:
    """Give a request its fields; what is still missing is named on it."""
    request = request_of(changes.file, request_id)
    if request.state not in (
        RequestState.DRAFT, RequestState.PENDING_APPROVAL, RequestState.NEEDS_INFO,
    ):  # fmt: skip
        raise StepRefusedError(f"request {request_id} is {request.state}: it cannot be changed")
    law = laws[changes.file.recovery.regime]
    values = cross_border.field_values(law, request.id, fields, seal)
    changes.apply(Transition(EntityKind.REQUEST, request.id, "amended", request.state, values))
    void_approvals(changes, request.id, "the request was changed")


def refuse_unfit(file: CaseFile, given: Mapping[str, str], laws: Regimes) -> None:
    """Refuse fields that are not asked for."""
    asked = cross_border.asked_fields(laws[file.recovery.regime])
    for name in given:
        if name not in asked:
            raise StepRefusedError(
                f"a request asks for no field {name!r}, and only what it asks for may leave; "
                f"it asks for {', '.join(asked)}"
            )


def submit_request(
    changes: Changeset, request_id: str, actor: str, now: datetime, laws: Regimes
) -> None:
    """Submit a complete request for approval; a gap is named field by field, with its rule."""
    request = request_of(changes.file, request_id)
    if request.state is not RequestState.DRAFT:
        raise StepRefusedError(f"request {request_id} is {request.state}: only a draft goes on")
    if request.missing:
        missing = request.missing.split(",")
        rules = [
            f"; {rule.code} ({rule.instrument}, {rule.article}) wants {rule.reference_field}"
            for rule in laws[changes.file.recovery.regime].disclosures.values()
            if rule.reference_field in missing
        ]
        names = ", ".join(missing)
        raise StepRefusedError(f"the request lacks {names}: fill these first{''.join(rules)}")
    values: dict[str, Scalar] = {"drafted_by": actor}
    changes.apply(Transition(EntityKind.REQUEST, request.id, "submitted", request.state, values))
    ask(changes, ApprovalKind.REQUEST, request.id, actor, now)


def resubmit(
    changes: Changeset,
    request_id: str,
    given: Mapping[str, str],
    grounds: Mapping[str, Sequence[str]],
    laws: Regimes,
    seal: Seal,
) -> str:
    """Draft a new version of a request that was refused or denied; return the new one's id.

    `given` are the fields of the old one, `grounds` what each ground of the channel leaves to do.
    What was sent stays as it is. Where the traced sum is another by now, the texts that name it
    are drafted anew.
    """
    file = changes.file
    request = request_of(file, request_id)
    asset = file.asset(request.asset_id)
    _refuse_resubmitting(file, request, grounds.get(request.reason))
    drafted = cross_border.drafted_fields(file, asset)
    same = (request.requested_minor, request.currency) == (asset.traced_minor, asset.currency)
    fields = {**drafted, **given} if same else {**given, **drafted}
    if asset.stage is not Stage.CROSS_BORDER:
        event = "reopened_abroad" if asset.stage is Stage.CLOSED else "resubmitted"
        changes.apply(Transition(EntityKind.ASSET, asset.id, event, asset.stage))
    return cross_border.draft_request(
        changes, asset, fields, laws[changes.file.recovery.regime], seal
    )


def _refuse_resubmitting(file: CaseFile, request: RequestRow, leaves: Sequence[str] | None) -> None:
    asset = file.asset(request.asset_id)
    if request.state not in (RequestState.REFUSED, RequestState.DENIED):
        raise StepRefusedError(f"request {request.id} is {request.state}: it was not refused")
    if leaves is not None and not {Option.CURE_AND_RESEND, Option.RESEND} & set(leaves):
        told = ", ".join(option.replace("_", " ") for option in leaves)
        raise StepRefusedError(
            f"request {request.id} was refused as {request.reason}, which leaves: {told}"
        )
    if file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(f"the recovery is {file.recovery.state}: nothing is asked for it")
    if any(r.asset_id == asset.id and cross_border.is_waiting(r) for r in file.requests):
        raise StepRefusedError(f"another request for the account of {request.id} is under way")
    if asset.left_alone or asset.traced_minor <= 0:
        raise StepRefusedError(f"no money is traced to the account of {request.id} any more")


def request_of(file: CaseFile, request_id: str) -> RequestRow:
    """The request of that id; MisuseError names those there are."""
    found = next((r for r in file.requests if r.id == request_id), None)
    if found is None:
        there = ", ".join(r.id for r in file.requests) or "none"
        raise MisuseError(f"the recovery has no request {request_id!r}; there is {there}")
    return found

"""What the case file tells the adviser: the question for each account abroad, the fields there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.request import RequestState
from models.money import Money
from recovery_flows.cross_border.adviser import Question
from recovery_flows.cross_border.channels import Channel, Help
from recovery_flows.cross_border.stage import drafted_fields
from recovery_flows.law.regime import Regime


def questions_of(
    file: CaseFile,
    rail: str,
    wanted: Help,
    now: datetime,
    filled: Mapping[str, Mapping[str, frozenset[str]]],
    law: Regime,
) -> tuple[Question, ...]:
    """A question for each account abroad where money is traced.

    `filled` names, by asset and channel, the fields that were written into its requests; those that
    `law` wants for an approval count for their channel alone. The payment's time is the victim's,
    the first of several: a later hop has less time behind it, never more.
    """
    references = {rule.reference_field for rule in law.disclosures.values()}
    return tuple(
        Question(
            from_state=file.recovery.regime,
            to_state=asset.regime,
            rail=rail,
            amount=Money(asset.traced_minor, asset.currency),
            paid_at=min(claim.paid_at for claim in file.claims),
            now=now,
            wanted=wanted,
            have=_covered_by_file(file, asset).union(*filled.get(asset.id, {}).values())
            - references,
            recorded=filled.get(asset.id, {}),
        )
        for asset in file.assets
        if not asset.home and asset.traced_minor > 0
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """A request of a recovery that was refused or waits for more; `options` are what is left."""

    request_id: str
    state: str
    ground: str
    meaning: str
    options: tuple[str, ...]
    source: str


def refused_requests(file: CaseFile, channels: Mapping[str, Channel]) -> tuple[Refused, ...]:
    """Requests that a ground stopped, with what the closed list of their channel leaves.

    A reason that is no ground of the channel, such as a bank's own, leaves the options empty.
    """
    found = []
    for request in file.requests:
        if request.state in (RequestState.REFUSED, RequestState.NEEDS_INFO):
            channel = channels.get(request.channel)
            ground = channel.ground_of(request.reason) if channel else None
            found.append(
                Refused(
                    request.id,
                    request.state,
                    request.reason,
                    ground.text if ground else "",
                    tuple(ground.options) if ground else (),
                    ground.source if ground else "",
                )
            )
    return tuple(found)


def _covered_by_file(file: CaseFile, asset: AssetRow) -> frozenset[str]:
    traced = Money(asset.traced_minor, asset.currency)
    drafted = {name for name, text in drafted_fields(file, asset, traced).items() if text}
    known = {"amount", "currency", "beneficiary_bank", "victim_country", "reference"}
    if file.recovery.case_number:
        known |= {"case_number", "file_number"}
    return frozenset(drafted | known)

"""Drafting the requests of a template by one act: what each channel asks for, where it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.language.phrase import phrase
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.correspondence.abroad import drafting
from recovery_flows.correspondence.abroad.drafting import Given
from recovery_flows.cross_border import plans, request_edits
from recovery_flows.cross_border.actions import Channels, channel_of
from recovery_flows.cross_border.channels import StateGroup
from recovery_flows.cross_border.templates import Template, TemplatePart, why_closed
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regime


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What a template came to: ids of the drafts, a sentence for each part that was left out."""

    drafted: tuple[str, ...]
    left_out: tuple[str, ...]


def draft_all(
    acting: ActingOfficer, recovery_id: str, template: Template, given: Given, channels: Channels,
    groups: Mapping[str, StateGroup],
) -> SideBySide:  # fmt: skip
    """Draft every request of a template for each account abroad, in one transaction.

    A field goes to each request that asks for it. A channel that is not open between the States,
    or asks for the account already, is left out and named; StepRefusedError where all are.
    """
    with acting.editing(recovery_id) as edit:
        drafting.check_open(edit.file)
        law = acting.laws[edit.file.recovery.regime]
        _check_fields(template, given, channels, law)
        drafted: list[str] = []
        left: list[str] = []
        for asset in drafting.assets_of(edit.file, given):
            for part in template.request:
                why = _left_out(edit.file, asset, part, given, channels, groups)
                if why:
                    left.append(f"{part.channel} for {asset.id}: {why}")
                else:
                    drafted.append(_draft(acting, edit, asset, part, given, channels, law))
        if not drafted:
            raise StepRefusedError(phrase("nothing was drafted; {named}", named="; ".join(left)))
    return SideBySide(tuple(drafted), tuple(left))


def _draft(
    acting: ActingOfficer, edit: Edit, asset: AssetRow, part: TemplatePart, given: Given,
    channels: Channels, law: Regime,
) -> str:  # fmt: skip
    channel = channel_of(channels, part.channel)
    asked = _asked(part, channels, law)
    fields = {name: text for name, text in given.fields.items() if name in asked}
    one = replace(given, channel=channel.code, wanted=part.want, fields=fields)
    return drafting.draft_one(acting, edit, asset, one, channel, part.want)


def _asked(part: TemplatePart, channels: Channels, law: Regime) -> tuple[str, ...]:
    channel = channel_of(channels, part.channel)
    return plans.split_asked(plans.asked_of(channel, law, part.want))[0]


def _check_fields(template: Template, given: Given, channels: Channels, law: Regime) -> None:
    """A field that no request of the template asks for is a slip, and is named."""
    asked = {name for part in template.request for name in _asked(part, channels, law)}
    for name in given.fields:
        if name not in asked:
            codes = ", ".join(part.channel for part in template.request)
            raise MisuseError(
                phrase("--field {name}: none of {codes} asks for it", name=name, codes=codes)
            )


def _left_out(
    file: CaseFile, asset: AssetRow, part: TemplatePart, given: Given, channels: Channels,
    groups: Mapping[str, StateGroup],
) -> str:  # fmt: skip
    channel = channel_of(channels, part.channel)
    if why := why_closed(channel, file.recovery.regime, asset.regime, groups):
        return why
    of_account = drafting.part_of(file, asset, given, part.want)
    return request_edits.asked_already(file, asset, channel.code, of_account)

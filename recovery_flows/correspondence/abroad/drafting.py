"""Drafting a request abroad by any channel, for one account or for each that is abroad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.partner import PartnerChannel, PartnerKind
from models.entities.recovery import RecoveryState
from models.language.phrase import phrase
from models.money import Money
from models.privacy.personal_data import personal_data
from models.queries.cases.work import PartnerLine, partners
from models.queries.privacy.personal_data import known_data
from models.safe_text import steers_or_hides, undirected
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.correspondence.free_text import UNDECIDED, Decided, passed_texts
from recovery_flows.cross_border import guard, plans, request_edits, stage
from recovery_flows.cross_border.actions import Channels, channel_of, seal_by
from recovery_flows.cross_border.channels import Channel, Help, Recipient
from recovery_flows.errors import MisuseError, StepRefusedError

_AUTHORITY_LENGTH_MAX, _LANGUAGE_LENGTH = 120, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an officer gives for a new request; without an account it is asked for all abroad.

    `part` says which part of the account's money it asks for, as `plans.chosen_part` takes it.
    """

    channel: str
    wanted: str = Help.FREEZE
    account: str = ""
    authority: str = ""
    language: str = "en"
    amount: str = ""
    part: str = ""
    fields: Mapping[str, str]
    decided: Decided = UNDECIDED


def draft(
    acting: ActingOfficer, recovery_id: str, given: Given, channels: Channels
) -> tuple[str, ...]:
    """Draft a request by any channel for each account named; return their ids."""
    channel = channel_of(channels, given.channel)
    wanted = _wanted(channel, given.wanted)
    with acting.editing(recovery_id) as edit:
        file = edit.file
        check_open(file)
        assets = assets_of(file, given)
        return tuple(draft_one(acting, edit, a, given, channel, wanted) for a in assets)


def check_open(file: CaseFile) -> None:
    """StepRefusedError where nothing is drafted for a recovery yet, or any more."""
    if file.recovery.state is not RecoveryState.OPEN:
        raise StepRefusedError(
            phrase(
                "{ref} is {recovery_state}: accept it first",
                ref=file.recovery.ref,
                recovery_state=file.recovery.state,
            )
        )


def draft_one(
    acting: ActingOfficer, edit: Edit, asset: AssetRow, given: Given, channel: Channel,
    wanted: Help,
) -> str:  # fmt: skip
    """Draft one request for one account; its id."""
    unit, changes, now = edit.unit, edit.changes, edit.now
    law = acting.laws[changes.file.recovery.regime]
    part = part_of(changes.file, asset, given, wanted)
    request_edits.refuse_duplicate(changes.file, asset, channel.code, part)
    requested = _requested(asset, given.amount)
    carrier = _carrier(unit, asset, channel, given.authority.strip())
    named = carrier.name if carrier else given.authority.strip()
    authority = named or f"the {channel.recipient} of {asset.regime}"
    carrier_id = carrier.id if carrier else ""
    plan = plans.by_channel(
        channel, law, wanted, authority, given.language, requested, carrier_id, part
    )
    known = stage.known_fields(changes.file, asset, requested)
    _check_address(unit, changes.file, authority, given.language)
    texts = passed_texts(
        unit, edit.actor, now, changes.file, asset.id, given.fields, given.decided, law
    )
    request_edits.begin_abroad(changes, asset)
    request_id = stage.draft_request(changes, asset, known | texts, law, seal_by(unit), plan)
    request = request_edits.request_of(changes.file, request_id)
    request_edits.refuse_unfit(changes.file, request, given.fields, acting.laws)
    guard.check(changes.file, request, is_new=True)
    return request_id


def part_of(file: CaseFile, asset: AssetRow, given: Given, wanted: Help) -> int:
    """Which part of an account's money a request asks for."""
    is_money = wanted in (Help.FREEZE, Help.RETURN)
    return plans.chosen_part(
        file, asset, given.part.strip(), is_money=is_money, has_sum=bool(given.amount)
    )


def _carrier(unit: Unit, asset: AssetRow, channel: Channel, named: str) -> PartnerLine | None:
    """The body of that State with a connection: the one that is named, or the only one there is."""
    kind = _BODIES.get(Recipient(channel.recipient))
    there = [
        p
        for p in partners(unit.session, None)
        if p.kind is kind and p.regime == asset.regime and p.channel is PartnerChannel.API
    ]
    if named:
        return next((p for p in there if named in (p.id, p.name)), None)
    return there[0] if len(there) == 1 else None


_BODIES = {
    Recipient.POLICE: PartnerKind.POLICE, Recipient.AUTHORITY: PartnerKind.CENTRAL_AUTHORITY,
    Recipient.COURT: PartnerKind.CENTRAL_AUTHORITY, Recipient.FIU: PartnerKind.FIU,
}  # fmt: skip
"""Which kind of partner takes what goes to a recipient; a provider or a bank takes no request."""


def _check_address(unit: Unit, file: CaseFile, authority: str, language: str) -> None:
    """Both stand in clear, in the history and in every list: no control characters, no person."""
    if len(authority) > _AUTHORITY_LENGTH_MAX or steers_or_hides(undirected(authority)):
        raise MisuseError(phrase(
            "--authority has at most {authority_length_max} characters and no control characters",
            authority_length_max=_AUTHORITY_LENGTH_MAX,
        ))  # fmt: skip
    if found := personal_data(authority, known_data(unit.session, unit.vault, file)):
        raise StepRefusedError(
            phrase("--authority holds a {kind}, and it is stored in clear", kind=found[0].kind)
        )
    if not (len(language) == _LANGUAGE_LENGTH and language.isascii() and language.islower()):
        raise MisuseError(
            phrase(
                "--language {language!r} is no code of ISO 639-1 such as fr, en", language=language
            )
        )


def assets_of(file: CaseFile, given: Given) -> list[AssetRow]:
    """The accounts abroad that are asked about: the one that was named, or all."""
    abroad = [a for a in file.assets if not a.home and not a.is_custody]
    if given.account:
        abroad = [a for a in abroad if a.id == given.account]
        if not abroad:
            raise MisuseError(
                phrase("--account {account!r} is no account abroad of it", account=given.account)
            )
    elif given.amount and len(abroad) > 1:
        raise MisuseError(
            phrase(
                "--amount is for one account: --account {named}",
                named=", ".join(a.id for a in abroad),
            )
        )
    if not abroad:
        raise StepRefusedError(phrase("{ref} has no account abroad", ref=file.recovery.ref))
    return abroad


def _requested(asset: AssetRow, text: str) -> Money:
    if not text:
        found = Money(asset.traced_minor, asset.currency)
        if found.minor <= 0:
            raise StepRefusedError(
                phrase("no money is traced to {asset_id}: name it with --amount", asset_id=asset.id)
            )
        return found
    try:
        found = Money.parse(text, asset.currency)
    except ValueError as error:
        raise MisuseError(
            phrase(
                "--amount {told!r} is no sum in {currency}: {error}",
                told=text,
                currency=asset.currency,
                error=error,
            )
        ) from error
    if found.minor <= 0:
        raise MisuseError(phrase("--amount {told!r} is no sum above zero", told=text))
    return found


def _wanted(channel: Channel, text: str) -> Help:
    if channel.recipient == Recipient.BANK:
        raise MisuseError(
            phrase(
                "{code} calls a payment back: `recovery recall draft` does that", code=channel.code
            )
        )
    if text not in set(channel.help):
        raise MisuseError(
            phrase(
                "{code} gives {named}, not {told!r}",
                code=channel.code,
                named=", ".join(channel.help),
                told=text,
            )
        )
    return Help(text)

"""What people do with requests abroad beyond the next step; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.entities.request import RequestRow
from models.ids import canonical
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.requests import names_known, opened_fields
from models.queries.installation.clock import case_now
from models.sealing.sealed_place import SealedPlace
from models.store.documents import keep
from models.store.notes import write_note
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.cross_border import (
    answers,
    ceiling,
    lifecycle,
    plans,
    receipts,
    request_edits,
    stage,
)
from recovery_flows.cross_border.channels import Channel, Help, Option, Recipient
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests

Channels = Mapping[str, Channel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an officer gives for a new request; without an account it is asked for all abroad."""

    channel: str
    wanted: str = Help.FREEZE
    account: str = ""
    authority: str = ""
    language: str = "en"
    amount: str = ""
    fields: Mapping[str, str]


def draft(
    acting: ActingOfficer, recovery_id: str, given: Given, channels: Channels
) -> tuple[str, ...]:
    """Draft a request by any channel for each account named; return their ids."""
    channel = channel_of(channels, given.channel)
    wanted = _wanted(channel, given.wanted)
    with acting.editing(recovery_id, None) as (unit, changes):
        file = changes.file
        if file.recovery.state is not RecoveryState.OPEN:
            raise StepRefusedError(f"{file.recovery.ref} is {file.recovery.state}: accept it first")
        assets = _assets(file, given)
        return tuple(_draft_one(acting, unit, changes, a, given, channel, wanted) for a in assets)


def _draft_one(
    acting: ActingOfficer, unit: Unit, changes: Changeset, asset: AssetRow, given: Given,
    channel: Channel, wanted: Help,
) -> str:  # fmt: skip
    law = acting.laws[changes.file.recovery.regime]
    request_edits.refuse_twin(changes.file, asset, channel.code)
    requested = _requested(asset, given.amount)
    authority = given.authority.strip() or f"the {channel.recipient} of {asset.regime}"
    plan = plans.by_channel(channel, law, wanted, authority, given.language, requested)
    known = stage.known_fields(changes.file, asset, requested)
    request_edits.begin_abroad(changes, asset)
    request_id = stage.draft_request(
        changes, asset, known | dict(given.fields), law, _seal(unit), plan
    )
    request = request_edits.request_of(changes.file, request_id)
    names = names_known(unit.session, unit.vault, changes.file)
    request_edits.refuse_unfit(changes.file, request, given.fields, acting.laws, names)
    ceiling.check(changes.file, request)
    return request_id


def _assets(file: CaseFile, given: Given) -> list[AssetRow]:
    abroad = [a for a in file.assets if not a.home and not a.is_custody]
    if given.account:
        abroad = [a for a in abroad if a.id == given.account]
        if not abroad:
            raise MisuseError(f"--account {given.account!r} is no account abroad of it")
    elif given.amount and len(abroad) > 1:
        raise MisuseError(
            f"--amount is for one account: --account {', '.join(a.id for a in abroad)}"
        )
    if not abroad:
        raise StepRefusedError(f"{file.recovery.ref} has no account abroad")
    return abroad


def _requested(asset: AssetRow, text: str) -> Money:
    if not text:
        found = Money(asset.traced_minor, asset.currency)
        if found.minor <= 0:
            raise StepRefusedError(f"no money is traced to {asset.id}: name it with --amount")
        return found
    try:
        found = Money.parse(text, asset.currency)
    except ValueError as error:
        raise MisuseError(f"--amount {text!r} is no sum in {asset.currency}: {error}") from error
    if found.minor <= 0:
        raise MisuseError(f"--amount {text!r} is no sum above zero")
    return found


def _wanted(channel: Channel, text: str) -> Help:
    if channel.recipient == Recipient.BANK:
        raise MisuseError(f"{channel.code} calls a payment back: `recovery recall draft` does that")
    if text not in set(channel.help):
        raise MisuseError(f"{channel.code} gives {', '.join(channel.help)}, not {text!r}")
    return Help(text)


def channel_of(channels: Channels, code: str) -> Channel:
    """The channel of that code; MisuseError names those there are."""
    if code not in channels:
        raise MisuseError(f"there is no channel {code!r}; there are: {', '.join(sorted(channels))}")
    return channels[code]


def _seal(unit: Unit) -> Callable[[object, SealedPlace], str]:
    return lambda fields, place: unit.vault.seal(canonical(fields).decode(), place)


def resubmit(
    acting: ActingOfficer,
    recovery_id: str,
    request_id: str,
    reason: str,
    channels: Channels,
    seen: int | None = None,
) -> str:
    """Draft a new version of a request that was refused; the reason is kept sealed in a note."""
    with acting.editing(recovery_id, seen) as (unit, changes):
        request = request_edits.request_of(changes.file, request_id)
        channel = channel_of(channels, request.channel)
        draft_id = _next_version(acting, unit, changes, request, channel)
        words = f"request {request_id} resubmitted as {draft_id}"
        _note(acting, unit, changes, words, reason)
    return f"{changes.file.recovery.ref}: {draft_id} drafted in the place of {request_id}"


def _next_version(
    acting: ActingOfficer, unit: Unit, changes: Changeset, request: RequestRow, channel: Channel
) -> str:
    given = opened_fields(unit.session, unit.vault, request.id)
    leaves = {ground.code: ground.options for ground in channel.ground}
    return request_edits.resubmit(changes, request.id, given, leaves, acting.laws, _seal(unit))


def answer(
    acting: ActingOfficer, recovery_id: str, request_id: str, given: answers.Answer, paper: bytes,
    channels: Channels,
) -> str:  # fmt: skip
    """Record what the other side says, with its paper, which is kept encrypted."""
    with acting.editing(recovery_id, None) as (unit, changes):
        now = case_now(unit.session, acting.wall_now())
        request = request_edits.request_of(changes.file, request_id)
        channel = channel_of(channels, request.channel)
        keep(unit, paper, "answer from abroad", "application/octet-stream", now)
        is_new = answers.take_answer(changes, request_id, given, channel, now)
        request = request_edits.request_of(changes.file, request_id)
    ref = changes.file.recovery.ref
    if not is_new:
        return f"{ref}: this answer to {request_id} is known already"
    left = ", ".join(lifecycle.options_of(request, channel))
    return f"{ref}: {request_id} is {request.state}" + (
        f"; its ground leaves: {left}" if left else ""
    )


def choose(
    acting: ActingOfficer, recovery_id: str, request_id: str, option: str, reason: str,
    channels: Channels, review_at: datetime | None,
) -> str:  # fmt: skip
    """Take one of the ways that a ground leaves; what the program can do of it is done."""
    with acting.editing(recovery_id, None) as (unit, changes):
        now = case_now(unit.session, acting.wall_now())
        request = request_edits.request_of(changes.file, request_id)
        channel = channel_of(channels, request.channel)
        lifecycle.choose(changes, request_id, option, channel, review_at, now)
        _note(acting, unit, changes, f"request {request_id}: {option}", reason)
        done = _done_by_choice(acting, unit, changes, request, option, channel)
    return f"{changes.file.recovery.ref}: {option.replace('_', ' ')} chosen for {request_id}{done}"


def _done_by_choice(
    acting: ActingOfficer, unit: Unit, changes: Changeset, request: RequestRow, option: str,
    channel: Channel,
) -> str:  # fmt: skip
    if option in (Option.CURE_AND_RESEND, Option.RESEND):
        return f"; drafted: {_next_version(acting, unit, changes, request, channel)}"
    if option == Option.TRACE_AGAIN:
        trace_requests.request_trace(changes)
        return "; the money is traced again"
    if option == Option.OTHER_CHANNEL:
        ref = changes.file.recovery.ref
        return f"; `recovery channels {ref}` shows those that are open"
    return ""


def assure(acting: ActingOfficer, recovery_id: str, request_id: str, words: str) -> str:
    """Ask a second person to give the assurance that the other side wants."""
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        _note(acting, unit, changes, "", words)
        fingerprint = unit.vault.fingerprint(words.strip())
        asked = lifecycle.ask_assurance(changes, request_id, fingerprint, actor.id, now)
    return f"{changes.file.recovery.ref}: another person approves exactly these words: {asked}"


def remind(acting: ActingOfficer, recovery_id: str, request_id: str, how: str) -> str:
    """Record that the other side was asked where the request stands."""
    with acting.editing(recovery_id, None) as (unit, changes):
        lifecycle.remind(changes, request_id)
        _note(acting, unit, changes, f"request {request_id} reminded", how)
    return f"{changes.file.recovery.ref}: {request_id} reminded"


def told(acting: ActingOfficer, recovery_id: str, request_id: str, how: str) -> str:
    """Record that the other side was told what it did not know."""
    with acting.editing(recovery_id, None) as (unit, changes):
        now = case_now(unit.session, acting.wall_now())
        what = lifecycle.tell(changes, request_id, now)
        _note(acting, unit, changes, f"request {request_id}: told of {what}", how)
    return f"{changes.file.recovery.ref}: the other side of {request_id} was told ({what})"


def extend(
    acting: ActingOfficer, recovery_id: str, request_id: str, until: datetime, paper: bytes
) -> str:
    """Record that the other side freezes for longer, with its paper."""
    with acting.editing(recovery_id, None) as (unit, changes):
        now = case_now(unit.session, acting.wall_now())
        document = keep(unit, paper, "answer from abroad", "application/octet-stream", now)
        lifecycle.extend(changes, request_id, until, document)
    return f"{changes.file.recovery.ref}: {request_id} holds until {until:%Y-%m-%d %H:%M} UTC"


def withdraw(acting: ActingOfficer, recovery_id: str, request_id: str, reason: str) -> str:
    """Take a request back; what went out is told at once."""
    with acting.editing(recovery_id, None) as (unit, changes):
        is_out = lifecycle.withdraw(changes, request_id, "the reason is in a note")
        _note(acting, unit, changes, f"request {request_id} withdrawn", reason)
    owed = "; tell the other side now: `recovery xborder told`" if is_out else ""
    return f"{changes.file.recovery.ref}: {request_id} withdrawn{owed}"


def receipt(
    acting: ActingOfficer, recovery_id: str, request_id: str, kind: str, at: datetime,
    paper: bytes, channels: Channels,
) -> str:  # fmt: skip
    """Record a delivery receipt; one that is weaker or too late is kept and changes nothing."""
    with acting.editing(recovery_id, None) as (unit, changes):
        actor, now = acting.actor(Role.OFFICER), case_now(unit.session, acting.wall_now())
        request = request_edits.request_of(changes.file, request_id)
        proof = keep(unit, paper, "delivery receipt", "application/octet-stream", now)
        channel = channel_of(channels, request.channel)
        came = receipts.Receipt(kind, min(at, now), proof, actor.id)
        counts = receipts.take(changes, request, came, channel)
    does = "counts" if counts else "is kept and changes nothing"
    return f"{changes.file.recovery.ref}: {kind} of {request_id} {does}"


def currency_of(acting: ActingOfficer, recovery_id: str, request_id: str) -> str:
    """The currency in which a request asks."""
    with acting.database.reading() as session:
        return request_edits.request_of(load_file(session, recovery_id), request_id).currency


def _note(acting: ActingOfficer, unit: Unit, changes: Changeset, what: str, words: str) -> None:
    if not words.strip():
        raise MisuseError("this takes a reason: whoever reads the file later will ask for it")
    now = case_now(unit.session, acting.wall_now())
    text = f"{what}: {words.strip()}" if what else words.strip()
    write_note(unit, acting.actor(Role.OFFICER), now, changes.file.recovery.id, text)

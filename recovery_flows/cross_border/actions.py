"""What people do with requests abroad beyond the next step; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from models.entities.officer import Role
from models.entities.request import RequestRow
from models.ids import canonical
from models.queries.cases.case_files import load_file
from models.queries.cases.requests import answer_papers, opened_fields
from models.queries.installation.clock import case_now
from models.sealing.sealed_place import SealedPlace
from models.store.documents import keep
from models.store.notes import write_note
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.cross_border import (
    answers,
    lifecycle,
    receipts,
    request_edits,
)
from recovery_flows.cross_border.channels import Channel, Option
from recovery_flows.errors import MisuseError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests

Channels = Mapping[str, Channel]


def channel_of(channels: Channels, code: str) -> Channel:
    """The channel of that code; MisuseError names those there are."""
    if code not in channels:
        raise MisuseError(f"there is no channel {code!r}; there are: {', '.join(sorted(channels))}")
    return channels[code]


def seal_by(unit: Unit) -> Callable[[object, SealedPlace], str]:
    """Seals the fields of a request for where they are kept."""
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
    return request_edits.resubmit(changes, request.id, given, leaves, acting.laws, seal_by(unit))


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
        known = answer_papers(unit.session, request_id)
        is_new = answers.take_answer(changes, request_id, given, channel, now, known)
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
    with acting.editing_with_note(recovery_id, "assurance", words) as edit:
        asked = lifecycle.ask_assurance(
            edit.changes, request_id, edit.fingerprint, edit.actor.id, edit.now
        )
    ref = edit.changes.file.recovery.ref
    return f"{ref}: another person approves exactly these words: {asked}"


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
    text = f"{what}: {words.strip()}"
    write_note(unit, acting.actor(Role.OFFICER), now, changes.file.recovery.id, text)

"""What people do with requests abroad beyond the next step; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from models.entities.request import RequestRow
from models.ids import canonical
from models.language.phrase import joined, phrase
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.requests import answer_papers, opened_fields
from models.sealing.sealed_place import SealedPlace
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer, Edit
from recovery_flows.cross_border import (
    answers,
    lifecycle,
    receipts,
    request_edits,
    versions,
)
from recovery_flows.cross_border.channels import Channel, Option
from recovery_flows.errors import MisuseError
from recovery_flows.tracing import trace_requests
from recovery_flows.wording import spoken

Channels = Mapping[str, Channel]


def channel_of(channels: Channels, code: str) -> Channel:
    """The channel of that code; MisuseError names those there are."""
    if code not in channels:
        raise MisuseError(
            phrase(
                "there is no channel {code!r}; there are: {named}",
                code=code,
                named=", ".join(sorted(channels)),
            )
        )
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
    with acting.editing(recovery_id, seen) as edit:
        request = request_edits.request_of(edit.file, request_id)
        channel = channel_of(channels, request.channel)
        draft_id = _next_version(acting, edit, request, channel)
        edit.note(f"request {request_id} resubmitted as {draft_id}", reason)
    return phrase(
        "{ref}: {draft_id} drafted in the place of {request_id}",
        ref=edit.ref,
        draft_id=draft_id,
        request_id=request_id,
    )


def _next_version(acting: ActingOfficer, edit: Edit, request: RequestRow, channel: Channel) -> str:
    given = opened_fields(edit.unit.session, edit.unit.vault, request.id)
    leaves = {ground.code: ground.options for ground in channel.ground}
    return versions.resubmit(
        edit.changes, request.id, given, leaves, acting.laws, seal_by(edit.unit)
    )


def reduce_request(
    acting: ActingOfficer, recovery_id: str, request_id: str, reason: str, seen: int | None = None
) -> str:
    """Draft the next version of a request, of what it may ask for by now; `reason` is kept."""
    with acting.editing(recovery_id, seen) as edit:
        given = opened_fields(edit.unit.session, edit.unit.vault, request_id)
        draft_id = versions.reduce_request(
            edit.changes, request_id, given, acting.laws, seal_by(edit.unit)
        )
        draft = request_edits.request_of(edit.file, draft_id)
        edit.note(f"request {request_id} reduced by {draft_id}", reason)
    asked = Money(draft.requested_minor, draft.currency)
    return phrase(
        "{ref}: {draft_id} drafted in the place of {request_id}, for {asked}",
        ref=edit.ref,
        draft_id=draft_id,
        request_id=request_id,
        asked=asked,
    )


def answer(
    acting: ActingOfficer, recovery_id: str, request_id: str, given: answers.Answer, paper: bytes,
    channels: Channels,
) -> str:  # fmt: skip
    """Record what the other side says, with its paper, which is kept encrypted."""
    with acting.editing(recovery_id) as edit:
        channel = channel_of(channels, request_edits.request_of(edit.file, request_id).channel)
        edit.keep(paper, "answer from abroad")
        known = answer_papers(edit.unit.session, request_id)
        is_new = answers.take_answer(edit.changes, request_id, given, channel, edit.now, known)
        request = request_edits.request_of(edit.file, request_id)
    if not is_new:
        return phrase(
            "{ref}: this answer to {request_id} is known already",
            ref=edit.ref,
            request_id=request_id,
        )
    left = ", ".join(versions.options_of(edit.file, request, channel))
    told = phrase(
        "{ref}: {request_id} is {state}", ref=edit.ref, request_id=request_id, state=request.state
    )
    return joined("", (told, phrase("; its ground leaves: {left}", left=left))) if left else told


def choose(
    acting: ActingOfficer, recovery_id: str, request_id: str, option: str, reason: str,
    channels: Channels, review_at: datetime | None,
) -> str:  # fmt: skip
    """Take one of the ways that a ground leaves; what the program can do of it is done."""
    with acting.editing(recovery_id) as edit:
        request = request_edits.request_of(edit.file, request_id)
        channel = channel_of(channels, request.channel)
        versions.choose(edit.changes, request_id, option, channel, review_at, edit.now)
        edit.note(f"request {request_id}: {option}", reason)
        done = _done_by_choice(acting, edit, request, option, channel)
    return phrase(
        "{ref}: {option} chosen for {request_id}{done}",
        ref=edit.ref,
        option=spoken(option),
        request_id=request_id,
        done=done,
    )


def _done_by_choice(
    acting: ActingOfficer, edit: Edit, request: RequestRow, option: str, channel: Channel
) -> str:
    if option in (Option.CURE_AND_RESEND, Option.RESEND):
        version = _next_version(acting, edit, request, channel)
        return phrase("; drafted: {version}", version=version)
    if option == Option.TRACE_AGAIN:
        trace_requests.request_trace(edit.changes)
        return phrase("; the money is traced again")
    if option == Option.OTHER_CHANNEL:
        return phrase("; `recovery channels {ref}` shows those that are open", ref=edit.ref)
    return ""


def extend(
    acting: ActingOfficer, recovery_id: str, request_id: str, until: datetime, paper: bytes
) -> str:
    """Record that the other side freezes for longer, with its paper."""
    with acting.editing(recovery_id) as edit:
        document = edit.keep(paper, "answer from abroad")
        lifecycle.extend(edit.changes, request_id, until, document)
    ends = f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return phrase(
        "{ref}: {request_id} holds until {ends}", ref=edit.ref, request_id=request_id, ends=ends
    )


def receipt(
    acting: ActingOfficer, recovery_id: str, request_id: str, kind: str, at: datetime,
    paper: bytes, channels: Channels,
) -> str:  # fmt: skip
    """Record a delivery receipt; one that is weaker or too late is kept and changes nothing."""
    with acting.editing(recovery_id) as edit:
        request = request_edits.request_of(edit.file, request_id)
        proof = edit.keep(paper, "delivery receipt")
        channel = channel_of(channels, request.channel)
        came = receipts.Receipt(kind, min(at, edit.now), proof, edit.actor.id)
        counts = receipts.take(edit.changes, request, came, channel)
    does = "counts" if counts else "is kept and changes nothing"
    return f"{edit.ref}: {kind} of {request_id} {does}"


def currency_of(acting: ActingOfficer, recovery_id: str, request_id: str) -> str:
    """The currency in which a request asks."""
    with acting.database.reading() as session:
        return request_edits.request_of(load_file(session, recovery_id), request_id).currency

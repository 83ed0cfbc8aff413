"""What people do with a request from abroad: one transaction each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.entities.outside.incoming_request import (
    INCOMING_TRANSITIONS,
    IncomingRow,
    IncomingState,
)
from models.facts import AccountRef
from models.ids import canonical, derive_id
from models.outcome import Outcome, Scalar, Transition
from models.privacy.personal_data import Known
from models.queries.cases.case_files import load_files, recovery_id_of
from models.queries.cases.views import masked_account
from models.queries.partners.incoming import (
    IncomingView,
    count_of_year,
    having,
    incoming_named,
    matches,
    place,
    same_reference,
    sealed_of,
)
from models.queries.privacy.personal_data import known_data
from models.sealing.vault import Vault
from models.store.accounts import account_id_of
from models.store.disclosures import Disclosed, note_disclosure
from models.store.record import record
from models.store.unit import Actor, Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.disclosures import checked_reason
from recovery_flows.correspondence.incoming import lifecycle
from recovery_flows.correspondence.incoming.lifecycle import Given
from recovery_flows.cross_border.channels import Channel, StateGroup
from recovery_flows.errors import MisuseError, StepRefusedError

Channels = Mapping[str, Channel]
_NOUN = EntityKind.INCOMING_REQUEST
_SEEN_LENGTH = 12
_ABOUT = "about recoveries"
"""Stands among an answer's fields and stays here: the recoveries that list it."""


def register(
    acting: ActingOfficer, given: Given, channels: Channels, groups: Mapping[str, StateGroup]
) -> str:
    """Register a request; its clock starts when it was received, whoever registers it owns it."""
    actor = acting.actor(Role.OFFICER)
    with acting.unit() as (unit, now):
        number = "".join(given.account.split())  # as statements have it: else nothing is found
        given = replace(given, account=number, received_at=given.received_at or now)
        channel = lifecycle.check(given, channels, groups, tuple(acting.laws), now)
        known = same_reference(unit.session, given.from_state, given.their_ref)
        if known:
            raise StepRefusedError(f"{given.their_ref} of {given.from_state} is here as {known}")
        clock = lifecycle.clock_of(channel, given, groups)
        due = lifecycle.answer_due(channel, clock, given, acting.laws[given.law])
        prefix = f"I-{now:%Y}-"
        ref = f"{prefix}{count_of_year(unit.session, prefix) + 1:04}"
        name = derive_id("incoming", given.from_state, given.their_ref)
        account = AccountRef(given.bank, given.account, "")
        account_id = account_id_of(unit, account) if given.account else ""
        values: dict[str, Scalar] = {
            "ref": ref, "from_state": given.from_state, "asked_by": given.asked_by.strip(),
            "their_ref": given.their_ref.strip(), "channel": channel.code, "wanted": given.wanted,
            "law": given.law, "basis": given.basis.strip(), "received_at": given.received_at,
            "due_at": due, "clock": clock.code if clock and given.due_at is None else "",
            "owner_id": actor.id, "account_id": account_id, "bank": given.bank,
            "acknowledged_at": None, "ground": "", "answer_digest": "", "answered_by": "",
            "confirmed_by": "", "closed_at": None, "answer_sealed": "", "denial_sealed": "",
            "purpose_sealed": unit.vault.seal(given.purpose.strip(), place(name, "purpose_sealed")),
            "account_sealed": unit.vault.seal(given.account, place(name, "account_sealed")),
        }  # fmt: skip
        basis = clock.source if clock else channel.source
        move = Transition(_NOUN, name, "registered", None, values, legal_basis=basis[:200])
        record(unit, actor, now, "", Outcome((move,)))
        found = matches(unit.session, account_id)
    told = f"an answer is due by {due:%Y-%m-%d %H:%M} UTC" if due else "no time is set for it"
    whose = ", ".join(m.ref if m.recovery_id else f"{m.ref} ({m.owner})" for m in found)
    ours = f"; the account is in {whose}" if found else ""
    return f"{ref} registered: {told}{ours}"


def take(acting: ActingOfficer, ref: str) -> str:
    """Become the officer in charge of a request that is open."""
    return _step(acting, ref, "taken", {"owner_id": acting.actor(Role.OFFICER).id}, "taken over")


def acknowledge(acting: ActingOfficer, ref: str) -> str:
    """Record that the other side was told of the receipt; that tells nothing else."""
    actor = acting.actor(Role.OFFICER)
    with acting.unit() as (unit, now):
        row = _row(unit.session, ref)
        _move(unit, actor, now, row, "acknowledged", {"acknowledged_at": now})
    return f"{row.ref}: receipt acknowledged to {row.asked_by}"


def answer(
    acting: ActingOfficer,
    ref: str,
    fields: Mapping[str, str],
    channels: Channels,
    about: Collection[str] = (),
) -> str:
    """Ask a second person to confirm an answer; nothing is told before.

    `about` are references of the recoveries whose persons it names, where the request names no
    account by which these are found: each lists the answer in its privacy report. StepRefusedError
    where an answer names persons and no recovery could list it.
    """
    actor = acting.actor(Role.OFFICER)
    with acting.unit() as (unit, now):
        row = _row(unit.session, ref)
        ours = [recovery_id_of(unit.session, name) for name in about]
        law, known = acting.laws[row.law], _known(unit.session, unit.vault, row, ours)
        lifecycle.check_answer(fields, channels[row.channel], law, known)
        named = lifecycle.of_persons(fields, law)
        if named and not row.account_id and not ours:
            raise StepRefusedError(
                f"{row.ref} names no account, so that no recovery would list in its privacy report "
                f"that {', '.join(named)} was told: say whose it is with --about REF"
            )
        refs = ",".join(file.recovery.ref for file in load_files(unit.session, ours))
        told = dict(fields) | ({_ABOUT: refs} if refs else {})
        seen = _ask(unit, actor, now, row, "answer_asked", told, "")
    return f"{row.ref}: answer of {', '.join(fields)} asked for; {_then(row, seen)}"


def refuse(acting: ActingOfficer, ref: str, ground: str, reason: str, channels: Channels) -> str:
    """Ask a second person to confirm a refusal by a ground of the channel."""
    actor, why = acting.actor(Role.OFFICER), checked_reason(reason)
    with acting.unit() as (unit, now):
        row = _row(unit.session, ref)
        lifecycle.check_ground(ground, channels[row.channel])
        seen = _ask(unit, actor, now, row, "refusal_asked", {"reason": why}, ground)
    return f"{row.ref}: refusal as {ground} asked for; {_then(row, seen)}"


def confirm(acting: ActingOfficer, ref: str, seen: str) -> str:
    """Say yes to exactly the answer or refusal that was seen: `seen` begins its digest."""
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        row = _pending(unit.session, ref)
        if len(seen) < _SEEN_LENGTH or not row.answer_digest.startswith(seen):
            raise StepRefusedError(
                f"the answer of {row.ref} is not the one you saw: `recovery incoming show {row.ref}"
                " --answer` shows it with its digest"
            )
        values: dict[str, Scalar] = {"confirmed_by": actor.id, "closed_at": now}
        _move(unit, actor, now, row, "confirmed", values)
    done = "answered" if row.state is IncomingState.ANSWER_PENDING else "refused"
    return f"{row.ref}: {done}; write it out with `recovery incoming write {row.ref} --out FILE`"


def deny(acting: ActingOfficer, ref: str, reason: str) -> str:
    """Give an answer or refusal back with a reason."""
    actor, why = acting.actor(Role.SUPERVISOR), checked_reason(reason)
    with acting.unit() as (unit, now):
        row = _pending(unit.session, ref)
        sealed = unit.vault.seal(why, place(row.id, "denial_sealed"))
        _move(unit, actor, now, row, "denied", {"denial_sealed": sealed})
    return f"{row.ref}: given back to {row.answered_by}"


def answer_text(acting: ActingOfficer, ref: str) -> bytes:
    """The answer as it leaves, without our own approvals; refused until it is confirmed."""
    actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        row = _row(unit.session, ref)
        if row.state not in (IncomingState.ANSWERED, IncomingState.REFUSED):
            raise StepRefusedError(f"{row.ref} is {row.state}: nothing leaves unconfirmed")
        ours = {rule.reference_field for rule in acting.laws[row.law].disclosures.values()}
        told = _answer_fields(unit.session, unit.vault, row)
        fields = {name: text for name, text in told.items() if name not in {*ours, _ABOUT}}
        _move(unit, actor, now, row, "written_out", {})
        _list_in(unit, actor, now, row, told, "written out")
    head = f"To: {row.asked_by} ({row.from_state})\nYour reference: {row.their_ref}\n"
    head += f"Our reference: {row.ref}\nBy: {row.channel}; {row.basis}\n"
    ground = f"Refused: {row.ground}\n" if row.ground else ""
    body = "".join(f"{name}: {text}\n" for name, text in fields.items())
    return f"{head}\n{ground}{body}".encode()


def pending_answer(acting: ActingOfficer, ref: str) -> tuple[IncomingRow, Mapping[str, str]]:
    """What a second person reads before saying yes, in clear; the look is recorded."""
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        row = _pending(unit.session, ref)
        _move(unit, actor, now, row, "shown", {})
        told = _answer_fields(unit.session, unit.vault, row)
        _list_in(unit, actor, now, row, told, "shown")
        return row, told


def incoming_view(session: Session, vault: Vault, ref: str, now: datetime) -> IncomingView:
    """One request as a page shows it; MisuseError where there is none."""
    row = _row(session, ref)
    return IncomingView(
        now, row, sealed_of(session, vault, row.id, "purpose_sealed"),
        masked_account(sealed_of(session, vault, row.id, "account_sealed")[-4:]),
        matches(session, row.account_id), tuple(_answer_fields(session, vault, row)),
        sealed_of(session, vault, row.id, "denial_sealed"),
    )  # fmt: skip


def _ask(
    unit: Unit, actor: Actor, now: datetime, row: IncomingRow, event: str,
    fields: Mapping[str, str], ground: str,
) -> str:  # fmt: skip
    text = canonical(dict(fields)).decode()
    digest = unit.vault.fingerprint(f"{row.id} {ground} {text}")
    values: dict[str, Scalar] = {
        "answer_sealed": unit.vault.seal(text, place(row.id, "answer_sealed")),
        "answer_digest": digest, "answered_by": actor.id, "ground": ground, "denial_sealed": "",
    }  # fmt: skip
    _move(unit, actor, now, row, event, values)
    return digest[:_SEEN_LENGTH]


def _then(row: IncomingRow, seen: str) -> str:
    return f"another person confirms it: `recovery incoming confirm {row.ref} --seen {seen}`"


def _step(
    acting: ActingOfficer, ref: str, event: str, values: Mapping[str, Scalar], told: str
) -> str:
    with acting.unit() as (unit, now):
        row = _row(unit.session, ref)
        _move(unit, acting.actor(Role.OFFICER), now, row, event, values)
    return f"{row.ref}: {told}"


def _move(
    unit: Unit, actor: Actor, now: datetime, row: IncomingRow, event: str,
    values: Mapping[str, Scalar],
) -> None:  # fmt: skip
    if (row.state, event) not in INCOMING_TRANSITIONS:
        raise StepRefusedError(f"{row.ref} is {row.state}: it cannot be {event.replace('_', ' ')}")
    move = Transition(_NOUN, row.id, event, row.state, values, legal_basis=row.basis)
    record(unit, actor, now, "", Outcome((move,)))


def _row(session: Session, ref: str) -> IncomingRow:
    row = incoming_named(session, ref)
    if row is None:
        raise MisuseError(f"there is no request from abroad {ref!r}: `recovery incoming list`")
    return row


def _pending(session: Session, ref: str) -> IncomingRow:
    row = _row(session, ref)
    if row.state not in (IncomingState.ANSWER_PENDING, IncomingState.REFUSAL_PENDING):
        raise StepRefusedError(f"{row.ref} is {row.state}: no answer waits for a second person")
    return row


def _answer_fields(session: Session, vault: Vault, row: IncomingRow) -> dict[str, str]:
    text = sealed_of(session, vault, row.id, "answer_sealed")
    fields: dict[str, str] = json.loads(text or "{}")
    return fields


def _list_in(
    unit: Unit, actor: Actor, now: datetime, row: IncomingRow, told: Mapping[str, str], how: str
) -> None:
    """Recoveries that an answer was said to be about list it, as those with its account do."""
    names = ", ".join(name for name in told if name != _ABOUT)
    what = f"answer to {row.from_state}, {row.ref} {how}: {names}"
    for ref in filter(None, told.get(_ABOUT, "").split(",")):
        listed = Disclosed(DisclosureKind.DOCUMENTS, what, row.id)
        note_disclosure(unit, actor, now, recovery_id_of(unit.session, ref), listed)


def _known(session: Session, vault: Vault, row: IncomingRow, about: Collection[str] = ()) -> Known:
    """What our recoveries know of the account or of whom it is about, and the account itself."""
    number = sealed_of(session, vault, row.id, "account_sealed")
    ours = {m.recovery_id for m in having(session, row.account_id)}
    files = load_files(session, sorted({*ours, *about}))
    found = [known_data(session, vault, file) for file in files]
    return Known(
        tuple(name for one in found for name in one.names),
        (*(n for one in found for n in one.accounts), *([number] if number else [])),
        tuple(c for one in found for c in one.contacts),
    )

"""What people do with a request from abroad: one transaction each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

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
from models.language.phrase import phrase
from models.outcome import Outcome, Scalar, Transition
from models.queries.cases.case_files import load_files, recovery_id_of
from models.queries.partners.incoming import (
    count_of_year,
    matches,
    place,
    same_reference,
)
from models.store.accounts import account_id_of
from models.store.disclosures import Disclosed, note_disclosure
from models.store.record import record
from models.store.unit import Actor, Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.disclosures import checked_reason
from recovery_flows.correspondence.incoming import lifecycle
from recovery_flows.correspondence.incoming.lifecycle import Given
from recovery_flows.correspondence.incoming.reading import (
    answer_fields,
    known_of,
    pending_of,
    request_of,
)
from recovery_flows.cross_border.channels import Channel, StateGroup
from recovery_flows.errors import StepRefusedError
from recovery_flows.wording import spoken

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
            raise StepRefusedError(phrase(
                "{their_ref} of {from_state} is here as {known}", their_ref=given.their_ref,
                from_state=given.from_state, known=known,
            ))  # fmt: skip
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
    return _step(
        acting, ref, "taken", {"owner_id": acting.actor(Role.OFFICER).id}, phrase("taken over")
    )


def acknowledge(acting: ActingOfficer, ref: str) -> str:
    """Record that the other side was told of the receipt; that tells nothing else."""
    actor = acting.actor(Role.OFFICER)
    with acting.unit() as (unit, now):
        row = request_of(unit.session, ref)
        _move(unit, actor, now, row, "acknowledged", {"acknowledged_at": now})
    return phrase("{ref}: receipt acknowledged to {asked_by}", ref=row.ref, asked_by=row.asked_by)


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
        row = request_of(unit.session, ref)
        ours = [recovery_id_of(unit.session, name) for name in about]
        law, known = acting.laws[row.law], known_of(unit.session, unit.vault, row, ours)
        lifecycle.check_answer(fields, channels[row.channel], law, known)
        named = lifecycle.of_persons(fields, law)
        if named and not row.account_id and not ours:
            raise StepRefusedError(phrase(
                "{ref} names no account, so that no recovery would list in its privacy "
                "report that {named} was told: say whose it is with --about REF", ref=row.ref,
                named=", ".join(named),
            ))  # fmt: skip
        refs = ",".join(file.recovery.ref for file in load_files(unit.session, ours))
        told = dict(fields) | ({_ABOUT: refs} if refs else {})
        seen = _ask(unit, actor, now, row, "answer_asked", told, "")
    return phrase(
        "{ref}: answer of {fields} asked for; {then}", ref=row.ref, fields=", ".join(fields),
        then=_then(row, seen),
    )  # fmt: skip


def refuse(acting: ActingOfficer, ref: str, ground: str, reason: str, channels: Channels) -> str:
    """Ask a second person to confirm a refusal by a ground of the channel."""
    actor, why = acting.actor(Role.OFFICER), checked_reason(reason)
    with acting.unit() as (unit, now):
        row = request_of(unit.session, ref)
        lifecycle.check_ground(ground, channels[row.channel])
        seen = _ask(unit, actor, now, row, "refusal_asked", {"reason": why}, ground)
    return phrase(
        "{ref}: refusal as {ground} asked for; {then}", ref=row.ref, ground=ground,
        then=_then(row, seen),
    )  # fmt: skip


def confirm(acting: ActingOfficer, ref: str, seen: str) -> str:
    """Say yes to exactly the answer or refusal that was seen: `seen` begins its digest."""
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        row = pending_of(unit.session, ref)
        if len(seen) < _SEEN_LENGTH or not row.answer_digest.startswith(seen):
            raise StepRefusedError(phrase(
                "the answer of {ref} is not the one you saw: `recovery incoming show "
                "{ref} --answer` shows it with its digest", ref=row.ref,
            ))  # fmt: skip
        values: dict[str, Scalar] = {"confirmed_by": actor.id, "closed_at": now}
        _move(unit, actor, now, row, "confirmed", values)
    is_answer = row.state is IncomingState.ANSWER_PENDING
    done = phrase("answered") if is_answer else phrase("refused")
    return phrase(
        "{ref}: {done}; write it out with `recovery incoming write {ref} --out FILE`",
        ref=row.ref, done=done,
    )  # fmt: skip


def deny(acting: ActingOfficer, ref: str, reason: str) -> str:
    """Give an answer or refusal back with a reason."""
    actor, why = acting.actor(Role.SUPERVISOR), checked_reason(reason)
    with acting.unit() as (unit, now):
        row = pending_of(unit.session, ref)
        sealed = unit.vault.seal(why, place(row.id, "denial_sealed"))
        _move(unit, actor, now, row, "denied", {"denial_sealed": sealed})
    return phrase("{ref}: given back to {answered_by}", ref=row.ref, answered_by=row.answered_by)


def answer_text(acting: ActingOfficer, ref: str) -> bytes:
    """The answer as it leaves, without our own approvals; refused until it is confirmed."""
    actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        row = request_of(unit.session, ref)
        if row.state not in (IncomingState.ANSWERED, IncomingState.REFUSED):
            raise StepRefusedError(
                phrase("{ref} is {state}: nothing leaves unconfirmed", ref=row.ref, state=row.state)
            )
        ours = {rule.reference_field for rule in acting.laws[row.law].disclosures.values()}
        told = answer_fields(unit.session, unit.vault, row)
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
        row = pending_of(unit.session, ref)
        _move(unit, actor, now, row, "shown", {})
        told = answer_fields(unit.session, unit.vault, row)
        _list_in(unit, actor, now, row, told, "shown")
        return row, told


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
    return phrase(
        "another person confirms it: `recovery incoming confirm {ref} --seen {seen}`",
        ref=row.ref, seen=seen,
    )  # fmt: skip


def _step(
    acting: ActingOfficer, ref: str, event: str, values: Mapping[str, Scalar], told: str
) -> str:
    with acting.unit() as (unit, now):
        row = request_of(unit.session, ref)
        _move(unit, acting.actor(Role.OFFICER), now, row, event, values)
    return phrase("{ref}: {told}", ref=row.ref, told=told)


def _move(
    unit: Unit, actor: Actor, now: datetime, row: IncomingRow, event: str,
    values: Mapping[str, Scalar],
) -> None:  # fmt: skip
    if (row.state, event) not in INCOMING_TRANSITIONS:
        raise StepRefusedError(phrase(
            "{ref} is {state}: it cannot be {event}", ref=row.ref, state=row.state,
            event=spoken(event),
        ))  # fmt: skip
    move = Transition(_NOUN, row.id, event, row.state, values, legal_basis=row.basis)
    record(unit, actor, now, "", Outcome((move,)))


def _list_in(
    unit: Unit, actor: Actor, now: datetime, row: IncomingRow, told: Mapping[str, str], how: str
) -> None:
    """Recoveries that an answer was said to be about list it, as those with its account do."""
    names = ", ".join(name for name in told if name != _ABOUT)
    what = f"answer to {row.from_state}, {row.ref} {how}: {names}"
    for ref in filter(None, told.get(_ABOUT, "").split(",")):
        listed = Disclosed(DisclosureKind.DOCUMENTS, what, row.id)
        note_disclosure(unit, actor, now, recovery_id_of(unit.session, ref), listed)

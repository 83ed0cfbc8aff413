"""Writing log-ins: what an officer sets, each time he enters, and wrong tries in a row."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.officer import LogIn, LogInTries
from models.ids import canonical
from models.outcome import Outcome, Transition
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit

_LOG_INS, _TRIES = table_of(LogIn), table_of(LogInTries)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one log-in is checked against: hash, base32 secret, keyed digests of unused codes."""

    password: str = field(default="", repr=False)
    second_factor: str = field(default="", repr=False)
    codes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StoredLogIn:
    """A log-in as it is stored; `state` is None where there is none, `secrets` None if unfit."""

    state: str | None
    secrets: Secrets | None = field(default=None, repr=False)
    step_used: int = 0

    @property
    def is_set(self) -> bool:
        """Whether somebody can log in by it."""
        return self.state == "active"


def stored_log_in(session: Session, vault: Vault, officer_id: str) -> StoredLogIn:
    """The log-in of an officer; its secrets are None where they are not those of its history."""
    row = session.execute(sa.select(_LOG_INS).where(_LOG_INS.c.id == officer_id)).first()
    if row is None:
        return StoredLogIn(None)
    try:
        text = vault.open(row.secrets_sealed, _place(officer_id))
    except VaultError:
        text = ""
    if not text or vault.fingerprint(text) != row.secrets_digest:
        return StoredLogIn(row.state)
    body = json.loads(text)
    secrets = Secrets(body["password"], body["second_factor"], tuple(body["codes"]))
    return StoredLogIn(row.state, secrets, row.step_used)


def entry_mark(session: Session, vault: Vault, officer_id: str) -> str:
    """What marks the log-in as it is now: another once its password is changed, or it is reset."""
    stored = stored_log_in(session, vault, officer_id)
    password = stored.secrets.password if stored.is_set and stored.secrets else ""
    return vault.fingerprint(canonical(["entry", officer_id, password]).decode())


def record_log_in(
    unit: Unit,
    actor: Actor,
    now: datetime,
    officer_id: str,
    event: str,
    secrets: Secrets | None = None,
    step_used: int | None = None,
) -> None:
    """Record an event of a log-in; with new secrets, which are stored beside it and not in it."""
    state = stored_log_in(unit.session, unit.vault, officer_id).state
    values: dict[str, str | int | bool] = {}
    if state is None:
        values["officer_id"] = officer_id
    if step_used is not None:
        values["step_used"] = step_used
    text = canonical(asdict(secrets)).decode() if secrets is not None else ""
    if secrets is not None:
        values["secrets_digest"] = unit.vault.fingerprint(text)
        values["has_second_factor"] = bool(secrets.second_factor)
    move = Transition(EntityKind.LOG_IN, officer_id, event, state, values)
    record(unit, actor, now, "", Outcome((move,)))
    if secrets is not None:
        sealed = unit.vault.seal(text, _place(officer_id))
        unit.session.waiting.set(_LOG_INS, officer_id, {"secrets_sealed": sealed})


def forget_secrets(unit: Unit, officer_id: str) -> None:
    """Remove the secrets of a log-in that was reset."""
    unit.session.waiting.set(_LOG_INS, officer_id, {"secrets_sealed": ""})


def record_refusal(unit: Unit, now: datetime, officer_id: str) -> None:
    """Record that somebody tried to enter as an officer and was refused."""
    record_log_in(unit, ENGINE, now, officer_id, "refused")


def _place(officer_id: str) -> SealedPlace:
    return SealedPlace("log_in", officer_id, "secrets_sealed")


def tries_name(vault: Vault, kind: str, of: str) -> str:
    """Under which name wrong tries are counted: a keyed digest, whatever was typed."""
    return vault.fingerprint(canonical(["tries", kind, of]).decode())


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in a row, and until when no other is taken."""

    failures: int = 0
    not_before: datetime | None = None


def read_tries(session: Session, name: str) -> Tries:
    """What was counted under a name."""
    row = session.execute(sa.select(_TRIES).where(_TRIES.c.name == name)).first()
    return Tries(row.failures, row.not_before) if row else Tries()


def keep_tries(unit: Unit, name: str, tries: Tries, at: datetime) -> None:
    """Keep a count."""
    values = {"failures": tries.failures, "not_before": tries.not_before, "tried_at": at}
    known = sa.select(_TRIES.c.name).where(_TRIES.c.name == name)
    if unit.session.execute(known).first() is None:
        unit.session.execute(_TRIES.insert(), {"name": name, **values})
    else:
        unit.session.waiting.set(_TRIES, name, values)


def forget_tries(unit: Unit, before: datetime) -> None:
    """Forget counts to which nobody has added since."""
    unit.session.execute(_TRIES.delete().where(_TRIES.c.tried_at < before))


def begin_anew(unit: Unit, now: datetime) -> None:
    """Count what was counted by a clock that was ahead as of now, each wait as long as it was."""
    for row in unit.session.execute(sa.select(_TRIES).where(_TRIES.c.tried_at > now)).all():
        until = row.not_before and now + (row.not_before - row.tried_at)
        keep_tries(unit, row.name, Tries(row.failures, until), now)

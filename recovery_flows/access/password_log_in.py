"""Logging in by password and second factor, for who has no system user on the unit's machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from models.engine import Database
from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.audit.integrity import broken_log_in
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView, officer_with_hash
from models.store.log_ins import (
    Secrets,
    StoredLogIn,
    entry_mark,
    record_log_in,
    record_refusal,
    stored_log_in,
)
from models.store.people import secret_fits
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.access.log_in import Identity, identity_of
from recovery_flows.access.passwords import password_fits
from recovery_flows.access.second_factor import code_digest, step_of
from recovery_flows.access.throttle import TooManyTriesError, Who, begin_try, end_tries
from recovery_flows.errors import RefusedError

HANDLE_LENGTH_MAX = 40
_NOT_RIGHT = phrase("officer, password or code is not right")


class LogInRefusedError(RefusedError):
    """What was typed is not right; the sentence says no more than that."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed to log in, and where it came from."""

    handle: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """Who has logged in; `must_set` says what he has to set before he does anything else."""

    officer: Identity
    must_set: str = ""
    codes_left: int | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was right of a try, so far as the officer has it at all."""

    by: str
    password: str = field(default="", repr=False)
    step: int | None = None
    digest: str = ""


def enter(database: Database, typed: Typed, now: datetime, *, second_factor: bool) -> Entered:
    """Log in; each try is counted before it is looked at.

    `second_factor` says whether everybody needs one: who has none yet is let in to set it and for
    nothing else, and so is who has no password yet and types the secret that he was appointed with.
    TooManyTriesError says when the next try is taken; LogInRefusedError says nothing of what was
    wrong; NobodyActsError for an officer whose row was changed by hand.
    """
    who = _who(typed.handle, typed.source)
    begin_try(database, who, now)
    officer, appointed_by = _officer(database, typed.handle)
    checked = _check(database, officer, appointed_by, typed, now)
    if officer is None or checked is None:
        _refuse(database, officer, now)
        raise LogInRefusedError(_NOT_RIGHT)
    with database.reading() as session:
        mark = entry_mark(session, database.vault, officer.id)
    identity = identity_of(database, officer, mark)
    with unit_of_work(database) as unit:
        entered = _record_entry(unit, identity, checked, now, second_factor=second_factor)
        if entered is not None:
            end_tries(unit, who, now)
    if entered is None:  # at the same moment, by the same one-time password
        raise LogInRefusedError(_NOT_RIGHT)
    return entered


def unlock(database: Database, handle: str, password: str, now: datetime) -> str:
    """Why a locked session stays locked, as a sentence; "" where this is the officer's password."""
    who = _who(handle, f"lock {handle}")
    try:
        begin_try(database, who, now)
    except TooManyTriesError as error:
        said: str = error.args[0]
        return said
    with database.reading() as session:
        kept = stored_log_in(session, database.vault, handle)
    if not (kept.is_set and kept.secrets and password_fits(password, kept.secrets.password)):
        return phrase("that is not it")
    with unit_of_work(database) as unit:
        end_tries(unit, who, now)
    return ""


def _who(handle: str, source: str) -> Who:
    """Whatever was typed, in characters that can be counted under."""
    handle, source = (
        text[: 2 * HANDLE_LENGTH_MAX].encode("utf-8", "replace").decode()
        for text in (handle, source)
    )
    return Who(handle, source)


def _officer(database: Database, handle: str) -> tuple[OfficerView | None, str]:
    if not (handle.isascii() and handle.isprintable() and len(handle) <= HANDLE_LENGTH_MAX):
        return None, ""
    with database.reading() as session:
        found = officer_with_hash(session, handle)
    if found is None or Role.ENGINE in found[0].roles:
        return None, ""
    return found


def _check(
    database: Database,
    officer: OfficerView | None,
    appointed_by: str,
    typed: Typed,
    now: datetime,
) -> _Checked | None:
    """What was right; None where anything was wrong. As slow for nobody as for somebody."""
    stored = StoredLogIn(None)
    if officer is not None:
        with database.reading() as session:
            stored = stored_log_in(session, database.vault, officer.id)
            if broken_log_in(session, database.vault, officer.id):
                stored = StoredLogIn("broken")
    kept = stored.secrets if stored.is_set else None
    is_right = password_fits(typed.password, kept.password if kept else "")
    if kept is None and stored.state is None and appointed_by:
        return _Checked("secret") if secret_fits(typed.password, appointed_by) else None
    if officer is None or kept is None or not is_right:
        return None
    return _second(database, officer, kept, stored.step_used, typed.code, now)


def _second(
    database: Database, officer: OfficerView, kept: Secrets, used: int, code: str, now: datetime
) -> _Checked | None:
    if not kept.second_factor:
        return _Checked("password", kept.password)
    step = step_of(kept.second_factor, code, now, used)
    if step is not None:
        return _Checked("step", kept.password, step)
    digest = code_digest(database.vault, officer.handle, code)
    if not digest or digest not in kept.codes:
        return None
    return _Checked("code", kept.password, digest=digest)


def _refuse(database: Database, officer: OfficerView | None, now: datetime) -> None:
    """A try for somebody who has a log-in is an event; one for nobody is counted only."""
    if officer is None:
        return
    with unit_of_work(database) as unit:
        if stored_log_in(unit.session, unit.vault, officer.id).is_set:
            record_refusal(unit, case_now(unit.session, now), officer.id)


def _record_entry(
    unit: Unit, officer: Identity, checked: _Checked, now: datetime, *, second_factor: bool
) -> Entered | None:
    """Record it, where what was checked still stands: each code counts once."""
    if entry_mark(unit.session, unit.vault, officer.id) != officer.entry:
        return None
    stored = stored_log_in(unit.session, unit.vault, officer.id)
    if checked.by == "secret":
        return Entered(officer, must_set="password") if stored.state is None else None
    kept, at = stored.secrets, case_now(unit.session, now)
    if kept is None or not stored.is_set or kept.password != checked.password:
        return None
    actor = Actor(officer.id, min(officer.roles))
    must_set = "second-factor" if second_factor and not kept.second_factor else ""
    if checked.by == "code":
        if checked.digest not in kept.codes:
            return None
        left = tuple(one for one in kept.codes if one != checked.digest)
        secrets = Secrets(kept.password, kept.second_factor, left)
        record_log_in(unit, actor, at, officer.id, "entered_by_code", secrets)
        return Entered(officer, must_set, len(left))
    if checked.step is not None and checked.step <= stored.step_used:
        return None
    record_log_in(unit, actor, at, officer.id, "entered", step_used=checked.step)
    return Entered(officer, must_set)

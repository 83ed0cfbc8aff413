"""What an officer sets of his own log-in: nobody sets that of another."""

from __future__ import annotations

from datetime import datetime

from models.entities.officer import Role
from models.language.phrase import phrase
from models.sealing.vault import Vault
from models.store.log_ins import Secrets, StoredLogIn, record_log_in, stored_log_in
from models.store.unit import Actor, Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.password_log_in import unlock
from recovery_flows.access.passwords import checked_password, password_hash
from recovery_flows.access.second_factor import code_digest, new_codes, step_of
from recovery_flows.errors import StepRefusedError

_BROKEN = "the log-in of {} is not what its history says: see `recovery audit verify`"


def state_of(acting: ActingOfficer) -> StoredLogIn:
    """The log-in of the acting officer."""
    own = _own(acting)
    with acting.database.reading() as session:
        return stored_log_in(session, acting.database.vault, own.id)


def set_password(acting: ActingOfficer, new: str, current: str = "") -> str:
    """Set the acting officer's password; a known one takes the current one. What was done.

    MisuseError for a password that is not taken, StepRefusedError where the current is wrong.
    """
    own, stored = _own(acting), state_of(acting)
    kept = password_hash(checked_password(new, own.id))
    event, checked = "set", ""
    if stored.is_set:
        checked = _checked_current(acting, own.id, current)
        event = "password_changed"
    with acting.unit() as (unit, now):
        before = _still(unit, own.id, checked)
        secrets = Secrets(kept, before.second_factor, before.codes)
        record_log_in(unit, own, now, own.id, event, secrets)
    return f"the password of {own.id} is set"


def set_second_factor(
    acting: ActingOfficer, secret: str, typed: str, current: str, wall_now: datetime
) -> tuple[str, ...]:
    """Set the second factor whose one-time password was typed; return its recovery codes.

    They are shown this once. StepRefusedError where password or one-time password is wrong.
    """
    own = _own(acting)
    checked = _checked_current(acting, own.id, current)
    step = step_of(secret, typed, wall_now, used=0)
    if step is None:
        raise StepRefusedError(phrase(
            "that is not the one-time password of now: check the clock of the device; nothing "
            "was set",
        ))  # fmt: skip
    codes = new_codes()
    with acting.unit() as (unit, now):
        before = _still(unit, own.id, checked)
        secrets = Secrets(before.password, secret, _kept(unit.vault, own.id, codes))
        record_log_in(unit, own, now, own.id, "second_factor_set", secrets, step)
    return codes


def make_codes(acting: ActingOfficer, current: str) -> tuple[str, ...]:
    """New recovery codes for a second factor; those of before count no more."""
    own = _own(acting)
    checked, codes = _checked_current(acting, own.id, current), new_codes()
    with acting.unit() as (unit, now):
        before = _still(unit, own.id, checked)
        if not before.second_factor:
            raise StepRefusedError(phrase(
                "{own_id} has no second factor: `recovery officer login second-factor` sets one",
                own_id=own.id,
            ))  # fmt: skip
        kept = _kept(unit.vault, own.id, codes)
        secrets = Secrets(before.password, before.second_factor, kept)
        record_log_in(unit, own, now, own.id, "codes_made", secrets)
    return codes


def _own(acting: ActingOfficer) -> Actor:
    return acting.actor_in(Role.OFFICER, Role.SUPERVISOR)


def _checked_current(acting: ActingOfficer, officer_id: str, current: str) -> str:
    """The hash of the current password, for who knows it; tries are counted as at the log-in."""
    stored = state_of(acting)
    if not stored.is_set:
        raise StepRefusedError(
            phrase(
                "{officer_id} has no password yet: `recovery officer login set` sets one",
                officer_id=officer_id,
            )
        )
    if stored.secrets is None:
        raise StepRefusedError(_BROKEN.format(officer_id))
    if wrong := unlock(acting.database, officer_id, current, acting.wall_now()):
        raise StepRefusedError(
            phrase("the current password: {wrong}; nothing was changed", wrong=wrong)
        )
    return stored.secrets.password


def _still(unit: Unit, officer_id: str, checked: str) -> Secrets:
    """What is stored now; StepRefusedError where the password is not the one that was checked.

    Read where it is written anew: a recovery code that was used in between stays used.
    """
    stored = stored_log_in(unit.session, unit.vault, officer_id)
    before = stored.secrets if stored.is_set and stored.secrets else Secrets()
    if before.password != checked:
        raise StepRefusedError(
            phrase(
                "the log-in of {officer_id} was changed meanwhile: nothing was set; try again",
                officer_id=officer_id,
            )
        )
    return before


def _kept(vault: Vault, handle: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code_digest(vault, handle, one) for one in codes)

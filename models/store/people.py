"""Officers and who is acting."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import Outcome, Transition, Values
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit

ROUNDS = 200_000
"""Of PBKDF2 for a new secret; what is kept of one names its own."""
_ONCE = 200_000
"""What those that name none were made with."""
_KEPT = re.compile("(?:([1-9][0-9]{0,6}):)?((?:[0-9a-f]{2})+):([0-9a-f]{64})")


def secret_hash(secret: str) -> str:
    """A salted, slow hash (PBKDF2-SHA256) of an officer's secret: `rounds:salt:hash`."""
    salt = secrets.token_hex(16)
    return f"{ROUNDS}:{salt}:{_slow(secret, salt, ROUNDS)}"


def secret_fits(secret: str, stored: str) -> bool:
    """Whether `secret` is the one that `stored` was made of; none is where it is no such hash."""
    kept = _KEPT.fullmatch(stored)
    if kept is None:
        return False
    rounds, salt, expected = kept.groups()
    return hmac.compare_digest(_slow(secret, salt, int(rounds or _ONCE)), expected)


def _slow(secret: str, salt: str, rounds: int) -> str:
    # A terminal in another encoding hands over bytes that are no text.
    typed = secret.encode(errors="surrogatepass")
    return hashlib.pbkdf2_hmac("sha256", typed, bytes.fromhex(salt), rounds).hex()


def officer_values(
    handle: str, roles: Iterable[Role], *, os_user: str = "", secret: str = ""
) -> Values:
    """A new officer's columns; of a secret only its hash."""
    return {
        "handle": handle,
        "roles": ",".join(sorted(roles)),
        "os_user": os_user,
        "secret_hash": secret_hash(secret) if secret else "",
    }


def appoint(
    unit: Unit,
    now: datetime,
    handle: str,
    roles: Iterable[Role],
    *,
    os_user: str = "",
    secret: str = "",
) -> str:
    """Add one of the first officers, while the installation is being made; return the id.

    Afterwards an officer is appointed by two people (`registers`).
    """
    values = officer_values(handle, roles, os_user=os_user, secret=secret)
    move = Transition(EntityKind.OFFICER, handle, "appointed", None, values)
    record(unit, ENGINE, now, "", Outcome((move,)))
    return handle


def appoint_engine(unit: Unit, now: datetime) -> None:
    """The engine's own identity: it may poll, compute, draft and send, never decide."""
    values = {"handle": ENGINE.id, "roles": Role.ENGINE}
    move = Transition(EntityKind.OFFICER, ENGINE.id, "appointed", None, values)
    record(unit, ENGINE, now, "", Outcome((move,)))


def acting(officer_id: str, roles: Iterable[Role], role: Role) -> Actor | None:
    """The actor in `role`, or None if this identity does not have it."""
    return Actor(officer_id, role) if role in set(roles) else None

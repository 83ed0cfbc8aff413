"""Logging in: the only way to an identity that can act.

An identity carries a keyed proof of its id and roles, which the desk checks before each act: a
view of an officer, or an identity whose roles were changed in memory, acts for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from models.engine import Database
from models.entities.event import EntityKind
from models.ids import canonical
from models.language.phrase import joined, phrase
from models.queries.audit.integrity import broken_subject
from models.queries.installation.demo_mark import is_demo
from models.queries.installation.officers import (
    OfficerView,
    officer_by_os_user,
    officer_with_hash,
    officers,
)
from models.sealing.vault import Vault
from models.store.log_ins import entry_mark
from models.store.people import secret_fits
from recovery_flows.errors import RefusedError
from recovery_flows.wording import listed


class NobodyActsError(RefusedError):
    """No identity is acting, or it lacks the role."""


@dataclass(frozen=True, slots=True)
class Identity(OfficerView):
    """An officer who has logged in; `entry` marks the log-in by which, where it was by password."""

    proof: str = field(default="", repr=False, compare=False)
    entry: str = field(default="", repr=False, compare=False)


def is_authentic(identity: OfficerView, vault: Vault) -> bool:
    """Whether an identity was made by a log-in of this installation."""
    if not isinstance(identity, Identity):
        return False
    return identity.proof == _proof(identity, vault, identity.entry)


def by_system_user(database: Database, os_user: str) -> Identity | None:
    """The officer who is bound to the system user of this process; None if there is none."""
    with database.reading() as session:
        found = officer_by_os_user(session, os_user)
    return None if found is None else identity_of(database, found)


def by_secret(database: Database, handle: str, secret: str, os_user: str = "") -> Identity:
    """The officer of that handle, whose secret this is, or who is bound to this system user.

    NobodyActsError where there is no such officer or the secret does not fit.
    """
    with database.reading() as session:
        # What is no text is nobody's handle, and no database takes it.
        found = officer_with_hash(session, handle) if handle.isprintable() else None
        bound = officer_by_os_user(session, os_user) if os_user else None
    if found is None:
        raise NobodyActsError(
            phrase("there is no officer {handle!r}: `recovery officer list`", handle=handle)
        )
    officer, stored = found
    is_bound = not stored and officer == bound
    if not is_bound and not secret_fits(secret, stored):
        raise NobodyActsError(
            phrase(
                "the secret for officer {handle!r} does not fit: set RECOVERY_SECURITY__SECRET",
                handle=handle,
            )
        )
    return identity_of(database, officer)


def entered_before(database: Database, handle: str, entry: str) -> Identity:
    """The officer of a session whose log-in this process has checked; read anew at each use.

    NobodyActsError where he was dismissed, or that log-in counts no more.
    """
    with database.reading() as session:
        found = officer_with_hash(session, handle)
    if found is None:
        raise NobodyActsError(phrase("{handle} acts no more in this unit", handle=handle))
    identity = identity_of(database, found[0], entry)
    check_entry(database, identity)
    return identity


def check_entry(database: Database, identity: Identity) -> None:
    """NobodyActsError where the log-in by which somebody entered was reset or set anew since."""
    if not identity.entry:
        return
    with database.reading() as session:
        now = entry_mark(session, database.vault, identity.id)
    if now != identity.entry:
        raise NobodyActsError(
            phrase(
                "the log-in of {handle} was reset or set anew since he entered: log in again",
                handle=identity.handle,
            )
        )


def nobody_acts(database: Database) -> NobodyActsError:
    """The refusal of whoever is no officer here; it names what to type."""
    if not is_demo(database):
        return NobodyActsError(phrase(
            "nobody is acting: this user is bound to no officer (see `recovery officer add`); who "
            "has a secret names himself with --as HANDLE",
        ))  # fmt: skip
    with database.reading() as session:
        found = [one for one in officers(session) if one.roles]
    named = [phrase("`--as {name}` ({roles})", name=o.handle, roles=listed(o.roles)) for o in found]
    return NobodyActsError(
        phrase("nobody is acting: this is a demo, say as whom: {named}", named=joined(", ", named))
    )


def all_of_demo(database: Database) -> tuple[Identity, ...]:
    """Everybody in a demo, whose people are made up; nobody anywhere else."""
    if not is_demo(database):
        return ()
    with database.reading() as session:
        found = officers(session)
    return tuple(identity_of(database, officer) for officer in found)


def identity_of(database: Database, officer: OfficerView, entry: str = "") -> Identity:
    """The identity of somebody who has proven who he is; for log-ins alone.

    NobodyActsError where the officer's row is not what its signed history says.
    """
    with database.reading() as session:
        broken = broken_subject(session, database, EntityKind.OFFICER, officer.id)
    if broken:
        raise NobodyActsError(
            phrase(
                "officer {handle!r} cannot act: {told}; see `recovery audit verify`",
                handle=officer.handle,
                told=broken[0],
            )
        )
    proof = _proof(officer, database.vault, entry)
    return Identity(officer.id, officer.handle, officer.roles, proof, entry)


def _proof(officer: OfficerView, vault: Vault, entry: str = "") -> str:
    body = ["identity", officer.id, officer.handle, sorted(officer.roles), entry]
    return vault.fingerprint(canonical(body).decode())

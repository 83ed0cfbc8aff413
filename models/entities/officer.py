"""Officers: who they are, which roles they have, and how they log in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field

from models.columns import Id, Rows, RowSeal, Text24, Text64, Text80, Text200, foreign_key


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ENGINE = "engine"


OFFICER_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "appointed"): "active",
    ("active", "dismissed"): "dismissed",
}


class Officer(Rows, table=True):
    """An identity: bound to an operating-system user or to a secret, with roles."""

    id: Id
    handle: Annotated[str, Field(unique=True, max_length=40)]
    roles: Text80
    os_user: Annotated[str, Field(index=True, max_length=64)] = ""
    secret_hash: Text200 = ""
    state: Text24 = "active"


_ACTIVE, _RESET = "active", "reset"
LOG_IN_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "set"): _ACTIVE,
    (_RESET, "set"): _ACTIVE,
    (_ACTIVE, "password_changed"): _ACTIVE,
    (_ACTIVE, "second_factor_set"): _ACTIVE,
    (_ACTIVE, "codes_made"): _ACTIVE,
    (_ACTIVE, "entered"): _ACTIVE,
    (_ACTIVE, "entered_by_code"): _ACTIVE,
    (_ACTIVE, "refused"): _ACTIVE,
    (_ACTIVE, "reset"): _RESET,
}


class LogIn(Rows, table=True):
    """One officer's log-in; its id is the officer's.

    `secrets_sealed` holds the password's hash, the second factor's secret and what is left of the
    recovery codes, encrypted; no event carries it. Events carry `secrets_digest`, its keyed digest:
    secrets that were put there by hand, or put back, fit no event. `step_used` is the step of time
    of the last one-time password that was taken.
    """

    __tablename__ = "log_in"

    id: Id
    officer_id: Annotated[str, foreign_key("officer.id")]
    state: Text24
    secrets_sealed: str = ""
    secrets_digest: Text64 = ""
    has_second_factor: bool = False
    step_used: int = 0
    row_seal: RowSeal = ""


class LogInTries(Rows, table=True):
    """Wrong tries in a row, of one officer or from one source, in transport time.

    `name` is a keyed digest of which: a name that nobody has may be tried too, and be anything.
    """

    __tablename__ = "log_in_tries"

    name: Annotated[str, Field(primary_key=True, max_length=64)]
    failures: int = 0
    not_before: datetime | None = None
    tried_at: datetime
    row_seal: RowSeal = ""

"""An authority of a State as two people of the unit entered it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from models.columns import Id, Rows, Text8, Text12, Text80, Text200, Text400, enum


class AuthorityState(StrEnum):
    ACTIVE = "active"


AUTHORITY_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "entered"): AuthorityState.ACTIVE,
    (AuthorityState.ACTIVE, "updated"): AuthorityState.ACTIVE,
}


class Authority(Rows, table=True):
    """Who is asked in a State; `channels` and `languages` are codes, comma-separated.

    It stands before a row of the same id that came with the program. `checked_on` is the ISO day on
    which `source` was read.
    """

    id: Id
    state: Annotated[AuthorityState, enum(AuthorityState)]
    country: Text8
    name: Text200
    role: Text80 = ""
    channels: Text200
    languages: Text80
    holidays: Text80 = ""
    attachments: Text200 = ""
    address: Text400 = ""
    source: Text200
    checked_on: Text12

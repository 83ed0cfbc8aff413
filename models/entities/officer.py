"""Officers: who they are and which roles they have."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field

from models.columns import Id, Rows, Text24, Text80, Text200


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

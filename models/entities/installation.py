"""What is true of the installation: its mark and its case clock, with what may happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Id, enum


class InstallationKind(StrEnum):
    """What an installation is for: a unit's work, or a demo whose case time and people are made."""

    UNIT = "unit"
    DEMO = "demo"


INSTALLATION_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "made"): InstallationKind.UNIT,
    (None, "made_for_demo"): InstallationKind.DEMO,
}


class Installation(SQLModel, table=True):
    """One row, made when the keys are made: what this installation is for (`InstallationKind`)."""

    id: Id
    state: Annotated[InstallationKind, enum(InstallationKind)]


class ClockState(StrEnum):
    """How case time goes where it does not follow the wall clock."""

    STANDING = "standing"


CLOCK_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "set"): ClockState.STANDING,
    (ClockState.STANDING, "advanced"): ClockState.STANDING,
}


class CaseClock(SQLModel, table=True):
    """One row where case time stands until it is moved (demo, tests); without it, it runs."""

    __tablename__ = "case_clock"

    id: Id
    state: Annotated[ClockState, enum(ClockState)]
    stands_at: datetime

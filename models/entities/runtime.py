"""What is true of the installation now: the case clock and who is at work."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.entities.columns import id_field, row_seal_field, state_field
from models.entities.register_states import ClockState, InstallationKind


class Installation(SQLModel, table=True):
    """One row, made when the keys are made: what this installation is for (`InstallationKind`)."""

    id: str = id_field()
    state: InstallationKind = state_field(InstallationKind)


class CaseClock(SQLModel, table=True):
    """One row where case time stands until it is moved (demo, tests); without it, it runs."""

    __tablename__ = "case_clock"

    id: str = id_field()
    state: ClockState = state_field(ClockState)
    stands_at: datetime


class Beat(SQLModel, table=True):
    """Sign of life of a process such as the engine, in transport time."""

    name: str = Field(primary_key=True, max_length=40)
    process_id: int
    state: str = Field(max_length=24)
    message: str = Field(default="", max_length=300)
    beat_at: datetime
    row_seal: str = row_seal_field()


class Counter(SQLModel, table=True):
    """Numbers given out one by one, such as recovery references of a year."""

    name: str = Field(primary_key=True, max_length=40)
    value: int = 0
    row_seal: str = row_seal_field()


class TableSeal(SQLModel, table=True):
    """How many rows a table has whose rows no event makes, and the sum of their seals (256 bits).

    `revision` counts the changes; the signed heads tell it, so that an older state of the table
    with the seal of that time is found.
    """

    __tablename__ = "table_seal"

    name: str = Field(primary_key=True, max_length=40)
    rows: int = 0
    sum: str = Field(max_length=64)
    revision: int = 0
    row_seal: str = row_seal_field()

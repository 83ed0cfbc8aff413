"""What each day adds to the counts: how much more is held since then, how many holds began.

A day is one of UTC: it is kept, so it may not depend on who looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.hold import Hold
from models.entities.ledger import LedgerAccount, PostingRow

OF_DAYS = "day "
"""How the name of each count of a day begins."""
DAY_HELD, DAY_HOLDS = f"{OF_DAYS}held", f"{OF_DAYS}holds"
_P, _E, _H = table_of(PostingRow).c, table_of(Event).c, table_of(Hold).c


class utc_day(GenericFunction[str]):  # noqa: N801 - a function of SQL
    """The day of an instant in UTC, as `2026-03-02`."""

    type = sa.String()
    inherit_cache = True


@compiles(utc_day, "sqlite")
def _on_sqlite(element: utc_day, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    return f"date({compiler.process(element.clauses, **more)})"


@compiles(utc_day, "postgresql")
def _on_postgresql(element: utc_day, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401
    at = compiler.process(element.clauses, **more)
    return f"to_char(timezone('UTC', {at}), 'YYYY-MM-DD')"


def held_days(ids: sa.BindParameter[Any]) -> sa.Select[Any]:
    """By recovery, currency of the loss and day: how much more was held at its end, as booked."""
    day = utc_day(_E.at)
    return (
        sa.select(
            sa.literal_column(f"'{DAY_HELD}'"), _P.recovery_id,
            sa.type_coerce(_P.claim_currency, sa.String), day, sa.func.sum(_P.claim_minor),
        )
        .join(table_of(Event), _E.seq == _P.event_seq)
        .where(_P.recovery_id.in_(ids), _P.account == LedgerAccount.HELD)
        .group_by(_P.recovery_id, _P.claim_currency, day)
    )  # fmt: skip


def hold_days(ids: sa.BindParameter[Any]) -> sa.Select[Any]:
    """By recovery and day, by the bank's time: how many holds took effect."""
    day = utc_day(_H.acted_at)
    return (
        sa.select(
            sa.literal_column(f"'{DAY_HOLDS}'"), _H.recovery_id, day, sa.literal_column("''"),
            sa.func.count(),
        )
        .where(_H.recovery_id.in_(ids), _H.acted_at.is_not(None))
        .group_by(_H.recovery_id, day)
    )  # fmt: skip


def days_to(last: date, count: int) -> Iterator[date]:
    """So many days, the last of them `last`."""
    return (last - timedelta(days=ahead) for ahead in reversed(range(count)))


def names_of_days(days: Iterable[date], currencies: Iterable[str]) -> list[str]:
    """The names of the counts of these days."""
    what = [DAY_HOLDS, *(f"{DAY_HELD} {currency}" for currency in currencies)]
    return [f"{one} {day.isoformat()}" for day in days for one in what]

"""Several machines, one time: what an engine has leased is told by the clock of its machine."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.engine import Database
from models.queries.installation.clock import clock_differs
from recovery_flows.errors import UnavailableError


class ClocksApartError(UnavailableError):
    """This machine and the database's server do not have the same time."""


def check_clock(database: Database, wall_now: datetime) -> None:
    """Raise ClocksApartError where this machine's time is not that of the database's server."""
    with database.whole.reading() as session:
        ahead = clock_differs(session, wall_now)
    if ahead is not None:
        seconds = round(abs(ahead.total_seconds()))
        way = "ahead of" if ahead > timedelta() else "behind"
        raise ClocksApartError(
            f"this machine's clock is {seconds} s {way} that of the database's server: one engine "
            "would take what another one has at hand; have both follow the same time server"
        )

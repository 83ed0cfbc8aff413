"""How long nobody may try after wrong tries in a row; counted in the store, so a restart helps not.

Counted twice: for each officer, and for each source, which may try many names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.engine import Database
from models.language.phrase import phrase
from models.store.log_ins import (
    Tries,
    begin_anew,
    forget_tries,
    keep_tries,
    read_tries,
    tries_name,
)
from models.store.unit import Unit, unit_of_work
from recovery_flows.errors import RefusedError

WAIT_MAX = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
"""A count ends when nobody has tried for so long."""
_FIRST_WAIT = timedelta(seconds=30)
_FREE = {"officer": 4, "source": 9}
"""Wrong tries in a row after which the next one waits."""


class TooManyTriesError(RefusedError):
    """No try is taken now; `seconds` says for how long."""

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until = until
        self.seconds = max(1, round((until - now).total_seconds()))
        super().__init__(
            phrase(
                "too many wrong tries: the next one is taken at {until:%H:%M:%S} UTC (in "
                "{seconds} s)",
                until=until,
                seconds=self.seconds,
            )
        )


@dataclass(frozen=True, slots=True)
class Who:
    """By what tries are counted: the handle that was typed, and where it came from."""

    handle: str
    source: str

    def kinds(self) -> Sequence[tuple[str, str]]:
        """Each with its name; nobody's handle counts as any other."""
        return (("officer", self.handle), ("source", self.source))


def wait_after(kind: str, failures: int) -> timedelta:
    """How long no try is taken after so many wrong ones in a row: doubled each time, to an end."""
    too_many = failures - _FREE[kind]
    if too_many <= 0:
        return timedelta(0)
    doubled: timedelta = _FIRST_WAIT * 2 ** min(too_many - 1, 10)
    return min(doubled, WAIT_MAX)


def begin_try(database: Database, who: Who, now: datetime) -> None:
    """Count a try as wrong before it is looked at, so that many at once are no way round.

    TooManyTriesError where none is taken now; then nothing is counted.
    """
    with unit_of_work(database) as unit:
        # Kept also where the try is not taken: a wait of a clock that was ahead counts once.
        forget_tries(unit, now - FORGOTTEN_AFTER)
        begin_anew(unit, now)
        until = _counted(unit, who, now)
    if until is not None:
        raise TooManyTriesError(until, now)


def _counted(unit: Unit, who: Who, now: datetime) -> datetime | None:
    found = {one: read_tries(unit.session, tries_name(unit.vault, *one)) for one in who.kinds()}
    waits = [t.not_before for t in found.values() if t.not_before and t.not_before > now]
    if waits:
        return max(waits)
    for (kind, of), tries in found.items():
        failures = tries.failures + 1
        wait = wait_after(kind, failures)
        kept = Tries(failures, now + wait if wait else None)
        keep_tries(unit, tries_name(unit.vault, kind, of), kept, now)
    return None


def end_tries(unit: Unit, who: Who, now: datetime) -> None:
    """The try was right: the officer's count ends; the source gets back what this try cost it."""
    for kind, of in who.kinds():
        name = tries_name(unit.vault, kind, of)
        left = 0 if kind == "officer" else max(0, read_tries(unit.session, name).failures - 1)
        keep_tries(unit, name, Tries(left), now)

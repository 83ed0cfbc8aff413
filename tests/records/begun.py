"""Histories that many tests begin with: each part is played once in a process, then copied.

A unit that nobody has touched since it was made, or since a part that is kept, stands at once
where the next part ends. Any other unit plays its part as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any, TypeVar

T = TypeVar("T")
Chain = tuple[tuple[object, ...], ...]
"""The keys of the parts that were played one after the other in a new unit."""


@dataclass(frozen=True)
class Stand:
    """How a unit stands after a chain of parts; what its last part returned is an id or nothing."""

    chain: Chain
    now: datetime
    laws: Any
    held_minor: int
    """What there is to hold on the mule's account."""
    written_ns: int
    """When its database was written last."""
    name: Any = None
    place: Path = Path()

    @classmethod
    def of(cls, unit: Any, chain: Chain = (), **more: Any) -> Stand:
        written_ns = unit.path.stat().st_mtime_ns
        return cls(chain, unit.now, unit.laws, unit.held_minor, written_ns, **more)

    def is_of(self, unit: Any) -> bool:
        """Whether nothing was done to the unit since, by an act or by hand."""
        same = unit.laws is self.laws and unit.now == self.now and not _waits(unit)
        return same and unit.path.stat().st_mtime_ns == self.written_ns


def _waits(unit: Any) -> bool:
    """Whether something was written that has not come to the database's own file yet."""
    waiting = unit.path.with_name(f"{unit.path.name}-wal")
    return bool(waiting.exists() and waiting.stat().st_size)


@dataclass
class Begun:
    """Where units of one installation stand after each chain of parts that was played."""

    folder: Path
    _stands: dict[Chain, Stand] = field(default_factory=dict)

    def play(self, unit: Any, key: tuple[object, ...], play: Callable[[], Any]) -> Any:
        if not unit.stand.is_of(unit):
            return play()
        chain = (*unit.stand.chain, key)
        if chain in self._stands:
            return self._take(unit, chain)
        name = play()
        unit.database.dispose()
        if not _waits(unit):  # as where somebody else has it open
            place = self.folder / str(len(self._stands))
            copytree(unit.folder, place)
            unit.stand = self._stands[chain] = Stand.of(unit, chain, name=name, place=place)
        return name

    def _take(self, unit: Any, chain: Chain) -> Any:
        kept = self._stands[chain]
        unit.database.dispose()
        for end in ("", "-wal", "-shm"):
            unit.path.with_name(f"{unit.path.name}{end}").unlink(missing_ok=True)
        copytree(kept.place, unit.folder, dirs_exist_ok=True)
        unit.now, unit.laws, unit.held_minor = kept.now, kept.laws, kept.held_minor
        unit.stand = Stand.of(unit, chain)
        return kept.name


def played(unit: Any, key: tuple[object, ...], play: Callable[[], T]) -> T:
    """What the play returns, an id or nothing; by what was kept, where the unit takes part."""
    found: T = unit.begun.play(unit, key, play) if unit.begun else play()
    return found


def takes_part(unit: Any, begun: Begun) -> None:
    """A new unit: what it plays first is kept for others, or was kept for it."""
    unit.begun, unit.stand = begun, Stand.of(unit)

"""The desks that officers act at, and how any act of theirs is tried and told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import RecoveryFlowsError
from tests.simulation.chest import Chest
from tests.simulation.foreign.world import ForeignWorld
from tests.simulation.place import OFFICERS, SUPERVISOR, Place


class Desks:
    """What all acts of people rest on; `refused` counts those to which the program said no."""

    def __init__(
        self,
        place: Place,
        wall: Callable[[], datetime],
        eyes: sqlite3.Connection,
        say: Callable[[str], None],
        chest: Chest,
        abroad: ForeignWorld,
    ) -> None:
        self.chest, self.abroad = chest, abroad
        self._place, self._wall, self._eyes, self._say = place, wall, eyes, say
        db, names = place.database, (*OFFICERS, SUPERVISOR)
        self._desks = {n: CaseOfficer(db, place.laws, by_system_user(db, n), wall) for n in names}
        self.acts = self.refused = 0
        self.voluntary: dict[tuple[str, str], str] = {}
        self.last_refusal: dict[str, str] = {}

    def _try(self, who: str, what: str, act: Callable[[], object]) -> bool:
        """Do an act; a refusal is told. Whatever else is raised is a fault of the program."""
        self.acts += 1
        try:
            said = act()
        except RecoveryFlowsError as error:
            self.refused += 1
            self.last_refusal[who] = str(error)
            self._say(f"{who} {what}: refused: {error}")
            return False
        self._say(f"{who} {what}: {said}")
        return True

    def _desk_of(self, owner: object) -> CaseOfficer:
        return self._desks[str(owner) if owner in self._desks else OFFICERS[0]]

    def _one(self, query: str, pick: float) -> tuple[object, ...] | None:
        rows = self._eyes.execute(query).fetchall()
        return rows[int(pick * len(rows))] if rows else None

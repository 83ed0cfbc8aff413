"""What is refused, and opened again: a report nobody accepts, a recovery that was closed."""

from __future__ import annotations

from tests.simulation.desks import Desks
from tests.simulation.place import SUPERVISOR


class Refusals(Desks):
    """An officer asks for a report to be refused; a supervisor opens what has ended again."""

    def _refuse_report(self, pick: float) -> None:
        query = "SELECT id, owner_id FROM recovery WHERE state = 'reported' ORDER BY id"
        if found := self._one(query, pick):
            recovery, owner = map(str, found)
            desk = self._desk_of(owner)
            self._try(owner or "officer", f"asks for {recovery} to be refused",
                      lambda: desk.refuse_report(recovery, "synthetic"))  # fmt: skip

    def _reopen(self, pick: float) -> None:
        """What was refused or closed; it is looked at once more."""
        query = (
            "SELECT id FROM recovery WHERE state = 'rejected' OR state LIKE 'closed%'"
            " ORDER BY state <> 'rejected', id"
        )
        if found := self._one(query, pick * pick):
            recovery = str(found[0])
            self._try(SUPERVISOR, f"opens {recovery} again",
                      lambda: self._desks[SUPERVISOR].reopen(recovery, "synthetic"))  # fmt: skip

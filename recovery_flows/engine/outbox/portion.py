"""Answers that one transaction settles: read at once, what follows for others written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models.queries.cases.case_files import files_by_id, load_file
from models.store.calls import leased_by
from models.store.documents import look_for
from models.store.pacing import Portions, for_a_while
from models.store.record import prefetch_events
from models.store.unit import ENGINE, Unit, unit_of_work
from recovery_flows.cases.commit import refresh_others, shared_accounts, write_changes
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox.merged_calls import as_joined
from recovery_flows.ledger.changeset import Changeset

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from recovery_flows.engine.outbox.results import Result


@contextmanager
def settling(
    engine: Engine, portions: Portions[list[Result]], lease: str
) -> Iterator[tuple[Portion, Iterator[list[Result]]]]:
    """One transaction, and the results of some recoveries that are to be settled in it."""
    with unit_of_work(engine.database) as unit, portions.next() as some:
        yield Portion(unit, engine, lease, some), for_a_while(some)


class Portion:
    """What one transaction settles: read at once, and what follows for others written at once."""

    def __init__(
        self, unit: Unit, engine: Engine, lease: str, groups: Iterable[list[Result]]
    ) -> None:
        self.unit, self.engine = unit, engine
        self.now, self.wall_now = engine.now_in(unit.session), engine.wall_now()
        held = leased_by(unit, lease)
        ours = [result for group in groups for result in group if result.call.id in held]
        self._ours = {result.call.id: result for result in as_joined(unit, ours)}
        names = list(dict.fromkeys(r.call.recovery_id for r in self._ours.values()))
        self._files = files_by_id(unit.session, names)
        prefetch_events(unit, names)
        look_for(unit, (raw.body for result in ours for raw in result.raw))
        self._written: list[Changeset] = []

    def ours(self, group: Iterable[Result]) -> list[Result]:
        """Those of these results that are to be settled here, with their calls as they are now."""
        return [self._ours[r.call.id] for r in group if r.call.id in self._ours]

    def file(self, recovery_id: str) -> CaseFile:
        """The file of a recovery as it stands now; each is given once."""
        return self._files.pop(recovery_id, None) or load_file(self.unit.session, recovery_id)

    def forget(self) -> None:
        """Something failed or was decided: other files may not be as they were read."""
        self._files.clear()
        self._written.clear()

    def write(self, changes: Changeset) -> None:
        """Record what was decided; what it means for others follows at the latest at the end."""
        write_changes(self.unit, ENGINE, self.now, self.engine.laws, changes)
        self._written.append(changes)
        if shared_accounts(changes):
            self.conclude()

    def conclude(self) -> None:
        """Write what was decided means for others, which are read anew after that."""
        written, self._written = self._written, []
        refresh_others(self.unit, self.now, self.engine.laws, written)
        self._files.clear()

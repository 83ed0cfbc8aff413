"""All that stands in the panel of money by other ways, and all that its key does."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.queries.cases.names import Names
from recovery_flows.cases.views import after_payouts, other_ways, third_parties, victims
from recovery_flows.cases.views.other_ways import Doable, Way
from recovery_flows.law.regime import Regimes


def ways(file: CaseFile, names: Names, laws: Regimes) -> Iterator[Way]:
    """What became of payouts, what third parties claim, what came by other ways."""
    for room in (after_payouts, third_parties, other_ways):
        yield from room.ways(file, names)
    yield from victims.ways(file, laws)


def doable(file: CaseFile, names: Names, laws: Regimes) -> Iterator[Doable]:
    """What an officer may do now about any of it."""
    yield from after_payouts.doable(file)
    yield from other_ways.doable(file, names)
    yield from third_parties.doable(file, names)
    yield from victims.doable(file, laws)

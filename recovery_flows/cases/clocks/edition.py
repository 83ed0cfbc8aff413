"""Which rules and which law told what runs out of a recovery: kept under others, it is not known.

A release that changes a term, or the words of a deadline, changes no row: without this the lists
would go on saying what was so before, and `ledger check` would take it for tampering.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache

from models.case_file import CaseFile
from models.queries.cases.deadline_views import DeadlineEntry, stored_deadlines
from models.queries.cases.views import DeadlineLine
from recovery_flows.law import terms
from recovery_flows.law.regime import Regime, Regimes
from recovery_flows.law.rows import Measure

_RULES = 1
"""One more with each change of which deadlines there are, by what they are counted, or of their
words, bank or sum: of `cases.deadlines`, `cases.due` and `cases.clocks`, and of what they call."""


def text_to_keep(file: CaseFile, told: Sequence[DeadlineEntry], laws: Regimes) -> str | None:
    """What is kept of a file that tells these deadlines; None where it is to be asked each time.

    A term of banking days into a year whose calendar is not published ends on another day once it
    is. Others like it are counted once and stored; that of a payout is counted at each reading.
    """
    if any(_may_move(one.clock, laws[one.clock.regime]) for one in told):
        return None
    return stored_deadlines(told, edition_of(file, laws))


def _may_move(clock: DeadlineLine, law: Regime) -> bool:
    if not clock.law_row or clock.law_row != law.measures.get(Measure.BANK_RETURN):
        return False
    return terms.unpublished_year(law.bank_return.limit, clock.due_at, law) is not None


def edition_of(file: CaseFile, laws: Regimes) -> str:
    """The rules, and the law of each country that a file's deadlines may be counted by."""
    return _name({file.recovery.regime, *(asset.regime for asset in file.assets)}, laws)


def todays(laws: Regimes) -> Callable[[str], bool]:
    """Whether what `edition_of` once said is what it would say today.

    Only the law of the countries that it names is read.
    """

    @cache
    def is_todays(told: str) -> bool:
        codes = {part.partition(":")[0] for part in told.split(" ")[1:]}
        return bool(codes) and told == _name(codes, laws)

    return is_todays


def _name(codes: Collection[str], laws: Regimes) -> str:
    editions = (f"{code}:{laws[code].edition}" for code in sorted(codes) if code in laws)
    return " ".join([str(_RULES), *editions])

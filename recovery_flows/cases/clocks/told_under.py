"""Which rules and which law told what runs out of a recovery: kept under others, it is not known.

A release that changes a term, or the words of a deadline, changes no row: without this the lists
would go on saying what was so before, and `ledger check` would take it for tampering.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from models.case_file import CaseFile
from recovery_flows.law.regime import Regimes

_RULES = 1
"""One more with each change of which deadlines there are, by what they are counted, or of their
words, bank or sum: of `cases.deadlines`, `cases.due` and `cases.clocks`, and of what they call."""


def told_under(file: CaseFile, laws: Regimes) -> str:
    """The rules, and the law of each country that a file's deadlines may be counted by."""
    return _name({file.recovery.regime, *(asset.regime for asset in file.assets)}, laws)


def todays(laws: Regimes) -> Callable[[str], bool]:
    """Whether what `told_under` once said is what it would say today.

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

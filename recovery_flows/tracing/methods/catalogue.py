"""Every rule by name: what it is called, what it may be used for, and on whose authority."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.language.phrase import phrase
from models.measures.held_over_time import Held
from recovery_flows.tracing.methods import poison
from recovery_flows.tracing.methods.rules import LIBR, fifo, lifo, pro_rata, tainted_first, tiho
from recovery_flows.tracing.methods.two_parts import Among
from recovery_flows.tracing.methods.types import (
    Coverage,
    Opening,
    Source,
    Trace,
    TraceRule,
    Transfer,
)

__all__ = ["RULES", "Among", "RuleInfo", "RuleName", "Standing", "rule_words", "trace_by"]


class RuleName(StrEnum):
    """The rules, as they are stored and typed."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro_rata"
    LIBR = "libr"
    TAINTED_FIRST = "tainted_first"
    POISON = "poison"
    TIHO = "tiho"


class Standing(StrEnum):
    """Courts attribute by a rule; a lead says where to look; exposure is never added up."""

    RULE = "rule"
    LEAD = "lead"
    EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as a person reads it; `source` is the authority or the paper it comes from."""

    name: RuleName
    label: str
    standing: Standing
    source: str
    has_paths: bool


RULES: dict[RuleName, RuleInfo] = {
    info.name: info
    for info in (
        RuleInfo(
            RuleName.FIFO, phrase("first in, first out"), Standing.RULE,
            "Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572", has_paths=True,
        ),
        RuleInfo(
            RuleName.LIFO, phrase("last in, first out"), Standing.RULE,
            "no leading case named; a known alternative to Clayton's Case", has_paths=True,
        ),
        RuleInfo(
            RuleName.PRO_RATA, phrase("rolling pro rata"), Standing.RULE,
            "the North American rolling charge; Ontario (AG) v Greymac", has_paths=False,
        ),
        RuleInfo(
            RuleName.LIBR, phrase("lowest intermediate balance"), Standing.RULE,
            "Re Hallett's Estate (1880) 13 Ch D 696; Roscoe v Winder [1915] 1 Ch 62",
            has_paths=True,
        ),
        RuleInfo(
            RuleName.TAINTED_FIRST, phrase("stolen money first"), Standing.LEAD,
            "no court's rule: shows where stolen money can have gone at the most", has_paths=True,
        ),
        RuleInfo(
            RuleName.POISON, phrase("poison"), Standing.EXPOSURE,
            "Möser et al.: everything that touched stolen money; never added up", has_paths=False,
        ),
        RuleInfo(
            RuleName.TIHO, phrase("taint in, highest out"), Standing.LEAD,
            "Tironsakkul et al., arXiv 1906.05754: stolen money leaves by the largest payments",
            has_paths=True,
        ),
    )
}  # fmt: skip


def rule_words(name: str) -> str:
    """A rule by its name in words; a name that is none, as it is."""
    return RULES[RuleName(name)].label if name in set(RuleName) else name


_TRACES: dict[RuleName, TraceRule] = {
    RuleName.FIFO: fifo.trace,
    RuleName.LIFO: lifo.trace,
    RuleName.PRO_RATA: pro_rata.trace,
    RuleName.TAINTED_FIRST: tainted_first.trace,
    RuleName.POISON: poison.trace,
    RuleName.TIHO: tiho.trace,
}


def trace_by(
    rule: RuleName,
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
    among: Among = Among.FIFO,
    holds: Iterable[Held] = (),
) -> Trace:
    """Trace by the rule of that name; `among` orders victims between themselves under LIBR.

    `holds` is what banks hold of the accounts, over time: no payment draws on it.
    """
    trace = LIBR[among].trace if rule is RuleName.LIBR else _TRACES[rule]
    return trace(transfers, sources, openings, coverage, as_of=as_of, holds=holds)

"""Every return rule by name: its version, formula, tie rule and authority; dividing by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

from models.ids import digest
from models.language.phrase import phrase
from recovery_flows.restitution.methods import by_date, proportional, rising_tide, waterfall
from recovery_flows.restitution.methods.stakes import Parts, Stake, ordered

ReturnRule = Callable[[int, Sequence[Stake]], Parts]


class RuleName(StrEnum):
    """The rules, as they are stored and typed."""

    PRO_RATA = "pro-rata"
    PARI_PASSU = "pari-passu"
    NET_LOSS = "net-loss"
    RISING_TIDE = "rising-tide"
    FIFO = "fifo"
    LIFO = "lifo"
    ADMITTED_CLAIM = "admitted-claim"
    WATERFALL = "waterfall"


BY_CLASS = frozenset({RuleName.WATERFALL})
"""Rules that need the class of each claim: they are compared only where the claims have one."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as a person reads it. `version` rises with every change of what a rule gives."""

    name: RuleName
    label: str
    version: str
    formula: str
    tie_rule: str
    source: str
    divide: ReturnRule


_BY_REMAINDER = phrase("largest remainder; ties: earliest loss, then claimant")
_BY_DATE = phrase("payments of one instant share by net loss; largest remainder; ties: claimant")

RULES: dict[RuleName, RuleInfo] = {
    info.name: info
    for info in (
        RuleInfo(
            RuleName.PRO_RATA, phrase("pro rata by net loss"), "1",
            phrase("min(net loss, pool x net loss / sum of net losses)"), _BY_REMAINDER,
            "CBRC and MPS Provisions on returning frozen funds (2016) art 8(3)",
            proportional.by_net_loss,
        ),
        RuleInfo(
            RuleName.PARI_PASSU, phrase("pari passu by what was paid in"), "1",
            phrase("min(net loss, level x loss), one level for all who are not whole"),
            _BY_REMAINDER,
            "Barlow Clowes International v Vaughan [1992] 4 All ER 22", proportional.pari_passu,
        ),
        RuleInfo(
            RuleName.NET_LOSS, phrase("net loss (net investment)"), "1",
            phrase("pool x net loss / sum of net losses, at most the net loss"), _BY_REMAINDER,
            "SIPC v Bernard L. Madoff Inv. Sec., 654 F.3d 229 (2d Cir 2011)",
            proportional.by_net_loss,
        ),
        RuleInfo(
            RuleName.RISING_TIDE, phrase("rising tide"), "1",
            phrase("max(0, level x loss - received before), one level for all, at most 1"),
            _BY_REMAINDER,
            "SEC v Huber, 702 F.3d 903 (7th Cir 2012)", rising_tide.rising_tide,
        ),
        RuleInfo(
            RuleName.FIFO, phrase("first in, first out"), "1",
            phrase("the latest payment is returned first, each up to its net loss"), _BY_DATE,
            "Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572", by_date.first_in_first_out,
        ),
        RuleInfo(
            RuleName.LIFO, phrase("last in, first out"), "1",
            phrase("the earliest payment is returned first, each up to its net loss"), _BY_DATE,
            "no leading case named; a known alternative to Clayton's Case",
            by_date.last_in_first_out,
        ),
        RuleInfo(
            RuleName.ADMITTED_CLAIM, phrase("pro rata by the admitted claim, up to whole"), "1",
            phrase("min(net loss, pool x (loss - withdrawn) / sum of them)"), _BY_REMAINDER,
            "SIPA trustee of Bernard L. Madoff Inv. Sec., interim distributions 2011 to 2023",
            proportional.by_admitted_claim,
        ),
        RuleInfo(
            RuleName.WATERFALL, phrase("waterfall by class of claim"), "1",
            phrase(
                "each class in full before the next; in a class min(net loss, what is left x net "
                "loss / sum of net losses)"
            ), _BY_REMAINDER,
            "the order of classes of the regime: its rows `priority`", waterfall.waterfall,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Division:
    """A pool divided: the stakes by earliest loss, what each gets, what nobody gets.

    `digest` binds the claims, the pool, the rule and its version, whatever order they came in.
    """

    rule: RuleInfo
    pool_minor: int
    currency: str
    stakes: tuple[Stake, ...]
    parts: Parts
    residue_minor: int
    digest: str


def divide(rule: RuleName, pool_minor: int, currency: str, stakes: Sequence[Stake]) -> Division:
    """Divide a pool by the rule of that name; ValueError for senseless sums or a claim twice."""
    info, given = RULES[rule], ordered(pool_minor, stakes)
    parts = info.divide(pool_minor, given)
    return Division(
        info, pool_minor, currency, tuple(given), parts, pool_minor - sum(parts.minor),
        _digest(info, pool_minor, currency, given),
    )  # fmt: skip


def moved_minor(division: Division, other: Division) -> int:
    """What another rule takes from some claims or gives to some more, whichever is larger."""
    changes = [b - a for a, b in zip(division.parts.minor, other.parts.minor, strict=True)]
    return max(sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0))


def _spelled(stake: Stake) -> tuple[int | str, ...]:
    claim_id, at, loss, compensated, withdrawn, tier = stake
    told = (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()
    of_tier = (tier.rank, tier.code) if tier else ()
    return (claim_id, told, loss, compensated, withdrawn, *of_tier)


def _digest(info: RuleInfo, pool_minor: int, currency: str, given: Sequence[Stake]) -> str:
    claims = list(map(_spelled, given))
    return digest([info.name, info.version, info.tie_rule, pool_minor, currency, claims])

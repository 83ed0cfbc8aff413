"""`recovery allocate`: a pool divided among claims of a file, by a named rule."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson

if TYPE_CHECKING:
    from models.money import Money
    from recovery_flows.restitution.methods.catalogue import Division
    from recovery_flows.restitution.methods.stakes import Stake, Tier


class RuleOption(StrEnum):
    """The rules as they are typed."""

    PRO_RATA = "pro-rata"
    PARI_PASSU = "pari-passu"
    NET_LOSS = "net-loss"
    RISING_TIDE = "rising-tide"
    FIFO = "fifo"
    LIFO = "lifo"
    ADMITTED_CLAIM = "admitted-claim"
    WATERFALL = "waterfall"


ClaimsFile = Annotated[
    Path,
    typer.Option(help="CSV: claimant,loss,compensated,withdrawn,loss_time; waterfall: and class."),
]
Compare = Annotated[bool, typer.Option("--compare", help="All rules side by side.")]
Explain = Annotated[
    str, typer.Option("--explain", metavar="CLAIMANT", help="The page for this claimant alone.")
]


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("allocate")(allocate)


def allocate(
    *,
    claims: ClaimsFile,
    pool: Annotated[str, typer.Option(help="What is to be divided, such as 100000.00.")],
    currency: Annotated[str, typer.Option(help="Of the pool and of all sums (ISO 4217).")],
    rule: Annotated[RuleOption, typer.Option(help="The rule.")] = RuleOption.PRO_RATA,
    regime: Annotated[str, typer.Option(help="Whose classes the waterfall pays by.")] = "CN",
    compare: Compare = False,
    explain: Explain = "",
    as_json: AsJson = False,
) -> None:
    """Divide a sum among the claims of a file; stores nothing."""
    from recovery_flows.cli.limits import settings_limits
    from recovery_flows.cli.restitution import allocation_text
    from recovery_flows.errors import MisuseError
    from recovery_flows.restitution.claims_file import read_claims

    if compare and explain:
        raise MisuseError("--compare shows all claimants and --explain one alone: give one of them")
    money = _pool(pool, currency)
    tiers = _tiers(regime) if rule is RuleOption.WATERFALL else None
    stakes = read_claims(claims, currency, settings_limits(), tiers=tiers)
    if explain and explain not in {stake.claim_id for stake in stakes}:
        raise MisuseError(f"{claims.name} has no claimant {explain!r}: give one of its claimants")
    division = _division(rule, money, stakes)
    beside = [r for r in RuleOption if r not in (rule, RuleOption.WATERFALL)] if compare else []
    others = [_division(r, money, stakes) for r in beside]
    if as_json:
        allocation_text.write_json(division, others, explain)
    else:
        allocation_text.write_text(division, others, explain)


def _pool(text: str, currency: str) -> Money:
    from models.money import Money, exponent
    from recovery_flows.errors import MisuseError

    try:
        exponent(currency)
    except ValueError as error:
        raise MisuseError(f"--{error}: give a code such as CNY") from error
    try:
        money = Money.parse(text, currency)
    except ValueError as error:
        raise MisuseError(f"--pool: {error}") from error
    if money.minor < 0:
        raise MisuseError(f"--pool {text} is below zero: give what is there to be divided")
    return money


def _tiers(code: str) -> dict[str, Tier]:
    """The classes of a regime that comes with the program, in their order."""
    from config.regimes import read_regime, regime_codes
    from recovery_flows.errors import MisuseError
    from recovery_flows.law.regime import load_regime
    from recovery_flows.restitution.claims_file import tiers_of

    if code not in regime_codes():
        known = ", ".join(regime_codes())
        raise MisuseError(f"--regime: there is no {code!r}; there are: {known}")
    return tiers_of(load_regime(read_regime(code)).priorities)


def _division(rule: RuleOption, pool: Money, stakes: list[Stake]) -> Division:
    from recovery_flows.restitution.methods.catalogue import RuleName, divide

    return divide(RuleName(rule.value), pool.minor, pool.currency, stakes)

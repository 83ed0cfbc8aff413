"""A division in plain words: the rule for everybody, the arithmetic for one claimant alone.

What one claimant reads holds sums over all claims where the formula needs them, and nothing of any
other claimant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from models.language.phrase import joined, phrase
from models.money import Money
from recovery_flows.restitution.methods.catalogue import Division, RuleName
from recovery_flows.restitution.methods.stakes import Stake
from recovery_flows.restitution.methods.waterfall import tier_sums

_TEN_THOUSAND = 10_000


def in_general(division: Division) -> str:
    """What was divided by which rule, in sentences that speak of nobody."""
    net = sum(stake.net_minor for stake in division.stakes)
    given = division.pool_minor - division.residue_minor
    pool = _money(division, division.pool_minor)
    said = [
        f"{division.rule.label}: {division.rule.formula}.",
        f"The pool is {pool}; the net losses together are {_money(division, net)}.",
        f"{_money(division, given)} is given back, {percent(_part(given, net))} of the net losses.",
    ]
    if division.parts.level is not None and division.rule.name in _LEVELS:
        said.append(f"{_LEVELS[division.rule.name]} {percent(division.parts.level)}.")
    if division.residue_minor:
        said.append(
            f"{_money(division, division.residue_minor)} belongs to no claim here and stays where "
            "it is held, to the end of its term or to another round."
        )
    return " ".join([*said, f"Odd units: {division.rule.tie_rule}."])


_LEVELS = {
    RuleName.PARI_PASSU: "Whoever is not whole gets of his loss",
    RuleName.RISING_TIDE: "The tide rises to a part of each loss of",
    RuleName.ADMITTED_CLAIM: "The dividend on each admitted claim is",
}


def page_of(division: Division, claim_id: str, named: str = "") -> Iterator[str]:
    """The explanation page of one claimant, line by line; KeyError for a claim not in it.

    `named` is what the claim is called there.
    """
    n = {s.claim_id: n for n, s in enumerate(division.stakes)}[claim_id]
    stake, share = division.stakes[n], division.parts.minor[n]
    rule, pool = division.rule, _money(division, division.pool_minor)
    yield phrase("What {claim} gets of {pool}", claim=named or claim_id, pool=pool)
    yield ""
    yield phrase("Figures of this claim")
    for name, minor in (
        (phrase("loss"), stake.loss_minor),
        (phrase("compensated by others"), stake.compensated_minor),
        (phrase("withdrawn before"), stake.withdrawn_minor),
        (phrase("net loss"), stake.net_minor),
    ):
        yield joined("", [f"  {_money(division, minor):>24}  ", name])
    yield ""
    yield phrase("Rule")
    yield phrase("  {name}, version {version}: {label}", name=rule.name.value,
                 version=rule.version, label=rule.label)  # fmt: skip
    yield joined("", ["  ", rule.formula])
    yield phrase("  Odd units: {tie_rule}", tie_rule=rule.tie_rule)
    yield phrase("  Source: {source}", source=rule.source)
    yield ""
    yield phrase("Arithmetic")
    for line in _ARITHMETIC[rule.name](division, n):
        yield joined("", ["  ", line])
    yield phrase("  This claim gets {amount}.", amount=_money(division, share))
    yield joined("", ["  ", _rest(division, stake, share)])
    yield ""
    yield phrase("Digest of claims, pool and rule: {digest}", digest=division.digest)


def _rest(division: Division, stake: Stake, share: int) -> str:
    got = _part(share + stake.received_minor, stake.loss_minor)
    left = stake.net_minor - share
    if not left:
        return phrase("With what came before, {part} of the loss is made good.", part=percent(got))
    return phrase(
        "With what came before, {part} of the loss is made good; {left} is still lost.",
        part=percent(got), left=_money(division, left),
    )  # fmt: skip


def _proportion(division: Division, n: int) -> Iterator[str]:
    weight, whole = division.parts.weights[n], sum(division.parts.weights)
    yield from _of_all(division, whole, phrase("net losses"))
    if division.pool_minor >= whole:
        yield phrase("The pool is enough for all: each gets his whole net loss.")
        return
    yield _product(division, weight, whole)
    yield _rounded(division.parts.minor[n], division.pool_minor * weight, whole)


def _admitted(division: Division, n: int) -> Iterator[str]:
    weight, whole = division.parts.weights[n], sum(division.parts.weights)
    yield from _of_all(division, whole, phrase("admitted claims (loss less withdrawn)"))
    if whole:
        yield _product(division, weight, whole)
    exact = Fraction(min(division.pool_minor, whole) * weight, whole or 1)
    if exact > division.stakes[n].net_minor:
        yield phrase("That is more than the net loss: what exceeds it is due to who compensated.")
    elif division.pool_minor < whole:
        yield _rounded(division.parts.minor[n], division.pool_minor * weight, whole)


def _of_all(division: Division, whole: int, what: str) -> Iterator[str]:
    yield phrase("All {what} together are {sum}.", what=what, sum=_money(division, whole))


def _pari_passu(division: Division, n: int) -> Iterator[str]:
    level, stake = division.parts.level or Fraction(1), division.stakes[n]
    yield phrase("Whoever is not whole gets the same part of his loss: {part}.", part=_level(level))
    yield _of_loss(division, level, stake)
    if level * stake.loss_minor >= stake.net_minor:
        yield phrase("That reaches the net loss, which is the most that a claim gets.")
    else:
        yield _rounded(division.parts.minor[n], level * stake.loss_minor)


def _tide(division: Division, n: int) -> Iterator[str]:
    level, stake = division.parts.level or Fraction(0), division.stakes[n]
    yield phrase("Everybody is lifted to the same part of his loss: {part}.", part=_level(level))
    yield _of_loss(division, level, stake)
    if level * stake.loss_minor <= stake.received_minor:
        received = _money(division, stake.received_minor)
        yield phrase(
            "{received} came back before: not less than that, so nothing is due in this round.",
            received=received,
        )
        return
    exact = level * stake.loss_minor - stake.received_minor
    yield phrase(
        "Less {received} that came back before is {exact}",
        received=_money(division, stake.received_minor), exact=_exact(division, exact),
    )  # fmt: skip
    yield _rounded(division.parts.minor[n], exact)


def _of_loss(division: Division, level: Fraction, stake: Stake) -> str:
    product = _exact(division, level * stake.loss_minor)
    loss = _money(division, stake.loss_minor)
    return phrase("{part} of {loss} is {product}.", part=percent(level), loss=loss, product=product)


def _by_date(division: Division, n: int) -> Iterator[str]:
    stakes, parts = division.stakes, division.parts.minor
    at, latest_first = stakes[n].first_loss_at, division.rule.name is RuleName.FIFO
    before = sum(
        part
        for part, other in zip(parts, stakes, strict=True)
        if (other.first_loss_at > at if latest_first else other.first_loss_at < at)
    )
    here = sum(other.net_minor for other in stakes if other.first_loss_at == at)
    left = division.pool_minor - before
    taken = _money(division, before)
    if latest_first:
        yield phrase("Claims paid later than this one come first and take {taken}.", taken=taken)
    else:
        yield phrase("Claims paid earlier than this one come first and take {taken}.", taken=taken)
    yield phrase(
        "{left} of the pool is left when it is this claim's turn.", left=_money(division, left)
    )
    if here > stakes[n].net_minor and left < here:
        yield phrase(
            "Claims of the same instant share it by net loss, as no order tells them apart."
        )
    elif left >= here:
        yield phrase("That is enough for its whole net loss.")


def _by_class(division: Division, n: int) -> Iterator[str]:
    mine = division.stakes[n].tier
    sums = tier_sums(division.stakes, division.parts.minor)
    before = sum(one.share_minor for one in sums if mine is None or one.tier.rank < mine.rank)
    whole = sum(s.net_minor for s in division.stakes if s.tier == mine)
    left = division.pool_minor - before
    if mine is not None:
        yield phrase(
            "Class {code}: {label} ({source}).",
            code=mine.code, label=mine.label, source=mine.source,
        )  # fmt: skip
    yield phrase("Classes that are paid before it take {taken}.", taken=_money(division, before))
    yield phrase("{left} is left for this class.", left=_money(division, left))
    yield from _of_all(division, whole, phrase("net losses of this class"))
    if left >= whole:
        yield phrase("That is enough for all of it: each gets his whole net loss.")
        return
    yield _product(division, division.parts.weights[n], whole, left)
    yield _rounded(division.parts.minor[n], left * division.parts.weights[n], whole)


_ARITHMETIC: dict[RuleName, Callable[[Division, int], Iterator[str]]] = {
    RuleName.PRO_RATA: _proportion,
    RuleName.NET_LOSS: _proportion,
    RuleName.PARI_PASSU: _pari_passu,
    RuleName.RISING_TIDE: _tide,
    RuleName.FIFO: _by_date,
    RuleName.LIFO: _by_date,
    RuleName.ADMITTED_CLAIM: _admitted,
    RuleName.WATERFALL: _by_class,
}


def _product(division: Division, weight: int, whole: int, pool: int | None = None) -> str:
    pool = division.pool_minor if pool is None else pool
    factors = f"{_money(division, pool)} x {_money(division, weight)}"
    exact = Fraction(pool * weight, whole)
    return f"{factors} / {_money(division, whole)} = {_exact(division, exact)}"


def _exact(division: Division, minor: Fraction) -> str:
    """An exact sum to four places below the smallest unit, `…` where more follow."""
    scaled = minor * _TEN_THOUSAND
    units, rest = divmod(scaled.numerator // scaled.denominator, _TEN_THOUSAND)
    if minor.denominator == 1:
        return _money(division, units)
    dot = "" if "." in Money(0, division.currency).text() else "."
    more = "" if scaled.denominator == 1 else "…"
    return f"{_money(division, units)}{dot}{rest:04d}{more}"


def _rounded(share: int, exact: Fraction | int, whole: int = 1) -> str:
    exact = Fraction(exact, whole)
    if exact.denominator == 1:
        return phrase("No unit is odd.")
    if share > exact:
        return phrase("One of the odd units that rounding down leaves goes to this claim.")
    return phrase(
        "Rounded down; the odd units go to claims with a larger remainder, or by the tie rule."
    )


def percent(part: Fraction) -> str:
    """A part of one as a percentage to two places, half up: `52.63 %`."""
    hundredths = (part * _TEN_THOUSAND * 2 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def _level(level: Fraction) -> str:
    """A percentage with its exact fraction where the percentage is rounded."""
    exact = (level * _TEN_THOUSAND).denominator == 1
    if exact:
        return percent(level)
    return phrase("{part} (exactly {level})", part=percent(level), level=str(level))


def _part(some: int, whole: int) -> Fraction:
    return Fraction(some, whole) if whole else Fraction(1)


def _money(division: Division, minor: int) -> str:
    return str(Money(minor, division.currency))

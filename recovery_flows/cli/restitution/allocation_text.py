"""A division as JSON for programs or as text of aligned columns for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.money import Money, exponent, minor_text
from recovery_flows.cli.table import columns, tell
from recovery_flows.restitution.explanation import in_general, page_of
from recovery_flows.restitution.methods.catalogue import Division, moved_minor
from recovery_flows.restitution.methods.stakes import Stake
from recovery_flows.restitution.methods.waterfall import TierSum, tier_sums
from recovery_flows.wording import counted

_BESIDE = 4
"""So many rules beside each other stay within the width of a terminal."""


@dataclass(frozen=True, slots=True)
class ByCourt:
    """What a court gives each claim of a division that follows its list, in minor units."""

    list_id: str
    reference: str
    shares: Mapping[str, int]


def write_json(
    division: Division, others: Sequence[Division], explain: str, by_court: ByCourt | None = None
) -> None:
    """One document; one share a line, so that a hundred thousand are quickly written and read.

    `by_court` stands beside the rules, as what is decided.
    """
    digits = exponent(division.currency)
    shares = [
        _share(division.stakes[n], division.parts.minor[n], digits)
        for n in _places(division, explain)
    ]
    about: dict[str, Any] = {
        "currency": division.currency,
        "pool": _text(division, division.pool_minor),
        "residue": _text(division, division.residue_minor),
        "rule": division.rule.name,
        "version": division.rule.version,
        "formula": division.rule.formula,
        "tie_rule": division.rule.tie_rule,
        "source": division.rule.source,
        "digest": division.digest,
        "explanation": "\n".join(page_of(division, explain)) if explain else in_general(division),
    }
    if classes := tier_sums(division.stakes, division.parts.minor):
        about["classes"] = [_class(division, one) for one in classes]
    if others:
        about["compared"] = {other.rule.name: _compared(division, other) for other in others}
    if by_court is not None:
        about["decided_by_court"] = _of_court(division, by_court, explain)
    lines = ",\n".join(shares)
    rest = json.dumps(about, ensure_ascii=False, indent=1)[1:]
    document = f'{{"shares": [\n{lines}\n],{rest}\n'
    sys.stdout.write(document.encode("utf-8", "replace").decode("utf-8"))
    sys.stdout.flush()


def _places(division: Division, explain: str) -> Sequence[int]:
    everybody = range(len(division.stakes))
    if not explain:
        return everybody
    return [n for n in everybody if division.stakes[n].claim_id == explain]


_quoted = json.encoder.encode_basestring


def _share(stake: Stake, minor: int, digits: int) -> str:
    tier = f', "class": {_quoted(stake.tier.code)}' if stake.tier else ""
    return (
        f'  {{"claimant": {_quoted(stake.claim_id)}, "share": "{minor_text(minor, digits)}", '
        f'"net_loss": "{minor_text(stake.net_minor, digits)}"{tier}}}'
    )


def _class(division: Division, one: TierSum) -> dict[str, str]:
    return {
        "class": one.tier.code,
        "label": one.tier.label,
        "source": one.tier.source,
        "net_loss": _text(division, one.net_minor),
        "share": _text(division, one.share_minor),
    }


def _compared(division: Division, other: Division) -> dict[str, Any]:
    return {
        "version": other.rule.version,
        "digest": other.digest,
        "residue": _text(other, other.residue_minor),
        "differs": _text(other, moved_minor(division, other)),
        "shares": {
            stake.claim_id: _text(other, part)
            for stake, part in zip(other.stakes, other.parts.minor, strict=True)
        },
    }


def _of_court(division: Division, by_court: ByCourt, explain: str) -> dict[str, Any]:
    """The court's column: of one claim alone where its page is asked for."""
    rows = court_column(division, by_court)
    return {
        "list": by_court.list_id,
        "reference": by_court.reference,
        "differs": _text(division, sum(max(0, court - rule) for _, court, rule in rows)),
        "shares": {
            claim_id: _text(division, court) for claim_id, court, _ in rows
            if explain in ("", claim_id)
        },
    }  # fmt: skip


def court_column(division: Division, by_court: ByCourt) -> list[tuple[str, int, int]]:
    """Each claim with what the court gives it and what the first rule would, in minor units."""
    parts = zip(division.stakes, division.parts.minor, strict=True)
    by_rule = {stake.claim_id: part for stake, part in parts}
    named = [*by_rule, *sorted(set(by_court.shares) - set(by_rule))]
    return [(name, by_court.shares.get(name, 0), by_rule.get(name, 0)) for name in named]


def write_text(division: Division, others: Sequence[Division], explain: str) -> None:
    """The page of one claimant, the rules side by side, or the division by one rule."""
    if explain:
        tell(page_of(division, explain))
    elif others:
        tell(_side_by_side([division, *others]))
    else:
        tell(_table(division))


def _head(division: Division) -> Iterator[str]:
    pool = Money(division.pool_minor, division.currency)
    yield f"{pool} among {counted(len(division.stakes), 'claim')}"
    yield f"{division.rule.name}, version {division.rule.version}: {division.rule.label}"
    yield f"  {division.rule.formula}"
    yield f"  odd units: {division.rule.tie_rule}"
    yield f"  {division.rule.source}"
    yield ""


def _table(division: Division) -> Iterator[str]:
    yield from _head(division)
    figures = [
        (s.loss_minor, s.received_minor, s.net_minor, part)
        for s, part in zip(division.stakes, division.parts.minor, strict=True)
    ]
    together = [sum(column) for column in zip(*figures, strict=True)]
    names = [*(s.claim_id for s in division.stakes), "together"]
    rows = [
        (name, *(_told(division, minor) for minor in sums))
        for name, sums in zip(names, [*figures, together], strict=True)
    ]
    rows.append(("residue", "", "", "", _told(division, division.residue_minor)))
    yield from columns(
        rows, ("claimant", "loss", "received", "net loss", "share"), right=(1, 2, 3, 4)
    )
    yield ""
    yield from _classes(division)
    yield f"digest {division.digest}"


def _classes(division: Division) -> Iterator[str]:
    """What each class needed and got, in the order in which they are paid, with its source."""
    found = tier_sums(division.stakes, division.parts.minor)
    if not found:
        return
    rows = [
        (one.tier.code, _told(division, one.net_minor), _told(division, one.share_minor))
        for one in found
    ]
    yield from columns(rows, ("class", "net losses", "shares"), right=(1, 2))
    yield ""
    yield from (f"{one.tier.code}: {one.tier.label} ({one.tier.source})" for one in found)
    yield ""


def _side_by_side(divisions: Sequence[Division]) -> Iterator[str]:
    first = divisions[0]
    yield from _head(first)
    for start in range(1, len(divisions), _BESIDE - 1):
        yield from _beside([first, *divisions[start : start + _BESIDE - 1]])
        yield ""
    for other in divisions[1:]:
        yield _differs(first, other)


def _beside(divisions: Sequence[Division]) -> list[str]:
    first = divisions[0]
    rows = [
        (s.claim_id, *(_told(d, d.parts.minor[n]) for d in divisions))
        for n, s in enumerate(first.stakes)
    ]
    rows += [
        ("residue", *(_told(d, d.residue_minor) for d in divisions)),
        ("moved", "", *(_told(d, moved_minor(first, d)) for d in divisions[1:])),
    ]
    head = ("claimant", *(d.rule.name for d in divisions))
    return columns(rows, head, right=range(1, len(head)))


def _differs(first: Division, other: Division) -> str:
    """Who would get more and who less under another rule, in one sentence."""
    pairs = list(zip(first.parts.minor, other.parts.minor, strict=True))
    more, less = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    if not more and not less:
        return f"{other.rule.name}: the same shares as {first.rule.name}"
    claims = f"{counted(more, 'claim')} more, {counted(less, 'claim')} less"
    return f"{other.rule.name}: {claims} than by {first.rule.name}"


def _told(division: Division, minor: int) -> str:
    return str(Money(minor, division.currency)).removeprefix(f"{division.currency} ")


def _text(division: Division, minor: int) -> str:
    return minor_text(minor, exponent(division.currency))

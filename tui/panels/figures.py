"""The figures of the unit: the identity per currency, rates with their formulas, counts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from textual.content import Content

from models.entities.recovery import RecoveryState
from models.money import Money
from recovery_flows.reports.rates import Rate
from recovery_flows.reports.statistics import CurrencySummary, Summary
from recovery_flows.reports.time_to_first_order import span_text
from tui.layout import Column, grid, paragraph
from tui.panels.identity import terms_block
from tui.state_styles import CALM, MUTED, RECOVERIES, STAGES, Sign
from tui.text import word, words

_BAR = 14
_OVER_PERCENT = 110


def currencies_lines(summary: Summary, width: int) -> list[Content]:
    """Per currency: what was reported, where it is, and the rates."""
    if not summary.currencies:
        return [
            word("no loss is reported yet: `recovery intake reports FILE` reads reports", MUTED)
        ]
    return [line for c in summary.currencies for line in _currency(c, width)][:-1]


def _currency(part: CurrencySummary, width: int) -> list[Content]:
    head = words(
        (f"{part.reported}", "bold $foreground"), (" reported   ", MUTED),
        (f"{part.ever_held}", CALM), (" ever held", MUTED),
    )  # fmt: skip
    return [head, *terms_block(part.terms, width), word(""), *_rates(part, width), word("")]


def _rates(part: CurrencySummary, width: int) -> list[Content]:
    columns = (Column("rate", most=25), Column("", right=True), Column("", most=_BAR),
               Column("formula", rest=True))  # fmt: skip
    rows = [
        (
            word(r.name, "bold $primary"), word(r, "bold $foreground"), _gauge(r.percent),
            _formula(r, part.currency),
        )
        for r in part.rates
    ]  # fmt: skip
    return grid(columns, rows, width, full=True)


def _formula(rate: Rate, currency: str) -> Content:
    top, bottom = Money(rate.numerator_minor, currency), Money(rate.denominator_minor, currency)
    sums = f"{top} / {str(bottom).removeprefix(currency).strip()}"
    return words((f"{rate.formula} = ", MUTED), (sums, "$foreground"))


def _gauge(percent: Decimal | None) -> Content:
    if percent is None:
        return word("─" * _BAR, MUTED)
    filled = min(_BAR, int(percent * _BAR / 100 + Decimal("0.5")))
    return words(("█" * filled, CALM), ("─" * (_BAR - filled), MUTED))


def spread_lines(summary: Summary, width: int) -> list[Content]:
    """From victims' reports to the first order or request, by the stop-watch."""
    spread = summary.report_to_request
    if spread.p50_seconds is None or spread.p90_seconds is None:
        return [word("nothing was sent yet", MUTED)]
    rows = [
        (word(f"{name} of {spread.count:,}", MUTED), word(span_text(seconds), "bold $foreground"))
        for name, seconds in (("p50", spread.p50_seconds), ("p90", spread.p90_seconds))
    ]
    lines = grid((Column("", rest=True), Column("", right=True)), rows, width)
    return [*lines, *paragraph(word(spread.formula, MUTED), width)]


def ends_lines(summary: Summary, width: int) -> list[Content]:
    """How many recoveries stand how."""
    return _counts(((RECOVERIES[RecoveryState(state)], n) for state, n in summary.ends), width)


def stages_lines(summary: Summary, width: int) -> list[Content]:
    """How many open recoveries are in which stage."""
    return _counts(((STAGES[stage], n) for stage, n in summary.stages), width)


def holds_lines(summary: Summary, width: int) -> list[Content]:
    """Holds by kind and state, those beyond the first account, those that lapsed."""
    rows = [(word(name.replace("_", " ")), word(f"{n:,}", "bold")) for name, n in summary.holds]
    rows += [
        (
            word("freezes past the first-layer account", MUTED),
            word(f"{summary.second_hop_holds:,}"),
        ),
        (word("lapsed", MUTED), word(f"{summary.lapsed_holds:,}")),
    ]
    rows += [
        (
            words("over-freezing: ", _formula(rate, currency)),
            word(rate, _over(rate)),
        )
        for currency, rate in summary.blocked
    ]
    return grid((Column("", rest=True), Column("", right=True)), rows, width)


def _over(rate: Rate) -> str:
    """More than a tenth above what is disputed is marked."""
    return "bold $warning" if rate.percent and rate.percent > _OVER_PERCENT else "bold $foreground"


def _counts(counts: Iterable[tuple[Sign, int]], width: int) -> list[Content]:
    pairs = list(counts)
    if not pairs:
        return [word("none", MUTED)]
    most = max(n for _, n in pairs)
    room = max(4, width - 38)
    rows = [
        (sign.text(), word(f"{n:,}", "bold"), word("▄" * max(1, n * room // most), sign.style))
        for sign, n in pairs
    ]
    return grid((Column("", most=28), Column("", right=True), Column("", rest=True)), rows, width)

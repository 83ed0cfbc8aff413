"""The summary as text: what is counted stands beside every figure."""

from __future__ import annotations

from collections.abc import Iterator

from models.entities.recovery import RecoveryState
from models.money import Money
from recovery_flows.cases.views.state_names import account_word, recovery_word
from recovery_flows.cli.table import columns, counted, instant_text, spoken
from recovery_flows.reports.rates import Rate
from recovery_flows.reports.statistics import CurrencySummary, Summary
from recovery_flows.reports.time_to_first_order import Spread, span_text


def summary_lines(figures: Summary) -> Iterator[str]:
    """All figures of the unit, by currency of the loss."""
    yield f"as of {instant_text(figures.now)} UTC, all recoveries, open and ended"
    if not figures.currencies:
        yield "nothing has been reported yet"
    for currency in figures.currencies:
        yield ""
        yield from _currency_lines(currency)
    for account_currency, rate in figures.blocked:
        yield ""
        yield from columns([_rate_cells(rate, account_currency)], right=(1, 2, 3))
    yield ""
    counts = [(recovery_word(RecoveryState(name)).word, f"{n:,}") for name, n in figures.ends]
    counts += [(spoken(name), f"{n:,}") for name, n in figures.holds]
    counts.append(("holds beyond the first account", f"{figures.second_hop_holds:,}"))
    counts.append(("holds that lapsed", f"{figures.lapsed_holds:,}"))
    yield from columns(counts, right=(1,))
    yield ""
    yield _spread_line(figures.report_to_request)


def _spread_line(spread: Spread) -> str:
    if spread.p50_seconds is None or spread.p90_seconds is None:
        return f"{spread.name}: n/a, nothing was sent yet ({spread.formula})"
    p50, p90 = span_text(spread.p50_seconds), span_text(spread.p90_seconds)
    of = counted(spread.count, "recovery", "recoveries")
    return f"{spread.name}: p50 {p50}, p90 {p90} of {of} ({spread.formula})"


def _currency_lines(currency: CurrencySummary) -> Iterator[str]:
    terms = [("", "reported", str(currency.reported))]
    for term in currency.terms:
        sign = "=" if len(terms) == 1 else "+"
        terms.append((sign, account_word(term.account).word, str(term.amount)))
    terms.append(("", "ever held", str(currency.ever_held)))
    yield from columns(terms, right=(2,))
    yield from columns(
        [_rate_cells(rate, currency.currency) for rate in currency.rates], right=(1, 2, 3)
    )


def _rate_cells(rate: Rate, currency: str) -> tuple[str, ...]:
    return (
        spoken(rate.name),
        str(rate),
        f"= {Money(rate.numerator_minor, currency)}",
        f"/ {Money(rate.denominator_minor, currency)}",
        f"({rate.formula})",
    )

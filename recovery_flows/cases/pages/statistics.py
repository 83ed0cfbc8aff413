"""The unit's statistics on one page, each figure with what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from models.entities.hold import HoldState
from models.entities.recovery import RecoveryState
from models.language.phrase import as_phrase, joined, phrase
from models.money import Money
from recovery_flows.cases.pages.money import whole
from recovery_flows.cases.pages.restricted import left_out
from recovery_flows.cases.pages.shared_cells import bare, sign
from recovery_flows.cases.pages.value import (
    Bar,
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.pages.weeks import weeks_parts
from recovery_flows.cases.views.state_names import (
    Tone,
    Worded,
    hold_word,
    recovery_word,
    stage_word,
)
from recovery_flows.reports.rates import Rate
from recovery_flows.reports.statistics import CurrencySummary, Summary
from recovery_flows.reports.time_to_first_order import Spread, span_text
from recovery_flows.wording import counted, spoken

TITLES = {
    "sums": phrase("Status of reported loss"),
    "weeks": phrase("Eight weeks, by days of UTC"),
    "stages": phrase("Open recoveries by stage"),
    "ends": phrase("All recoveries"),
    "spread": phrase("Time from report to first order"),
    "holds": phrase("Holds"),
}
"""The sections in their order, by key."""
_OVER_PERCENT = 110
_BAR = 14
_RATES = (
    Column("rate", most=25), Column(right=True), Column(most=_BAR), Column("formula", rest=True),
)  # fmt: skip
_COUNTS = (Column(most=28), Column(right=True), Column(rest=True))
_FIGURES = (Column(rest=True), Column(right=True))


def written(figures: Summary, zone: str) -> Page:
    """The whole page, as of an instant that is shown in `zone`."""
    ends = ((recovery_word(RecoveryState(state)), n) for state, n in figures.ends)
    stages = ((stage_word(stage), n) for stage, n in figures.stages)
    parts: dict[str, Iterable[Part]] = {
        "sums": _sums(figures),
        "weeks": weeks_parts(figures.weeks),
        "stages": _counts(stages),
        "ends": _counts(ends),
        "spread": _spread(figures.report_to_request),
        "holds": _holds(figures),
    }
    empty = {
        "sums": phrase("no loss is reported yet: `recovery intake reports FILE` reads reports"),
        "stages": phrase("none"), "ends": phrase("none"),
    }  # fmt: skip
    sections = (Section(k, TITLES[k], tuple(p), empty.get(k, "")) for k, p in parts.items())
    asked = cell(
        phrase("as of "), figures.now, phrase(" {zone}, all recoveries, open and ended", zone=zone)
    )
    return Page((Line(asked, typed=True),), tuple(sections), zone)


def _sums(figures: Summary) -> Iterator[Part]:
    if told := left_out(figures.not_seen):
        yield line(Piece(phrase("Figures {told}", told=told), Tone.CARE))
    for one in figures.currencies:
        yield from _currency(one)


def _currency(part: CurrencySummary) -> Iterator[Part]:
    yield line(
        strong(part.reported), muted(phrase(" reported   ", context_="sum")),
        Piece(part.ever_held, Tone.CALM), muted(phrase(" held to date")),
    )  # fmt: skip
    yield from whole(part.terms)
    rows = (
        (
            Piece(spoken(r.name), Tone.NAMED), strong(str(r)), _gauge(r.percent),
            _formula(r, part.currency),
        )
        for r in part.rates
    )  # fmt: skip
    yield from table(_RATES, rows, whole=True)


def _formula(rate: Rate, currency: str) -> Cell:
    top, bottom = Money(rate.numerator_minor, currency), Money(rate.denominator_minor, currency)
    return cell(muted(joined("", [as_phrase(rate.formula), " = "])), f"{top} / {bare(bottom)}")


def _gauge(percent: Decimal | None) -> Cell:
    return cell(Piece(Bar(0 if percent is None else int(percent * 10), 1_000)))


def _spread(spread: Spread) -> Iterator[Part]:
    """Median and 90th percentile of the time from a report to the first order."""
    if spread.p50_seconds is None or spread.p90_seconds is None:
        yield line(muted(phrase("nothing was sent yet")))
    else:
        cases = counted(spread.count, "case")
        rows = (
            (muted(phrase("median ({cases})", cases=cases)), strong(span_text(spread.p50_seconds))),
            (
                muted(phrase("90th percentile ({cases})", cases=cases)),
                strong(span_text(spread.p90_seconds)),
            ),
        )
        yield from table(_FIGURES, rows)
    yield line(muted(spread.formula))


def _counts(counts: Iterable[tuple[Worded, int]]) -> tuple[Part, ...]:
    pairs = list(counts)
    total = sum(n for _, n in pairs)
    rows = ((sign(told), strong(f"{n:,}"), cell(Piece(Bar(n, total)))) for told, n in pairs)
    return table(_COUNTS, rows)


def _holds(figures: Summary) -> tuple[Part, ...]:
    """Holds by kind and state, those beyond the first account, those that lapsed."""
    rows: list[tuple[Cell, Piece]] = []
    for name, n in figures.holds:
        kind, _, state = name.partition(" ")
        told = sign(hold_word(HoldState(state)))
        rows.append((cell(phrase("{kind}  ", kind=spoken(kind)), told), strong(f"{n:,}")))
    rows += [
        (
            cell(muted(phrase("freezes past the first-layer account"))),
            Piece(f"{figures.second_hop_holds:,}"),
        ),
        (cell(muted(phrase("lapsed"))), Piece(f"{figures.lapsed_holds:,}")),
    ]
    rows += [
        (cell(phrase("over-freezing: "), *_formula(rate, currency)), Piece(str(rate), _over(rate)))
        for currency, rate in figures.blocked
    ]
    return table(_FIGURES, rows, whole=True)


def _over(rate: Rate) -> Tone:
    """The tone of the over-freezing ratio: marked from a tenth above the disputed amount."""
    return Tone.SOON if rate.percent and rate.percent > _OVER_PERCENT else Tone.STRONG

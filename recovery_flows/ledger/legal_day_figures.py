"""One legal day at one bank, figure by figure: ours, the bank's, and what the difference is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from models.facts import DayFact
from models.money import Money
from recovery_flows.ledger.legal_days import Figures, OurDay

Value = Money | int


class DayFigure(StrEnum):
    """Which figure of a day: held when it ended (and by how many holds), paid out in it."""

    HELD = "held"
    HOLDS = "holds"
    PAID_OUT = "paid out"
    PAYOUTS = "payouts"


class DayVerdict(StrEnum):
    """How one comparison ended; see `legal_days`."""

    EQUAL = "equal"
    LEARNED_LATER = "learned later"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One figure of one day; `shown` is what the ledger showed when the day ended.

    A difference above zero is more in our books than at the bank. The values are None to who may
    not know them.
    """

    partner: str
    day: date
    figure: DayFigure
    currency: str
    verdict: DayVerdict
    ours: Value | None
    theirs: Value | None
    shown: Value | None
    difference: Value | None
    learned_at: datetime | None
    sentence: str

    def without_values(self) -> DayLine:
        """The same without its sums and counts, which are of all recoveries."""
        sentence = f"{self.partner} {self.day} {self.figure}: {self.verdict}"
        return replace(self, ours=None, theirs=None, shown=None, difference=None, sentence=sentence)


def compare(
    partner: str, ours: Sequence[OurDay], theirs: Sequence[DayFact], days: Sequence[date]
) -> tuple[DayLine, ...]:
    """All figures of all days, in order; a side that does not know a currency has nothing in it."""
    mine = {(o.day, o.currency): o for o in ours}
    told = {(t.day, t.held.currency): t for t in theirs}
    currencies = sorted({currency for _, currency in (*mine, *told)})
    lines: list[DayLine] = []
    for day in days:
        for currency in currencies:
            own = mine.get((day, currency)) or OurDay(day, currency, Figures(), Figures(), None)
            lines += _lines(partner, own, _figures(told.get((day, currency))))
    return tuple(lines)


def _figures(told: DayFact | None) -> Figures:
    if told is None:
        return Figures()
    return Figures(told.held.minor, told.holds, told.paid_out.minor, told.payouts)


def _lines(partner: str, own: OurDay, told: Figures) -> Iterator[DayLine]:
    for figure, was, said, shown in (
        (DayFigure.HELD, own.figures.held_minor, told.held_minor, own.shown.held_minor),
        (DayFigure.HOLDS, own.figures.holds, told.holds, own.shown.holds),
        (DayFigure.PAID_OUT, own.figures.paid_minor, told.paid_minor, own.shown.paid_minor),
        (DayFigure.PAYOUTS, own.figures.payouts, told.payouts, own.shown.payouts),
    ):
        is_money = figure in (DayFigure.HELD, DayFigure.PAID_OUT)

        def value(number: int, *, is_money: bool = is_money) -> Value:
            return Money(number, own.currency) if is_money else number

        values = (value(was), value(said), value(shown), value(was - said))
        yield _line(partner, own, figure, values)


def _line(
    partner: str, own: OurDay, figure: DayFigure, values: tuple[Value, Value, Value, Value]
) -> DayLine:
    ours, theirs, shown, difference = values
    what = f"{partner} {own.day} {figure}"
    learned_at = None
    if ours != theirs:
        verdict, sentence = DayVerdict.DIFFERENT, _different(what, ours, theirs, difference)
    elif ours != shown and own.learned_at is not None:
        verdict, learned_at = DayVerdict.LEARNED_LATER, own.learned_at
        sentence = f"{what}: {ours} on both sides; learned later, the books showed {shown} that day"
    else:
        verdict, sentence = DayVerdict.EQUAL, f"{what}: {ours} on both sides"
    return DayLine(
        partner, own.day, figure, own.currency, verdict, ours, theirs, shown, difference,
        learned_at, sentence,
    )  # fmt: skip


def _different(what: str, ours: Value, theirs: Value, difference: Value) -> str:
    number = difference.minor if isinstance(difference, Money) else difference
    size = Money(abs(number), difference.currency) if isinstance(difference, Money) else abs(number)
    side = "more in our books" if number > 0 else "less in our books"
    return f"{what}: ours {ours}, the bank's {theirs}: {size} {side}"

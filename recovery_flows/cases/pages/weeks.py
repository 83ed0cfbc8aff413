"""Eight weeks of holds: words and a bar for each day, then the figures by week."""

from __future__ import annotations

from collections.abc import Iterator

from models.language.phrase import phrase
from recovery_flows.cases.pages.value import (
    Bars,
    Cell,
    Column,
    Line,
    Part,
    Piece,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.reports.eight_weeks import EightWeeks, HeldByDay
from recovery_flows.wording import counted

_WEEK = 7


def weeks_parts(weeks: EightWeeks) -> tuple[Part, ...]:
    """What is held by currency, holds that began, the days they are of; every week as detail."""
    if not weeks.currencies and not any(weeks.holds):
        return (line(muted(phrase("nothing was held in these weeks"))),)
    parts: list[Part] = [_held(one, weeks) for one in weeks.currencies]
    parts.append(_began(weeks))
    first, last = weeks.days[0], weeks.days[-1]
    parts.append(line(muted(phrase("a bar a day, from {first} to {last}", first=first, last=last))))
    return (*parts, *_by_week(weeks))


def _held(one: HeldByDay, weeks: EightWeeks) -> Line:
    most = max(one.held, key=lambda money: money.minor)
    told = phrase(
        " held now, most on {day}: {most}   ", day=weeks.days[one.held.index(most)], most=most
    )
    bars = Bars(tuple(max(0, money.minor) for money in one.held))
    return Line(cell(strong(one.held[-1]), muted(told), Piece(bars)))


def _began(weeks: EightWeeks) -> Line:
    if not any(weeks.holds):
        return line(muted(phrase("no hold took effect in these weeks")))
    most = max(weeks.holds)
    told = phrase(
        ", {today:,} today, most on {day}: {most:,}   ",
        today=weeks.holds[-1], day=weeks.days[weeks.holds.index(most)], most=most,
    )  # fmt: skip
    began = counted(sum(weeks.holds), "hold took effect", "holds took effect")
    return Line(cell(strong(began), muted(told), Piece(Bars(weeks.holds))))


def _by_week(weeks: EightWeeks) -> Iterator[Part]:
    columns = [Column("week to"), Column("holds begun", right=True)]
    columns += [
        Column(phrase("held {currency}", currency=one.currency), right=True)
        for one in weeks.currencies
    ]
    rows: list[list[Cell]] = []
    for end in range(_WEEK, len(weeks.days) + 1, _WEEK):
        began = sum(weeks.holds[end - _WEEK : end])
        held = [cell(one.held[end - 1]) for one in weeks.currencies]
        rows.append([cell(weeks.days[end - 1].isoformat()), cell(f"{began:,}"), *held])
    yield from table(columns, rows, detail=True)

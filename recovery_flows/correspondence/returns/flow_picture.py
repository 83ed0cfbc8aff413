"""The picture of the flow as SVG: columns from the victims to the right, streams by their sum.

A place's colour says what became of the money there, and its word stands beside it: colour is
never alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from models.money import Money
from recovery_flows.correspondence.returns.flow_graph import FlowGraph, FlowPlace
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.tracing.views import HopView

WIDTH, BAR, GAP, LINE = 1000.0, 9.0, 34.0, 15.0
TALLEST, LEAST = 260.0, 2.0
_RIGHT = 190.0
_COLOURS = {
    "": "#4a6fa5",
    "held": "#1f6f43",
    "returned": "#2e8b57",
    "frontier": "#b36b00",
    "in the account": "#b36b00",
}
_LOST = "#a12c2c"


@dataclass(slots=True)
class _Drawn:
    """A place on the page; streams leave and arrive from its top down."""

    place: FlowPlace
    x: float
    y: float
    height: float
    left_from: float
    taken_to: float


def flow_picture(graph: FlowGraph, currency: str, words: Wording) -> str:
    """The SVG of a graph; "" where nothing has moved."""
    if not graph.streams:
        return ""
    drawn, bottom = _laid_out(graph)
    scale = _scale(graph)
    body = [*_streams(graph, drawn, scale), *_bars(drawn, currency, words)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {bottom:.0f}" '
        'font-family="Noto Sans SC" font-size="13">\n' + "\n".join(body) + "\n</svg>\n"
    )


def _scale(graph: FlowGraph) -> float:
    sums: defaultdict[int, int] = defaultdict(int)
    for place in graph.places:
        sums[place.column] += place.minor
    return TALLEST / max(1, *sums.values())


def _laid_out(graph: FlowGraph) -> tuple[dict[str, _Drawn], float]:
    columns: defaultdict[int, list[FlowPlace]] = defaultdict(list)
    for place in graph.places:
        columns[place.column].append(place)
    step = (WIDTH - BAR - _RIGHT) / max(1, *columns)
    scale, drawn, bottom = _scale(graph), {}, 0.0
    for column, places in columns.items():
        y = 8.0
        for place in places:
            height = max(LEAST, place.minor * scale)
            x = column * step
            drawn[place.key] = _Drawn(place, x, y, height, y, y)
            y += max(height, 3 * LINE) + GAP / 3
        bottom = max(bottom, y)
    return drawn, bottom


def _streams(graph: FlowGraph, drawn: dict[str, _Drawn], scale: float) -> Iterator[str]:
    for stream in graph.streams:
        start, end = drawn[stream.source], drawn[stream.target]
        thick = max(0.7, stream.minor * scale)
        x1, y1 = start.x + BAR, start.left_from + thick / 2
        x2, y2 = end.x, end.taken_to + thick / 2
        start.left_from += thick
        end.taken_to += thick
        bend = max(40.0, abs(x2 - x1) / 2)
        yield (
            f'<path d="M{x1:.1f} {y1:.1f} C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} '
            f'{x2:.1f} {y2:.1f}" fill="none" stroke="{_colour(end.place.fate)}" '
            f'stroke-opacity="0.32" stroke-width="{thick:.1f}"/>'
        )


def _bars(drawn: dict[str, _Drawn], currency: str, words: Wording) -> Iterator[str]:
    for one in drawn.values():
        place = one.place
        label, told = words.named("end", place.label), _told(place, currency, words)
        x, middle = one.x + BAR + 4, one.y + min(one.height, 2 * LINE) / 2
        top = max(one.y + LINE - 3, middle - 1)
        yield (
            f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{BAR:.0f}" height="{one.height:.1f}" '
            f'fill="{_colour(place.fate)}"/>'
        )
        yield f'<text x="{x:.1f}" y="{top:.1f}">{escape(label)}</text>'
        for number, line in enumerate(told, start=1):
            y = top + number * LINE
            yield f'<text x="{x:.1f}" y="{y:.1f}" fill="#555555">{escape(line)}</text>'


def _told(place: FlowPlace, currency: str, words: Wording) -> list[str]:
    """What passed there, and how much of it became of what."""
    passed = str(Money(place.minor, currency))
    if place.fate in ("", place.label):
        return [passed]
    fate = words.named("end", place.fate)
    if place.resting_minor == place.minor:
        return [f"{passed} · {fate}"]
    return [passed, f"{Money(place.resting_minor, currency)} · {fate}"]


def _colour(fate: str) -> str:
    return _COLOURS.get(fate, _LOST)


def end_of(hop: HopView, rest: Money, words: Wording) -> str:
    """What became of a step's money, and of how much of it where a part went on; "" if all did."""
    if not hop.ends or not rest.minor:
        return ""
    end = words.named("end", hop.ends)
    return end if rest.minor == hop.claim_minor else f"{end} {rest}"

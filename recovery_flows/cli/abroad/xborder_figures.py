"""`recovery xborder figures`: how soon requests leave, come back and are answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from recovery_flows.cli.options import AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from recovery_flows.reports.abroad_figures import AbroadFigures
    from recovery_flows.reports.time_to_first_order import Spread


def figures(*, as_json: AsJson = False) -> None:
    """Show how soon requests leave, come back, are answered.

    Over all recoveries, from the signed history; each figure with what it divides.
    """
    from models.entities.event import EntityKind
    from models.queries.abroad.asked import asked_abroad
    from models.queries.audit.process_events import events_between
    from recovery_flows.reports.abroad_figures import EVENTS, AskedAbroad, abroad_figures
    from recovery_flows.reports.process_map import Happened

    with opened() as installation, installation.database.reading() as session:
        requests = [AskedAbroad(**row) for row in asked_abroad(session)]
        events = events_between(session, {EntityKind.REQUEST}, EVENTS)
        found = abroad_figures(requests, (Happened(*one) for one in events))
    if as_json:
        say_json(found)
    else:
        tell([*_lines(found)])


def _lines(of: AbroadFigures) -> Iterator[str]:
    for rate in of.rates:
        counted = f"{rate.numerator_minor} / {rate.denominator_minor}"
        yield f"{rate.name:<26}{rate!s:>8}  {counted:<11}{rate.formula}"
    yield _spread(of.to_hold)
    yield from ("", f"{'first answer of':<26}{'count':>8}  {'median':<12}90th percentile")
    for one in of.first_answers:
        yield _spread(one)
    if not of.first_answers:
        yield "nobody has answered yet"


def _spread(one: Spread) -> str:
    from recovery_flows.reports.time_to_first_order import span_text

    half, most = (
        span_text(seconds) if seconds is not None else "–"
        for seconds in (one.p50_seconds, one.p90_seconds)
    )
    return f"{one.name[:25]:<26}{one.count:>8}  {half:<12}{most}"

"""A failing history made small: things are left out as long as it still fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tests.simulation.eyes import ViolationError
from tests.simulation.faults import Fault
from tests.simulation.plan import Plan, Temper, Tick

_TRIES_MAX = 400
_LISTS = ("ticks", "faults", "payments", "reports", "openings")
Play = Callable[[Plan], ViolationError | None]


def shrunk(plan: Plan, violation: ViolationError, play: Play) -> Plan:
    """The smallest plan found that fails as `plan` did; `play` tells how a plan ends."""
    wanted, tries = _cause(violation), 0
    progress = True
    while progress and tries < _TRIES_MAX:
        progress = False
        for smaller in _smaller(plan):
            tries += 1
            found = play(smaller)
            if found is not None and _cause(found) == wanted:
                plan, progress = smaller, True
                break
            if tries >= _TRIES_MAX:
                break
    return plan


def _cause(violation: ViolationError) -> tuple[str, str]:
    """What makes two failures the same: the kind, and the error's class where one was raised."""
    name = violation.sentence.partition(":")[0]
    return violation.kind, name if violation.kind in ("engine died", "desk") else ""


def _smaller(plan: Plan) -> Iterator[Plan]:
    """Smaller plans, the boldest first."""
    for name in _LISTS:
        for items in _halves(getattr(plan, name)):
            yield replace(plan, **{name: items})
    for at, (tick, after) in enumerate(pairwise(plan.ticks)):
        merged = replace(after, hours=after.hours + tick.hours)
        yield replace(plan, ticks=(*plan.ticks[:at], merged, *plan.ticks[at + 2 :]))
    for name, simpler in (("ticks", _simpler), ("tempers", _milder), ("faults", _rarer)):
        items = getattr(plan, name)
        for at, item in enumerate(items):
            for plainer in simpler(item):
                yield replace(plan, **{name: (*items[:at], plainer, *items[at + 1 :])})


def _halves(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """All but a half, all but a quarter, and so on down to all but one."""
    size = len(items)
    while size > 1:
        size //= 2
        for start in range(0, len(items), size):
            yield items[:start] + items[start + size :]


def _milder(temper: Temper) -> Iterator[Temper]:
    plain = Temper(temper.bank, 0, 0, 0)
    if temper != plain:
        yield plain


def _rarer(fault: Fault) -> Iterator[Fault]:
    if fault.nth != 1:
        yield replace(fault, nth=1)


def _simpler(tick: Tick) -> Iterator[Tick]:
    if tick.odd:
        yield replace(tick, odd=())
    for name, plain in (("crash", None), ("meet", None), ("officer", "all"),
                        ("supervisor", "yes"), ("engine", "a")):  # fmt: skip
        if getattr(tick, name) != plain:
            yield replace(tick, **{name: plain})

"""Figures of requests abroad: how soon they leave, how often they come back, how long answers take.

Read from the signed history and the requests as they stand; each figure says what it divides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from recovery_flows.partners.response_times import rank_of
from recovery_flows.reports.process_map import Happened
from recovery_flows.reports.rates import Rate, percent
from recovery_flows.reports.time_to_first_order import Spread, elapsed_seconds

SOON = timedelta(hours=24)
OUT = frozenset({"sent", "sent_by_hand", "sent_over_connection"})
DONE = frozenset({"executed", "partially_executed"})
ANSWERS = frozenset(
    {"acknowledged", "recognised", "needs_info", "postponed", "conditional", "refused", *DONE}
)
ENDS = frozenset(
    {"refused", "withdrawn", "replaced", "replaced_by_next", "denied", "freeze_ended", *DONE}
)
EVENTS = OUT | ANSWERS | ENDS | {"drafted", "approved"}
INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbroad:
    """A request as it stands: of which account, by which channel, of whom, the last ground."""

    id: str
    recovery_id: str
    asset_id: str
    channel: str
    body: str
    wanted: str
    ground: str
    replaces_id: str


@dataclass(frozen=True, slots=True)
class AbroadFigures:
    """Rates, how long a decision takes to become a hold abroad, and each body's first answer."""

    rates: tuple[Rate, ...]
    to_hold: Spread
    first_answers: tuple[Spread, ...]


def abroad_figures(requests: Iterable[AskedAbroad], events: Iterable[Happened]) -> AbroadFigures:
    """The figures of these requests, from their events in the order of the history."""
    known = {one.id: one for one in requests}
    told = [one for one in events if one.subject_id in known]
    first = _first_of_each(told)
    answers: dict[str, list[int]] = {}
    for name, one in known.items():
        waited = _between(first, name, OUT, ANSWERS)
        if waited is not None:
            answers.setdefault(one.body, []).append(waited)
    freezes = (name for name, one in known.items() if one.wanted == "freeze")
    to_hold = [_between(first, name, {"approved"}, DONE) for name in freezes]
    held = [waited for waited in to_hold if waited is not None]
    return AbroadFigures(
        rates=(_sent_soon(known, first), _sent_back(known, first), _asked_twice(known, told)),
        to_hold=_spread("decision to hold abroad", "executed - approved", held),
        first_answers=tuple(
            _spread(body, "first answer - sent", answers[body]) for body in sorted(answers)
        ),
    )


_First = Mapping[tuple[str, str], datetime]


def _first_of_each(events: Iterable[Happened]) -> _First:
    found: dict[tuple[str, str], datetime] = {}
    for one in events:
        found.setdefault((one.subject_id, one.event), one.at)
    return found


def _instant(first: _First, name: str, of: Iterable[str]) -> datetime | None:
    return min((first[name, one] for one in of if (name, one) in first), default=None)


def _between(first: _First, name: str, since: Iterable[str], until: Iterable[str]) -> int | None:
    begins, ends = _instant(first, name, since), _instant(first, name, until)
    return None if begins is None or ends is None else elapsed_seconds(begins, ends)


def _spread(name: str, formula: str, seconds: list[int]) -> Spread:
    ordered, count = sorted(seconds), len(seconds)
    p50, p90 = (ordered[rank_of(count, p) - 1] if count else None for p in (50, 90))
    return Spread(name, formula, count, p50, p90)


def _rate(name: str, formula: str, numerator: int, denominator: int) -> Rate:
    return Rate(name, formula, numerator, denominator, percent(numerator, denominator))


def _sent_soon(known: Mapping[str, AskedAbroad], first: _First) -> Rate:
    drafted: dict[str, datetime] = {}
    left: dict[str, datetime] = {}
    for name, one in known.items():
        for found, of in ((drafted, {"drafted"}), (left, OUT)):
            at = _instant(first, name, of)
            if at is not None:
                found[one.recovery_id] = min(found.get(one.recovery_id, at), at)
    soon = sum(left[of] - drafted[of] <= SOON for of in left if of in drafted)
    formula = "first request left within 24 h of the first draft / recoveries with a request abroad"
    return _rate("sent within 24 h", formula, soon, len(drafted))


def _sent_back(known: Mapping[str, AskedAbroad], first: _First) -> Rate:
    answered = [one for name, one in known.items() if _instant(first, name, ANSWERS) is not None]
    back = sum((one.id, "needs_info") in first or one.ground == INCOMPLETE for one in answered)
    return _rate(
        "returned for information", "asked for more, or refused as incomplete / requests answered",
        back, len(answered),
    )  # fmt: skip


def _asked_twice(known: Mapping[str, AskedAbroad], events: Iterable[Happened]) -> Rate:
    open_: dict[tuple[str, str], set[str]] = {}
    twice = drafted = 0
    for one in events:
        request = known[one.subject_id]
        there = open_.setdefault((request.asset_id, request.channel), set())
        if one.event == "drafted":
            drafted += 1
            twice += bool(there - {request.replaces_id})
            there.add(request.id)
        elif one.event in ENDS:
            there.discard(request.id)
    return _rate(
        "asked twice", "drafted while the same channel asked for the account / requests drafted",
        twice, drafted,
    )  # fmt: skip

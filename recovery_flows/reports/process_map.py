"""The process map: where a recovery is handed to somebody else, how often, and how long it waits.

A hand-over begins where one side is done and ends where the other has acted, both as events of the
signed history. Hand-overs that wait side by side wait once: that is what parallel requests spare.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.entities.event import EntityKind


@dataclass(frozen=True, slots=True)
class Link:
    """One kind of hand-over: from whom to whom, which event gives and which takes."""

    code: str
    name: str
    noun: EntityKind
    gives: frozenset[str]
    takes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the history."""

    recovery_id: str
    noun: EntityKind
    subject_id: str
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over that has ended."""

    link: Link
    recovery_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """A kind of hand-over: how often, how long in all, the median; `alone` if nothing else waited.

    `alone` is what the whole would wait less without this kind.
    """

    link: Link
    count: int
    waited: timedelta
    median: timedelta
    alone: timedelta


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """All hand-overs: `side_by_side` counts what waits at the same time once, per recovery."""

    recoveries: int
    count: int
    one_after_another: timedelta
    side_by_side: timedelta
    links: tuple[LinkFigures, ...]


def _link(code: str, name: str, noun: EntityKind, gives: str, takes: str) -> Link:
    return Link(code, name, noun, frozenset(gives.split()), frozenset(takes.split()))


LINKS = (
    _link("report", "victim to officer", EntityKind.RECOVERY, "reported",
          "accepted rejected joined"),
    _link("second", "officer to second person", EntityKind.APPROVAL, "asked asked_anew",
          "approved denied voided"),
    _link("partner", "unit to partner, order or question", EntityKind.CALL, "sent",
          "answered refused answer_taken dropped postponed"),
    _link("task", "unit to partner, multi-agency request", EntityKind.TASK, "ordered",
          "done preserved refused never_sent cancelled"),
    _link("sender", "second person to sender of a request abroad", EntityKind.REQUEST, "approved",
          "sent sent_by_hand dispatched withdrawn order_withdrawn"),
    _link("abroad", "unit to another State", EntityKind.REQUEST,
          "sent sent_by_hand sent_over_connection",
          "recognised needs_info postponed conditional refused executed partially_executed"),
    _link("recall", "unit to a payment's bank, recall", EntityKind.RECALL, "sent",
          "bank_accepted bank_rejected bank_pending ended"),
)  # fmt: skip
"""Every kind of hand-over, in the order of a recovery's way."""
CODES = tuple(link.code for link in LINKS)


def hand_overs(events: Iterable[Happened]) -> tuple[HandOver, ...]:
    """The hand-overs that have ended, from events in the order of the history."""
    open_since: dict[tuple[str, str], Happened] = {}
    found = []
    for one in events:
        for link in LINKS:
            if one.noun is not link.noun:
                continue
            key = (link.code, one.subject_id)
            if one.event in link.takes and key in open_since:
                since = open_since.pop(key).at
                found.append(HandOver(link, one.recovery_id, since, max(since, one.at)))
            if one.event in link.gives:
                open_since.setdefault(key, one)
    return tuple(found)


def process_map(found: Collection[HandOver], without: Collection[str] = ()) -> ProcessMap:
    """The figures of these hand-overs; `without` names kinds that are thought away."""
    kept = [one for one in found if one.link.code not in without]
    whole = _side_by_side(kept)
    return ProcessMap(
        recoveries=len({one.recovery_id for one in found}),
        count=len(kept),
        one_after_another=sum((one.until - one.since for one in kept), timedelta()),
        side_by_side=whole,
        links=tuple(
            _figures(link, kept, whole) for link in LINKS if any(o.link is link for o in kept)
        ),
    )


def side_by_side(found: Iterable[HandOver], together: Collection[str]) -> tuple[HandOver, ...]:
    """The same hand-overs if those of the links `together` were given by one act in each recovery.

    All of one link begin when the first of them did, last as long as before, and count once: the
    longest of them stands for all.
    """
    kept: list[HandOver] = []
    groups: dict[tuple[str, str], list[HandOver]] = {}
    for one in found:
        if one.link.code in together:
            groups.setdefault((one.recovery_id, one.link.code), []).append(one)
        else:
            kept.append(one)
    for group in groups.values():
        begins = min(one.since for one in group)
        longest = max(one.until - one.since for one in group)
        kept.append(replace(group[0], since=begins, until=begins + longest))
    return tuple(kept)


def _figures(link: Link, found: Sequence[HandOver], whole: timedelta) -> LinkFigures:
    lengths = sorted(one.until - one.since for one in found if one.link is link)
    rest = _side_by_side([one for one in found if one.link is not link])
    middle = lengths[(len(lengths) - 1) // 2]
    return LinkFigures(link, len(lengths), sum(lengths, timedelta()), middle, whole - rest)


def _side_by_side(found: Iterable[HandOver]) -> timedelta:
    """The time in which anything waits, each recovery by itself."""
    by_recovery: dict[str, list[tuple[datetime, datetime]]] = {}
    for one in found:
        by_recovery.setdefault(one.recovery_id, []).append((one.since, one.until))
    total = timedelta()
    for spans in by_recovery.values():
        reached: datetime | None = None
        for since, until in sorted(spans):
            begins = since if reached is None else max(since, reached)
            if until > begins:
                total += until - begins
            reached = until if reached is None else max(reached, until)
    return total

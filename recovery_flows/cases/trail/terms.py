"""The filter of the audit trail as it is typed: words, and terms such as `kind:hold since:2d`.

A term that is not finished changes nothing; one that cannot be meant says what to write, and
nothing is hidden by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.language.phrase import as_phrase, phrase
from models.language.shown import in_all_languages
from models.queries.cases.case_files import NoSuchRecoveryError, recovery_id_of
from models.queries.cases.queue_filter import Compared, TermColumn
from models.queries.looks.changes import last_event_before
from models.queries.looks.trail import KINDS, Kind, TrailLook, TrailTerm, actors
from recovery_flows.cases.pages.changes import noun_word
from recovery_flows.cases.views.queue_terms import TODAY, time_term
from recovery_flows.wording import spoken

_TERM = re.compile(r"([a-z]+)([:<>])(.*)")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:t(\d{2}:\d{2}))?")
_BUT = "-"
"""Before an officer whose acts are to be left out."""
_UNFINISHED = re.compile(r"[\d-]{1,9}|\d{4}-\d{2}-\d{2}t[\d:]{0,4}|-?\d{1,4}")


class TrailColumn(StrEnum):
    """What of an event a term asks about."""

    OFFICER = "officer"
    KIND = "kind"
    RECOVERY = "recovery"
    SINCE = "since"
    UNTIL = "until"


EXAMPLES = "officer:li officer:-engine kind:hold recovery:R-2026-0001 since:2d until:2026-11-28"


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What was typed, understood; `wrong` says of each other term what to write."""

    look: TrailLook
    wrong: tuple[str, ...] = ()


def read_trail_filter(session: Session, text: str, now: datetime, zone: str) -> TrailFilter:
    """Understand a filter at case time `now`; days are those of `zone`."""
    look, wrong = TrailLook(), list[str]()
    for piece in text.lower().split():
        found = _TERM.fullmatch(piece)
        try:
            if found is None:
                look = _with(look, _word(session, piece))
            else:
                look = _narrowed(session, look, found, now, zone)
        except ValueError as error:
            wrong.append(phrase("{term}: {why}", term=piece, why=error.args[0]))
    return TrailFilter(look, tuple(wrong))


def _narrowed(
    session: Session, look: TrailLook, found: re.Match[str], now: datetime, zone: str
) -> TrailLook:
    """The look under one more term; ValueError says what to write instead."""
    name, sign, value = found.groups()
    if name not in set(TrailColumn):
        raise ValueError(
            phrase("there is no such column; there are {columns}", columns=", ".join(TrailColumn))
        )
    if Compared(sign) is not Compared.IS:
        raise ValueError(phrase("{column} is asked with a colon, such as {column}:x", column=name))
    if not value:
        return look
    column = TrailColumn(name)
    if column in (TrailColumn.SINCE, TrailColumn.UNTIL):
        return _cut(session, look, column, value, now, zone)
    return _with(look, _term(session, column, value))


def _with(look: TrailLook, term: TrailTerm) -> TrailLook:
    return replace(look, terms=(*look.terms, term))


def _term(session: Session, column: TrailColumn, value: str) -> TrailTerm:
    if column is TrailColumn.OFFICER:
        return TrailTerm(officers=_officers(session, value))
    if column is TrailColumn.KIND:
        if kinds := _kinds(value):
            return TrailTerm(kinds=kinds)
        raise ValueError(phrase("no event is called so, such as kind:hold or kind:approved"))
    try:
        return TrailTerm(recoveries=frozenset({recovery_id_of(session, value)}))
    except NoSuchRecoveryError:
        raise ValueError(phrase("no recovery has this reference")) from None


def _word(session: Session, text: str) -> TrailTerm:
    """Whatever is called by a word: officers, kinds of events, a recovery."""
    found = TrailTerm(_officers(session, text), _kinds(text))
    try:
        return replace(found, recoveries=frozenset({recovery_id_of(session, text)}))
    except NoSuchRecoveryError:
        return found


def _officers(session: Session, text: str) -> frozenset[str]:
    """Who is called so; after a minus all others, such as everybody but the engine."""
    asked = text.removeprefix(_BUT)
    is_but = asked != text and bool(asked)
    return frozenset(one for one in actors(session) if (asked in one.lower()) is not is_but)


@cache
def _kinds(text: str) -> frozenset[Kind]:
    return frozenset(kind for kind, names in _names() if any(text in name for name in names))


@cache
def _names() -> Sequence[tuple[Kind, tuple[str, ...]]]:
    """Each kind of event with what it is called, without blanks, in small letters."""
    return tuple((kind, tuple(_called(kind))) for kind in KINDS)


def _called(kind: Kind) -> Iterator[str]:
    noun, event = kind
    yield f"{noun.value}.{event}"
    for told in (noun_word(noun), spoken(noun), spoken(event)):
        for name in in_all_languages(as_phrase(told)):
            yield name.lower().replace(" ", "_")


def _cut(
    session: Session, look: TrailLook, column: TrailColumn, value: str, now: datetime, zone: str
) -> TrailLook:
    """The look from an instant on, or up to one; a day is wholly within both."""
    at = _instant(value, now, zone, ends=column is TrailColumn.UNTIL)
    if at is None:
        return look
    before = last_event_before(session, at)
    if column is TrailColumn.SINCE:
        return replace(look, first=max(look.first, before + 1))
    return replace(look, last=before if look.last is None else min(look.last, before))


def _instant(value: str, now: datetime, zone: str, *, ends: bool) -> datetime | None:
    """The instant of a term; None while it is not finished."""
    here = ZoneInfo(zone)
    if value == TODAY:
        return datetime.combine(now.astimezone(here).date(), time(), here)
    if day := _DAY.fullmatch(value):
        try:
            clock = time.fromisoformat(day[2]) if day[2] else time()
            at = datetime.combine(date.fromisoformat(day[1]), clock, here)
            at = _next_day(at) if ends and not day[2] else at
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(_how(now, zone)) from None
    if _UNFINISHED.fullmatch(value) or TODAY.startswith(value):
        return None
    try:
        span = time_term(TermColumn.AGE, Compared.LESS, value, now)
    except (ValueError, OverflowError):
        raise ValueError(_how(now, zone)) from None
    return span.value if span else None


def _next_day(at: datetime) -> datetime:
    """Midnight after an instant of midnight, by the calendar of its zone."""
    return datetime.combine(date.fromordinal(at.toordinal() + 1), time(), at.tzinfo)


def _how(now: datetime, zone: str) -> str:
    return phrase(
        "write a day such as {day}, {day}T14:30, today, or a length of time such as 8h or 2d",
        day=f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d}",
    )

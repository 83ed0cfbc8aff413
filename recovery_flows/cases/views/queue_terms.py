"""A filter as it is typed: words, and terms on columns such as `bank:east ends<24h held>10000`.

`~r42` finds what has these letters in this order. A term that is not finished yet leaves the list
as it is; one that cannot be meant says why, and nothing is hidden by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from models.entities.asset import Stage
from models.entities.hold import HoldState
from models.entities.recovery import RecoveryState
from models.language.phrase import as_phrase, phrase
from models.language.shown import in_all_languages
from models.queries.cases.queue_filter import Compared, Term, TermColumn
from recovery_flows.cases.views.state_names import Worded, hold_word, recovery_word, stage_word

_TERM = re.compile(r"([a-z]+)([:<>])(.*)")
_SPAN = re.compile(r"(-?\d{1,4})([mhdw]?)")
_UNITS: Mapping[str, timedelta] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_NUMBER = re.compile(r"\d{1,13}(?:\.\d{1,4})?")
_TIMES = frozenset({TermColumn.ENDS, TermColumn.AGE})
LOOK, TODAY = "look", "today"
"""Since when something has changed: since one's last look, since midnight."""
_NUMBERS = frozenset({TermColumn.LOSS, TermColumn.HELD, TermColumn.VICTIMS})
EXAMPLES = (
    "bank:east stage:frozen officer:- case:77 currency:cny ends<24h age>3d loss>5000 held>0 "
    "changed:look"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, understood; `wrong` says of each other term what to write."""

    words: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    wrong: tuple[str, ...] = ()


def read_filter(text: str, now: datetime) -> Filter:
    """Understand a filter at case time `now`."""
    words: list[str] = []
    terms: list[Term] = []
    wrong: list[str] = []
    for piece in text.lower().split():
        found = _TERM.fullmatch(piece)
        if found is None:
            words.append(piece)
            continue
        try:
            term = _term(found[1], found[2], found[3], now)
        except ValueError as error:
            wrong.append(phrase("{term}: {why}", term=piece, why=error.args[0]))
        else:
            terms += [term] if term else []
    return Filter(tuple(words), tuple(terms), tuple(wrong))


def _term(name: str, sign: str, value: str, now: datetime) -> Term | None:
    """The term, None while its value is missing; ValueError says what to write."""
    if name not in set(TermColumn):
        raise ValueError(
            phrase("there is no such column; there are {columns}", columns=", ".join(TermColumn))
        )
    column, compared = TermColumn(name), Compared(sign)
    if column is TermColumn.CHANGED:
        return _changed_term(compared, value, now)
    if column in _TIMES:
        return time_term(column, compared, value, now)
    if column in _NUMBERS:
        number = _NUMBER.fullmatch(value.replace(",", ""))
        if value and number is None:
            raise ValueError(phrase("write a number in whole units, such as 10000 or 10000.50"))
        return Term(column, compared, Decimal(number[0])) if number else None
    if compared is not Compared.IS:
        raise ValueError(
            phrase("{column} is asked with a colon, such as {column}:x", column=column)
        )
    return _text_term(column, value) if value else None


def time_term(column: TermColumn, compared: Compared, value: str, now: datetime) -> Term | None:
    """A term on an instant; None while its length is not finished, ValueError as for others."""
    if compared is Compared.IS:
        raise ValueError(
            phrase("{column} is asked with < or >, such as {column}<24h", column=column)
        )
    span = _SPAN.fullmatch(value)
    if span is None:
        if value:
            raise ValueError(phrase("write a length of time, such as 90m, 24h, 3d or 2w"))
        return None
    if not span[2] and span[1] != "0":
        return None  # the unit is still to be typed
    length = int(span[1]) * _UNITS[span[2] or "m"]
    return Term(column, compared, now + length if column is TermColumn.ENDS else now - length)


def _changed_term(compared: Compared, value: str, now: datetime) -> Term | None:
    """Changed since a look, since midnight, or in so long a time; it is looked up when read."""
    if compared is Compared.LESS:
        within = time_term(TermColumn.AGE, compared, value, now)
        return within and Term(TermColumn.CHANGED, compared, within.value)
    if compared is Compared.MORE or (value and not any(w.startswith(value) for w in (LOOK, TODAY))):
        raise ValueError(
            phrase(
                "write changed:{look}, changed:{today} or a time, such as changed<8h",
                look=LOOK,
                today=TODAY,
            )
        )
    return Term(TermColumn.CHANGED, compared, value) if value in (LOOK, TODAY) else None


def _text_term(column: TermColumn, value: str) -> Term:
    if column is not TermColumn.STAGE:
        return Term(column, Compared.IS, value)
    found = Term(
        column,
        Compared.IS,
        value,
        states=frozenset(
            s for s in RecoveryState
            if s is not RecoveryState.OPEN and _is_called(value, s, recovery_word(s))
        ),
        stages=frozenset(s for s in Stage if _is_called(value, s, stage_word(s))),
        holds=frozenset(s for s in HoldState if _is_called(value, s, hold_word(s))),
    )  # fmt: skip
    if not (found.states or found.stages or found.holds):
        named = ", ".join([RecoveryState.REPORTED, *Stage, HoldState.STOPPED, HoldState.FROZEN])
        raise ValueError(phrase("nothing is called so; there are {named}", named=named))
    return found


def _is_called(text: str, name: str, words: Worded) -> bool:
    told = (*in_all_languages(as_phrase(words.word)), *in_all_languages(as_phrase(words.short)))
    return text in name or any(text in word.lower() for word in told)

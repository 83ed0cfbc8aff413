"""Bodies that are ruder: what each of their stories says of a request, after the first word.

Told twice over, by another one, to an end that has passed, before it can be so, or without an end.
No code of the program is used here.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from tests.simulation.foreign.said import Asked, Early, Said

STORIES = (
    "older", "right_again", "ends_on_the_day", "money_first", "no_review", "conditions", "left",
    "another", "hands_back", "downs",
)  # fmt: skip
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def told(
    asked: Asked, whole: Said, dice: random.Random, condition: str, postponed: str
) -> list[Said]:
    """What is said of a request; `condition` and `postponed` are grounds that its channel has."""
    days = dice.choice((1, 3, 10, 40))
    later = replace(whole, at=whole.at + days * _DAY)
    if later.until is not None:
        later = replace(later, until=later.until + 60 * _DAY)
    match asked.story:
        case "older":
            return _older(whole, later, asked, dice)
        case "right_again":
            return _right_again(whole, later, asked, dice)
        case "ends_on_the_day":
            return _ends_on_the_day(whole, asked, dice)
        case "money_first":
            return _money_first(later, asked, dice)
        case "no_review":
            return [Said(whole.at, "postponed", postponed), later]
        case "conditions":
            return [
                Said(whole.at, "conditional", condition),
                Said(whole.at + dice.choice((1, 30)) * _HOUR, "conditional", condition),
                Said(whole.at + 5 * _DAY, "conditional", condition),
                replace(later, at=later.at + 6 * _DAY),
            ]
        case "hands_back":
            return _hands_back(whole, later, postponed, dice)
        case "downs":
            part = max(1, asked.minor // 2)
            return [whole, replace(later, says="partially_executed", minor=part)]
    return [later]


def _older(whole: Said, later: Said, asked: Asked, dice: random.Random) -> list[Said]:
    """More is asked; once the next version may be there, the old one is answered all the same."""
    part = replace(later, says="partially_executed", minor=max(1, asked.minor // 3), until=None)
    no = Said(later.at + _DAY, "refused")
    ends = dice.choice(((part, no), (part,), (later,), (no, replace(later, at=no.at + _DAY))))
    return [Said(whole.at, "needs_info"), *ends]


def _right_again(whole: Said, later: Said, asked: Asked, dice: random.Random) -> list[Said]:
    """It has reached more than was asked for, and then says how much it was, once or twice."""
    part = replace(later, says="partially_executed", minor=max(1, asked.minor // 2))
    more = replace(whole, minor=asked.minor * dice.choice((2, 3)))
    return [more, dice.choice((later, part)), replace(later, at=later.at + 3 * _DAY)]


def _ends_on_the_day(whole: Said, asked: Asked, dice: random.Random) -> list[Said]:
    """A freeze ends on the day on which it is prolonged, an hour before, after, or just then."""
    if asked.wanted != "freeze":
        return [whole]
    ends = whole.at + dice.choice((2, 15, 40)) * _DAY
    again = ends + dice.choice((-1, 0, 1, 30)) * _HOUR
    first = replace(whole, until=ends)
    return [first, replace(whole, at=again, until=ends + dice.choice((30, 90)) * _DAY)]


def _money_first(later: Said, asked: Asked, dice: random.Random) -> list[Said]:
    """It has paid, in another currency and after costs, before it says what it has done."""
    if asked.wanted == "return":
        currency = dice.choice(("CNY", "USD", asked.currency))
        minor = max(1, asked.minor * 8 - 15_00)
        booking = f"RET-{asked.ref[-6:]}"
        asked.early.append(Early(booking, asked.came + _HOUR, minor, currency))
    return [replace(later, minor=asked.minor)]


def _hands_back(whole: Said, later: Said, postponed: str, dice: random.Random) -> list[Said]:
    """The next one in charge has it, gives it back, and the first one begins anew."""
    waits = Said(whole.at, "postponed", postponed, review=whole.at + 4 * _DAY)
    again, no = Said(whole.at, "acknowledged"), Said(whole.at, "refused")
    middle = dice.choice(((waits, again), (again, waits), (no, again), (waits, again, no)))
    dated = (replace(one, at=whole.at + n * _DAY) for n, one in enumerate(middle, 1))
    return [Said(whole.at, "recognised"), *dated, replace(later, at=later.at + 4 * _DAY)]

"""Voluntary returns, recalls, compensations and clawbacks as lines of a panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content

from models.action_kinds import ActionKind
from models.language.phrase import phrase
from recovery_flows.cases.views.other_ways import Way
from recovery_flows.cases.views.restitution_views import RestitutionPage
from recovery_flows.cases.views.victims import MESSAGES
from recovery_flows.wording import spoken
from tui.layout import paragraph
from tui.state_styles import ALARM, CARE, GOOD, MUTED, time_left
from tui.text import cut, day_and_time, plain, word, words

WAY_COMMANDS: Mapping[str, str] = {
    ActionKind.FOLLOW_RETURN: "voluntary remind",
    ActionKind.FOLLOW_UNCLAIMED: "unclaimed transfer",
    ActionKind.FOLLOW_CLAWBACK: "clawback remind",
    ActionKind.TELL_VICTIM: "victim sent",
    ActionKind.FOLLOW_THIRD_PARTY: "third-party decide",
    ActionKind.FOLLOW_COURT_LIST: "court-list identify",
    ActionKind.SEND_RECALL: "recall sent",
    ActionKind.FOLLOW_RECALL: "recall chase",
}
"""Steps that the key `m` does, with their commands."""
_DONE = frozenset({"kept", "returned", "received", "confirmed", "released", "paid", "sent"})
_OVER = frozenset({"ended", "denied", "rejected", "expired"})


def ways_lines(page: RestitutionPage, zone: str, width: int) -> list[Content]:
    """The lines of each: the sum requested, what has arrived; a promise is not money."""
    lines = [line for way in page.ways for line in _way(way, page, zone, width)]
    if all(way.kind == MESSAGES for way in page.ways):
        told = phrase("No voluntary return was invited and no payment recalled. Press m to begin.")
        return [*paragraph(word(told, MUTED), width), *lines]
    return lines


def _way(way: Way, page: RestitutionPage, zone: str, width: int) -> Iterator[Content]:
    style = GOOD if way.state in _DONE else MUTED if way.state in _OVER else CARE
    style = ALARM if way.is_late else style
    sign = "! " if way.is_late else "✓ " if way.state in _DONE else "  "
    state = spoken(way.state)
    yield cut(
        words(
            (sign, style),
            (phrase("{kind} ", kind=way.kind), "bold"),
            (state, style),
            "  ",
            way.whose,
        ),
        width,
    )
    came = (plain(way.came), f"bold {GOOD}" if way.came.minor else MUTED)
    of = (phrase("  came"), MUTED)
    if way.of.minor and way.of != way.came:
        of = (phrase(" of {sum} came", sum=plain(way.of)), MUTED)
    told = [words("  ", came, of)] if way.kind != MESSAGES else []
    if way.due_at is not None:
        when, left = day_and_time(way.due_at, zone), time_left(page.now, way.due_at)
        told.append(words((phrase("  due "), MUTED), when, " ", left))
    if told:
        yield cut(words(*told), width)
    for part in way.parts:
        yield cut(words("    ", (part, MUTED)), width)

"""Makes docs/states.md from the tables of moves: `python -m models.document`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.entities.catalogue import TRANSITIONS
from models.entities.event import EntityKind
from models.rights.decisions import DECISIONS

TARGET = Path(__file__).parent.parent / "docs" / "states.md"
_HEAD = """# States and moves

Made from the tables in `models/entities` by `python -m models.document`; do not edit.

Every change of a row is one event; an event that is not in the table of its noun is refused with
both names. "Decided by" names the role that the store asks for; where it is empty, the move follows
from an answer, a clock or another person's decision. Left out is `moved`: when two files are
joined, their rows change the file and keep their state. The pictures leave out events after which
the state is the same. The state of an asset is its stage.
"""
_NOT_THERE = "(not there)"


def render() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD.rstrip()]
    for noun in EntityKind:
        moves = _moves(noun)
        parts += ["", f"## {noun.capitalize()}", "", *_table(noun, moves)]
        if len({new for _, _, new in moves}) > 1:
            parts += ["", *_picture(moves)]
    return "\n".join(parts) + "\n"


def _moves(noun: EntityKind) -> list[tuple[str | None, str, str]]:
    """(state, event, new state), in the order of the table; births first."""
    moves = [(s, event, new) for (s, event), new in TRANSITIONS[noun].items() if event != "moved"]
    return sorted(moves, key=lambda move: move[0] is not None)


def _table(noun: EntityKind, moves: list[tuple[str | None, str, str]]) -> Iterator[str]:
    yield "| state | event | new state | decided by |"
    yield "|---|---|---|---|"
    for state, event, new in _grouped(moves):
        who = " or ".join(sorted(DECISIONS.get((noun, event), ())))
        yield f"| {state or _NOT_THERE} | {event} | {new} | {who} |"


def _grouped(moves: list[tuple[str | None, str, str]]) -> list[tuple[str | None, str, str]]:
    """The same moves, those of one state together, states in the order in which they are met."""
    met = list(dict.fromkeys(state for state, _, _ in moves))
    return sorted(moves, key=lambda move: met.index(move[0]))


def _picture(moves: list[tuple[str | None, str, str]]) -> Iterator[str]:
    ways: dict[tuple[str, str], list[str]] = {}
    for state, event, new in _grouped(moves):
        if state != new:
            ways.setdefault((state or "[*]", new), []).append(event)
    yield "```mermaid"
    yield "stateDiagram-v2"
    for (state, new), events in ways.items():
        yield f"    {state} --> {new}: {', '.join(events)}"
    left = {state for state, _ in ways}
    for end in dict.fromkeys(new for _, new in ways if new not in left):
        yield f"    {end} --> [*]"
    yield "```"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")

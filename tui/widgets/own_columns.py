"""Columns as an officer has arranged them, in a terminal of any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recovery_flows.cases.kept.arrangement import OwnColumn, OwnColumns
from tui.widgets.columns import TableColumn

REST_CELLS = 12
"""The least that is left for the column that takes what the others leave."""


def arranged(
    offered: Sequence[TableColumn], others: Sequence[TableColumn], own: OwnColumns, room: int
) -> tuple[TableColumn, ...]:
    """The columns that an officer wants, of those `offered` at first and of the `others`.

    Where they do not fit into `room` cells they are as wide as at first, and if that is too much
    still, those furthest right are left out.
    """
    known = {column.key: column for column in (*offered, *others)}
    wanted = [one for one in own if one.key in known]
    if not wanted:
        return tuple(offered)
    sized = tuple(_sized(known[one.key], one) for one in wanted)
    if _fits(sized, room):
        return sized
    shown = [known[one.key] for one in wanted]
    while not _fits(shown, room) and any(column.width for column in shown[1:]):
        last = max(n for n, column in enumerate(shown) if n and column.width)
        del shown[last]
    return tuple(shown)


def _sized(column: TableColumn, own: OwnColumn) -> TableColumn:
    return replace(column, width=own.width) if own.width and column.width else column


def _fits(columns: Sequence[TableColumn], room: int) -> bool:
    """Whether the columns, the gaps and the sign after them have room."""
    return sum(column.width or REST_CELLS for column in columns) + len(columns) <= room

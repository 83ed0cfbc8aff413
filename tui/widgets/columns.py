"""The columns of a list: their titles, widths, and what may be sorted by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from models.language.shown import shown_term
from recovery_flows.cases.pages.value import Column


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column; width 0 takes what the others leave. Lines may be sorted by it if it `sorts`."""

    key: str
    title: str
    width: int = 0
    right: bool = False
    sorts: bool = True
    short: str = ""
    """The title where there is no room for the other."""

    @property
    def shown_title(self) -> str:
        """The title that fits, in the language of whoever looks."""
        title = shown_term(self.title)
        return shown_term(self.short) if 0 < self.width < cell_len(title) else title


def laid_out(
    columns: Mapping[str, Column], widths: Mapping[str, int], unsorted: Collection[str] = ()
) -> tuple[TableColumn, ...]:
    """These columns of a page, `widths` cells wide; one of 0 takes what the others leave."""
    return tuple(
        TableColumn(
            key,
            columns[key].title,
            width,
            right=columns[key].right,
            sorts=key not in unsorted,
            short=columns[key].short or columns[key].title,
        )
        for key, width in widths.items()
    )


def with_room(columns: Sequence[TableColumn], key: str, cells: int) -> Sequence[TableColumn]:
    """The same columns, that of this key at least so many cells wide if it has a width."""
    if not any(column.key == key and 0 < column.width < cells for column in columns):
        return columns
    return tuple(
        replace(column, width=max(column.width, cells)) if column.key == key else column
        for column in columns
    )

"""Looking whether somebody committed, in a thread, until the terminal is left."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from models.engine import Database
from models.queries.installation.changes import ChangeWatch
from tui.screen_queries import READ_ERRORS

LOOK_SECONDS = 0.2
CLOCKS_SECONDS = 5.0
"""How old "as of" and the engine's sign of life may get; at least one look."""


def watch(
    database: Database, is_over: Event, tell: Callable[[], object], seconds: float = LOOK_SECONDS
) -> None:
    """Call `tell` after each commit by others and every few seconds, until `is_over` is set.

    `seconds` lie between two looks at the database.
    """
    seen, looks, every = None, 0, max(1, int(CLOCKS_SECONDS / seconds))
    while not is_over.wait(seconds):
        looks += 1
        try:
            if seen is None:
                # What was committed between the first reading and now was seen by nobody.
                seen, is_changed = ChangeWatch(database), True
            else:
                is_changed = seen.changed()
        except READ_ERRORS:
            seen, is_changed = None, False
        if is_changed or looks % every == 0:
            tell()
    if seen is not None:
        seen.close()

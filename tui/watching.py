"""Looking whether somebody committed, in a thread, until the terminal is left."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from models.engine import Database
from models.queries.changes import ChangeWatch
from tui.source import READ_ERRORS

LOOK_SECONDS = 0.25
LOOK_AT_CLOCKS_EVERY = 20  # looks, so that "as of" and the engine's sign are never 5 s old


def watch(database: Database, is_over: Event, tell: Callable[[], object]) -> None:
    """Call `tell` after each commit by others and every few seconds, until `is_over` is set."""
    seen, looks = None, 0
    while not is_over.wait(LOOK_SECONDS):
        looks += 1
        try:
            if seen is None:
                # What was committed between the first reading and now was seen by nobody.
                seen, is_changed = ChangeWatch(database), True
            else:
                is_changed = seen.changed()
        except READ_ERRORS:
            seen, is_changed = None, False
        if is_changed or looks % LOOK_AT_CLOCKS_EVERY == 0:
            tell()
    if seen is not None:
        seen.close()

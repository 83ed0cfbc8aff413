"""How long a writer keeps the write lock of the case database, and how it gives it back."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
HOLD_SECONDS = 0.05
"""After so long the write lock is given back, whatever is left: others wait for it."""
_WORK, _LONGEST = 0.4, 4
"""Shares of that: how much of it is work of this thread at least, and when it ends whatever was."""
_REST_SECONDS = 0.02
_PORTION, _PORTION_MAX = 16, 64


def for_a_while(rest: deque[T]) -> Iterator[T]:
    """Take what is left, one by one, until the lock was held for long enough; at least one.

    Where others have the processor, little is done in that time, and each transaction costs as much
    again as its work: some work is done in each, as long as nobody waits 200 ms for it.
    """
    begun, worked = time.monotonic(), time.thread_time()
    while rest:
        yield rest.popleft()
        held = time.monotonic() - begun
        if held >= _LONGEST * HOLD_SECONDS:
            return
        if held >= HOLD_SECONDS and time.thread_time() - worked >= _WORK * HOLD_SECONDS:
            return


class Portions(Generic[T]):
    """Deals out what is left in portions that are read at once, as large as are worked off.

    What a portion leaves goes back to its place, also where its block ends by an error.
    """

    def __init__(self, rest: deque[T]) -> None:
        self._rest, self._size = rest, _PORTION

    @contextmanager
    def next(self) -> Iterator[deque[T]]:
        """The next portion, to be emptied by `for_a_while`."""
        size = min(len(self._rest), self._size)
        some = deque(self._rest.popleft() for _ in range(size))
        try:
            yield some
        finally:
            self._size = max(1, min(_PORTION_MAX, 2 * (size - len(some))))
            self._rest.extendleft(reversed(some))


def rest_of_the_lock(rest: deque[T]) -> None:
    """Leave the write lock to whoever waits for it, if there is more to do afterwards."""
    if rest:
        threading.Event().wait(_REST_SECONDS)

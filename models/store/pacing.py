"""How long a writer keeps the write lock of the case database, and how it gives it back."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")
HOLD_SECONDS = 0.05
"""After so long the write lock is given back, whatever is left: others wait for it."""
_REST_SECONDS = 0.02


def for_a_while(rest: deque[T]) -> Iterator[T]:
    """Take what is left, one by one, until the lock was held for long enough; at least one."""
    until = time.monotonic() + HOLD_SECONDS
    while rest:
        yield rest.popleft()
        if time.monotonic() >= until:
            return


def rest_of_the_lock(rest: deque[T]) -> None:
    """Leave the write lock to whoever waits for it, if there is more to do afterwards."""
    if rest:
        threading.Event().wait(_REST_SECONDS)

"""How long any test waits for what has to come: one bound, so that no test hangs on speed.

What is waited for is a fact. The bound only ends a test whose fact never comes, so it is wide
enough for a machine that gives the tests a tenth of one processor.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 300
_LOOK_SECONDS = 0.02


def comes(claim: Callable[[], object]) -> bool:
    """Whether the claim came true before all patience was at its end."""
    given_up_at = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        if time.monotonic() > given_up_at:
            return False
        threading.Event().wait(_LOOK_SECONDS)
    return True


async def come(claim: Callable[[], object], why: str = "it never came") -> None:
    """Wait for it while others in this event loop go on; an AssertionError if it never comes."""
    given_up_at = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < given_up_at, why
        await asyncio.sleep(_LOOK_SECONDS)

"""Cycles of objects that nothing uses any more are looked for less often than Python does.

Measured: looking took 27 of 100 parts of the processor's time in a process that has SQLAlchemy and
Textual loaded, since each look at everything walks the 300,000 objects of its libraries.
"""

from __future__ import annotations

import atexit
import gc

_NEW_OBJECTS, _YOUNG_LOOKS, _MIDDLE_LOOKS = 10_000, 20, 20


def collect_seldom() -> None:
    """Never look at what is loaded now, and at what is new after each 10,000 objects."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_LOOKS, _MIDDLE_LOOKS)


def end_at_once() -> None:
    """Look for no cycles when the process ends: whatever is left goes with it.

    Python looks through everything several times then, for objects that want to say something
    before they go; here nothing relies on that. It took a quarter of what a short command costs.
    """
    atexit.register(gc.freeze)

"""How functions are compiled: cached on disk, without the interpreter's lock, steps inlined.

A step that is called, not inlined, would hand over a dozen arrays, which costs more than it does.
Nothing is allocated inside, so that counting references (numba's NRT) is left out too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb

Function = TypeVar("Function", bound=Callable[..., Any])


_COMPILED: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def compiled(function: Function) -> Function:
    """Compile a walk; the machine code is kept beside the source, or in NUMBA_CACHE_DIR."""
    return cast("Function", nb.njit(**_COMPILED)(function))


def inlined(function: Function) -> Function:
    """Compile a step into whatever calls it."""
    return cast("Function", nb.njit(nogil=True, inline="always")(function))

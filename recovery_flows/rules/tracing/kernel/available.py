"""Whether the kernel can run; asked without loading it."""

from __future__ import annotations

from importlib.util import find_spec


def is_available() -> bool:
    """Whether numba and numpy are installed (the extra `fast`)."""
    return find_spec("numba") is not None and find_spec("numpy") is not None

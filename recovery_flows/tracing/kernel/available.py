"""Whether the kernel can run; asked without loading it."""

from __future__ import annotations

from importlib.util import find_spec


def is_available() -> bool:
    """Whether the extra `fast` is installed."""
    return all(find_spec(name) is not None for name in ("numba", "numpy", "polars"))

"""What a request still lacks before it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized


def missing_fields(required: Sequence[str], given: Mapping[str, object]) -> tuple[str, ...]:
    """Names of `required` that are absent or empty in `given`, in the order required.

    Zero and False are answers; None, blank text and an empty list are not.
    """
    return tuple(name for name in required if _is_empty(given.get(name)))


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sized) and len(value) == 0)

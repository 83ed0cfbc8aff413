"""Ids: one NewType per kind, derived from content, so that a repeated delivery finds the first."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from typing import NewType

RecoveryId = NewType("RecoveryId", str)
ClaimId = NewType("ClaimId", str)
AssetId = NewType("AssetId", str)
AccountId = NewType("AccountId", str)
PartnerId = NewType("PartnerId", str)
HoldId = NewType("HoldId", str)
RequestId = NewType("RequestId", str)
CallId = NewType("CallId", str)
TransferId = NewType("TransferId", str)
OfficerId = NewType("OfficerId", str)


_SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _pieces() -> Callable[[object, int], Iterable[str]]:
    """What `_SPELLING` makes anew for each value, made once: half of what a short value costs."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return lambda value, _: [_SPELLING.encode(value)]
    encode_text, nothing = json.encoder.encode_basestring, None
    sort_keys, skip_keys, allow_nan = True, False, True
    made: Callable[[object, int], Iterable[str]] = make(
        nothing, _SPELLING.default, encode_text, nothing, ":", ",", sort_keys, skip_keys, allow_nan
    )
    return made


_encode = _pieces()


def canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return "".join(_encode(value, 0)).encode()


def digest(value: object) -> str:
    """SHA-256 (hex) of the canonical spelling of a JSON value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_bytes(raw: bytes) -> str:
    """SHA-256 (hex) of raw bytes."""
    return hashlib.sha256(raw).hexdigest()


def derive_id(kind: str, *parts: object) -> str:
    """A stable id: the same parts give the same id, on every machine.

    `kind` is a short prefix (`hold`, `call`); the parts are joined unambiguously. 80 bits.
    """
    return f"{kind}-{digest([kind, *map(str, parts)])[:20]}"


def derive_keyed_id(key: bytes, kind: str, *parts: str) -> str:
    """Like `derive_id` with a secret key, for parts that are personal (an account number)."""
    text = canonical([kind, *parts])
    return f"{kind}-{hmac.new(key, text, hashlib.sha256).hexdigest()[:20]}"

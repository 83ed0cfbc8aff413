"""Ids: one NewType per kind, derived from content, so that a repeated delivery finds the first."""

from __future__ import annotations

import hashlib
import hmac
import json
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


def canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return _SPELLING.encode(value).encode()


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

"""Keys: personal columns are sealed with them, accounts found through them, heads signed by them.

One random root key lives in a file of mode 0600 outside the data folder; the others are derived
from it (HKDF-SHA256), each for one purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.ids import derive_keyed_id
from models.sealing.sealed_place import SealedPlace

KEY_FILE = "root.key"
_NONCE_BYTES = 12
# How a value says that it is bound to its place; base64 has no colon.
_BOUND, _BOUND_BYTES = "2:", b"sealed-2"


class VaultError(Exception):
    """The key file is missing, too open, or does not fit the data."""


def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"recovery-flows {purpose}".encode()).derive(root)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens personal text, derives keyed ids, signs heads."""

    _seal: AESGCM = field(repr=False)
    _index: bytes = field(repr=False)
    _sign: bytes = field(repr=False)
    _rows: bytes = field(repr=False)

    @classmethod
    def create(cls, folder: Path) -> Vault:
        """Make the key file in `folder` (mode 0700) unless there is one; return the vault."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / KEY_FILE
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Vault:
        """Read the key file; VaultError in one sentence where that cannot be done safely."""
        path = folder / KEY_FILE
        if not path.is_file():
            raise VaultError(f"the key file {path} is missing: run `recovery init` or restore it")
        if path.stat().st_mode & 0o077:
            raise VaultError(f"the key file {path} is readable by others: run chmod 600 on it")
        root = base64.b64decode(path.read_bytes())
        if len(root) != 32:
            raise VaultError(f"the key file {path} does not hold a 32-byte key")
        return cls(
            AESGCM(_derived(root, "columns")),
            _derived(root, "index"),
            _derived(root, "heads"),
            _derived(root, "rows"),
        )

    def seal(self, text: str, place: SealedPlace) -> str:
        """Encrypt text for one place (AES-256-GCM, random nonce); the empty text stays empty."""
        if not text:
            return ""
        return _BOUND + base64.b64encode(self._sealed(text.encode(), place)).decode()

    def open(self, sealed: str, place: SealedPlace) -> str:
        """Decrypt what `seal` made for this place.

        VaultError if this key did not seal it, if it was changed, or if it belongs elsewhere. What
        a version without places sealed opens as well; the history or the row's seal holds it there.
        """
        if not sealed:
            return ""
        is_bound = sealed.startswith(_BOUND)
        try:
            raw = base64.b64decode(sealed.removeprefix(_BOUND))
            return self._opened(raw, place if is_bound else None).decode()
        except (InvalidTag, ValueError):
            raise VaultError(f"a sealed {place.column} does not open with this key here") from None

    def seal_bytes(self, raw: bytes, place: SealedPlace) -> bytes:
        """Encrypt a document's bytes for one place."""
        return _BOUND_BYTES + self._sealed(raw, place)

    def open_bytes(self, sealed: bytes, place: SealedPlace) -> bytes:
        """Decrypt what `seal_bytes` made for this place; VaultError as `open`."""
        is_bound = sealed.startswith(_BOUND_BYTES)
        try:
            return self._opened(sealed.removeprefix(_BOUND_BYTES), place if is_bound else None)
        except (InvalidTag, ValueError):
            raise VaultError("a sealed document does not open with this key here") from None

    def _sealed(self, raw: bytes, place: SealedPlace) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, raw, place.associated())

    def _opened(self, raw: bytes, place: SealedPlace | None) -> bytes:
        associated = place.associated() if place else None
        return self._seal.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], associated)

    def keyed_id(self, kind: str, *parts: str) -> str:
        """An id that finds personal data again without telling it: the blind index."""
        return derive_keyed_id(self._index, kind, *parts)

    def fingerprint(self, text: str) -> str:
        """Keyed digest of personal text, for events that must cover it without holding it."""
        return hmac.new(self._index, text.encode(), hashlib.sha256).hexdigest()

    def signature(self, message: bytes) -> str:
        """HMAC-SHA256 (hex) over a head line."""
        return hmac.digest(self._sign, message, "sha256").hex()

    def row_signature(self, message: bytes) -> str:
        """HMAC-SHA256 (hex) over a row's contents."""
        return hmac.digest(self._rows, message, "sha256").hex()

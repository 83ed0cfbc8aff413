"""Passwords: which are taken, and how they are kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import secrets
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.language.phrase import phrase
from models.safe_text import misleads
from recovery_flows.errors import MisuseError

LENGTH_MIN, LENGTH_MAX = 12, 256
_DIFFERENT_MIN = 5
_SALT_BYTES, _HASH_BYTES = 16, 32
# RFC 9106, 4, second recommended option: three passes over 64 MiB in four lanes.
_PASSES, _LANES, _MEMORY_KIB = 3, 4, 65_536


def checked_password(password: str, handle: str) -> str:
    """A new password in the form in which it is kept; MisuseError says why it is not taken.

    Long enough and not to be guessed from itself; no rule about kinds of characters, after NIST
    SP 800-63B, 3.1.1.2.
    """
    text = _normal(password)
    if not LENGTH_MIN <= len(text) <= LENGTH_MAX:
        raise MisuseError(
            phrase(
                "a password has {length_min} to {length_max} characters",
                length_min=LENGTH_MIN,
                length_max=LENGTH_MAX,
            )
        )
    if misleads(text):
        raise MisuseError(phrase("a password holds no control characters"))
    if len(set(text.casefold())) < _DIFFERENT_MIN:
        raise MisuseError(
            phrase(
                "a password has at least {different_min} different characters",
                different_min=_DIFFERENT_MIN,
            )
        )
    if handle.casefold() * 2 in text.casefold() or text.casefold() == handle.casefold():
        raise MisuseError(phrase("a password is not the officer's handle"))
    return text


def password_hash(password: str) -> str:
    """A salted, slow hash of a password, in the text form of Argon2."""
    kept: str = _argon(secrets.token_bytes(_SALT_BYTES)).derive_phc_encoded(_bytes(password))
    return kept


def password_fits(password: str, kept: str) -> bool:
    """Whether this is the password that `kept` was made of; as slow where nothing is kept."""
    if len(password) > LENGTH_MAX:
        return False
    try:
        Argon2id.verify_phc_encoded(_bytes(password), kept or _NOBODYS)
    except InvalidKey:
        return False
    return bool(kept)


def _argon(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=_HASH_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    )


def _normal(password: str) -> str:
    """One spelling of what looks the same, whichever keyboard typed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


# What the password of somebody who is not there is checked against, so that it takes as long.
_NOBODYS = (
    f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}"
    "$c2FsdCBvZiBub2JvZHkuLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

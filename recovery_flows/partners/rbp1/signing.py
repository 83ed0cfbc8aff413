"""The unit's signing key: who it is to a bank, what it ordered (PS256; RFC 7515, 7523, 7797)."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from recovery_flows.errors import UnavailableError

KEY_FILE = "signing-key.pem"
KEY_BITS = 3072
ALGORITHM = "PS256"
ASSERTION_SECONDS = 60


class SigningKeyError(UnavailableError):
    """The signing key is too open to others, or the file holds none."""


@dataclass(frozen=True)
class Signer:
    """Signs with the key in `folder`, which is made (mode 0600) when it is first needed."""

    folder: Path = field(repr=False)

    def public_jwks(self) -> dict[str, object]:
        """What a bank needs to check us: the public half, as a JWK set."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "alg": ALGORITHM, "use": "sig"}]}

    def assertion(self, client_id: str, audience: str, now_seconds: int) -> str:
        """Who we are, once, to `audience` (RFC 7523); it ends after ASSERTION_SECONDS."""
        claims = {
            "iss": client_id, "sub": client_id, "aud": audience, "jti": secrets.token_urlsafe(16),
            "iat": now_seconds, "exp": now_seconds + ASSERTION_SECONDS,
        }  # fmt: skip
        return jwt.encode(self._header("JWT"), claims, self._key, algorithms=[ALGORITHM])

    def order(self, claims: Mapping[str, object]) -> str:
        """An order token: the claims, signed."""
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
        return jws.serialize_compact(
            self._header("rbp-order+jws"), payload, self._key, algorithms=[ALGORITHM]
        )

    def detached(self, body: bytes) -> str:
        """A signature over exactly these bytes that does not repeat them (b64 false)."""
        header = {**self._header("JOSE"), "b64": False, "crit": ["b64"]}
        return jws.serialize_compact(header, body, self._key, algorithms=[ALGORITHM])

    def _header(self, kind: str) -> dict[str, object]:
        return {"alg": ALGORITHM, "typ": kind, "kid": self._key.kid}

    @cached_property
    def _key(self) -> RSAKey:
        path = self.folder / KEY_FILE
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise SigningKeyError(f"the signing key {path} is readable by others: chmod 600 it")
        try:
            key = RSAKey.import_key(path.read_bytes())
        except (ValueError, JoseError):
            raise SigningKeyError(f"{path} holds no RSA key: restore it from a copy") from None
        key.ensure_kid()
        return key


def _make(path: Path) -> None:
    """Write a new key beside its place and link it there: of two makers, one wins whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    pem = RSAKey.generate_key(KEY_BITS).as_pem(private=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

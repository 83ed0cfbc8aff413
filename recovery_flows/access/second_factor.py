"""One-time passwords by time (RFC 6238), and the codes for who has lost what makes them."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from models.sealing.vault import Vault

STEP_SECONDS, DIGITS = 30, 6
STEPS_APART = 1
"""By how many steps a clock may go wrong, either way (RFC 6238, 5.2)."""
CODES = 10
_SECRET_BYTES, _CODE_BYTES = 20, 10
_ONE_TIME = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[a-z2-7]{16}")


def new_secret() -> str:
    """A random secret of 160 bits in base32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_of(secret: str, handle: str, unit_name: str) -> str:
    """The address that an app reads: `otpauth://`."""
    issuer = quote(unit_name or "recovery-flows", safe="")
    return (
        f"otpauth://totp/{issuer}:{quote(handle, safe='')}?secret={secret}&issuer={issuer}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )


def step_at(now: datetime) -> int:
    """The step of time."""
    return int(now.timestamp()) // STEP_SECONDS


def one_time_password(secret: str, step: int) -> str:
    """The password of one step."""
    # SHA-1 is what every app knows; HMAC does not rest on what was broken of it.
    made = HOTP(base64.b32decode(secret), DIGITS, SHA1(), enforce_key_length=False)  # noqa: S303
    return made.generate(step).decode()


def step_of(secret: str, typed: str, now: datetime, used: int) -> int | None:
    """The step whose password was typed, later than the last used one; None where it is none."""
    digits = "".join(typed.split())
    if not _ONE_TIME.fullmatch(digits):
        return None
    around = step_at(now)
    for step in range(around - STEPS_APART, around + STEPS_APART + 1):
        if hmac.compare_digest(one_time_password(secret, step), digits) and step > used:
            return step
    return None


def new_codes() -> tuple[str, ...]:
    """Recovery codes of 80 random bits each, in groups for people to write down."""
    return tuple(_grouped(secrets.token_bytes(_CODE_BYTES)) for _ in range(CODES))


def _grouped(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def code_digest(vault: Vault, handle: str, typed: str) -> str:
    """The keyed digest by which a recovery code is kept; "" for what is none."""
    code = typed.replace("-", "").replace(" ", "").strip().lower()
    return vault.fingerprint(f"recovery code {handle} {code}") if _is_code(code) else ""


def _is_code(code: str) -> bool:
    return bool(_RECOVERY_CODE.fullmatch(code))

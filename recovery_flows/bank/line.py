"""The line to one partner: where it is, with which token, under whose authority."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

import httpx

from models.ids import CallId, OfficerId, PartnerId, RecoveryId
from recovery_flows.errors import UnfitArgumentError

CONNECTIONS_MAX = 10  # httpcore's pool is quadratic: ten is where it is still fast
KEEPALIVE_SECONDS = 2  # below the 5 s after which common servers close: no race for a reused one
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Authority:
    """Under whose authority a call is made; `requester` is an id, `mandate` the legal text."""

    recovery: RecoveryId
    requester: OfficerId
    mandate: str


@dataclass(frozen=True, slots=True)
class Line:
    """How a partner is reached: origin (https, or http on loopback), token, time-outs."""

    partner: PartnerId
    base_url: str
    token: str = field(repr=False)
    connect_timeout_seconds: float = 5
    read_timeout_seconds: float = 15
    total_timeout_seconds: float = 60

    def __post_init__(self) -> None:
        url = self.origin()
        safe = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
        if not safe or url.userinfo or url.raw_path != b"/":
            raise UnfitArgumentError(
                "base_url", "is not https://host[:port], or http on the loopback"
            )
        if not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise UnfitArgumentError("token", "is empty or holds what no header can carry")

    def origin(self) -> httpx.URL:
        """Scheme, host and port as httpx compares them; UnfitArgumentError if it is no URL."""
        try:
            return httpx.URL(self.base_url)
        except httpx.InvalidURL:
            raise UnfitArgumentError("base_url", "is not a URL") from None

    def open_http(self) -> httpx.AsyncClient:
        """The connections to this partner: no proxy from the environment, no redirects."""
        return httpx.AsyncClient(
            base_url=self.base_url,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                # The bytes are kept and measured as they come: no packed ones.
                "Accept-Encoding": "identity",
                "User-Agent": "recovery-flows",
            },
            timeout=httpx.Timeout(self.read_timeout_seconds, connect=self.connect_timeout_seconds),
            limits=httpx.Limits(
                max_connections=CONNECTIONS_MAX,
                max_keepalive_connections=CONNECTIONS_MAX,
                keepalive_expiry=KEEPALIVE_SECONDS,
            ),
            trust_env=False,
            follow_redirects=False,
        )


def call_headers(
    authority: Authority, request_id: UUID, key: CallId | None = None
) -> dict[str, str]:
    """The profile's headers of one call; `key` makes it an order that is carried out once."""
    headers = {
        "X-Request-ID": str(request_id),
        "AccountInfoRequestID": authority.recovery,
        "RequesterID": authority.requester,
        "Legal-Mandate": quote(authority.mandate, safe=""),
    }
    if key is not None:
        headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
    return headers

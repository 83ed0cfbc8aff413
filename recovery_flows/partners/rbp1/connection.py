"""The line to one partner: where it is, who we are to it, and what each call carries."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote
from uuid import UUID

import httpx

from models.ids import CallId, PartnerId
from recovery_flows.errors import UnfitArgumentError
from recovery_flows.partners.rbp1.orders import TOKEN_TYPE, Authority, Flag, Limits, order_claims
from recovery_flows.partners.rbp1.signing import Signer
from recovery_flows.partners.rbp1.transport import BoundedTransport, no_cookies

CONNECTIONS_MAX = 10  # httpcore's pool is quadratic: ten is where it is still fast
KEEPALIVE_SECONDS = 2  # below the 5 s after which common servers close: no race for a reused one


def _utc_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


_PORT_MAX = 65_535
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?!\.))*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_NUMBERS = re.compile(r"(?:0[xX][0-9A-Fa-f]+|[0-9]+)(?:\.(?:0[xX][0-9A-Fa-f]+|[0-9]+)){0,3}")
_METADATA = frozenset({"metadata", "metadata.google.internal", "fd00:ec2::254"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths of PEM files: whom we trust (`ca`), and who we are to the bank's server (mTLS)."""

    ca: str = ""
    client: str = ""
    client_key: str = ""

    def context(self) -> ssl.SSLContext:
        """What the connections use; UnfitArgumentError names the file that does not serve."""
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
        except (OSError, ssl.SSLError):
            raise UnfitArgumentError("ca", f"{self.ca} is not a readable PEM file") from None
        if self.client:
            try:
                context.load_cert_chain(self.client, self.client_key or None)
            except (OSError, ssl.SSLError):
                raise UnfitArgumentError(
                    "client certificate", f"{self.client} and its key are not a readable PEM pair"
                ) from None
        return context


def unfit_address(url: httpx.URL) -> str:
    """Why no partner can be at an address, such as that of a cloud's metadata; else empty."""
    if not _HOST.fullmatch(url.host):
        return "names no host"
    if url.port is not None and not 1 <= url.port <= _PORT_MAX:
        return "has a port out of range"
    if url.host in _METADATA:
        return "is an address of the machine's own cloud"
    at = _address(url.host)
    if at is not None and (at.is_link_local or at.is_multicast or at.is_unspecified):
        return "is no address of a host elsewhere"
    return ""


def is_private(url: httpx.URL) -> bool:
    """Whether an address is of a private network; loopback, where the sandbox is, is apart."""
    at = _address(url.host)
    return at is not None and not at.is_global and not at.is_loopback


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """A host that is an address, in any of the spellings that a resolver takes for one."""
    try:
        at = ip_address(socket.inet_aton(host) if _NUMBERS.fullmatch(host) else host)
    except (ValueError, OSError):
        return None
    mapped = at.ipv4_mapped if isinstance(at, IPv6Address) else None
    return mapped or at


@dataclass(frozen=True, slots=True)
class Line:
    """How a partner is reached: origin (https, or http on loopback), who we are, time-outs.

    Who we are is a fixed `token`, or a `client_id` for whom `signer` gets tokens. With a `signer`
    every call carries a signed order; `case_now` is the time from which an order lasts.
    """

    partner: PartnerId
    base_url: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    signer: Signer | None = field(default=None, repr=False)
    case_now: Callable[[], datetime] = field(default=_utc_now, repr=False)
    certificates: Certificates = Certificates()
    connect_timeout_seconds: float = 5
    read_timeout_seconds: float = 15
    total_timeout_seconds: float = 60

    def __post_init__(self) -> None:
        url = self.origin()
        if why := unfit_address(url):
            raise UnfitArgumentError("base_url", why)
        safe = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
        if not safe or url.userinfo or url.raw_path != b"/":
            raise UnfitArgumentError(
                "base_url", "is not https://host[:port], or http on the loopback"
            )
        if self.client_id:
            self._check_client()
        elif not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise UnfitArgumentError("token", "is empty or holds what no header can carry")

    def _check_client(self) -> None:
        if self.token:
            raise UnfitArgumentError("token", "is given beside a client id: a bank takes one")
        if self.signer is None:
            raise UnfitArgumentError("client_id", "needs a signing key")
        if not re.fullmatch(r"[\x21-\x7e]{1,128}", self.client_id):
            raise UnfitArgumentError("client_id", "is not 1 to 128 plain characters")

    def origin(self) -> httpx.URL:
        """Scheme, host and port as httpx compares them; UnfitArgumentError if it is no URL."""
        try:
            return httpx.URL(self.base_url)
        except httpx.InvalidURL:
            raise UnfitArgumentError("base_url", "is not a URL") from None

    def open_http(self) -> httpx.AsyncClient:
        """The connections to this partner: no proxy from the environment, no redirects."""
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        limits = httpx.Limits(
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=CONNECTIONS_MAX,
            keepalive_expiry=KEEPALIVE_SECONDS,
        )
        context = self.certificates.context() if self.origin().scheme == "https" else None
        return httpx.AsyncClient(
            base_url=self.base_url,
            transport=BoundedTransport(context, limits),
            cookies=no_cookies(),
            headers=token
            | {
                "Accept": "application/json",
                # The bytes are kept and measured as they come: no packed ones.
                "Accept-Encoding": "identity",
                "User-Agent": "recovery-flows",
            },
            timeout=httpx.Timeout(self.read_timeout_seconds, connect=self.connect_timeout_seconds),
            trust_env=False,
            follow_redirects=False,
        )


def call_headers(
    line: Line,
    authority: Authority,
    request_id: UUID,
    what: tuple[Flag, Limits],
    key: CallId | None = None,
    body: bytes = b"",
) -> dict[str, str]:
    """The profile's headers of one call; `key` makes it an order that is carried out once.

    Signatures are made anew at each sending and may differ; the body and the key never do.
    """
    headers = {
        "X-Request-ID": str(request_id),
        "AccountInfoRequestID": authority.recovery,
        "RequesterID": authority.requester,
        "Legal-Mandate": quote(authority.mandate, safe=""),
    }
    if key is not None:
        headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
    if line.signer is not None:
        claims = order_claims(authority, line.case_now(), line.partner, request_id, *what, key)
        headers |= {
            "AdditionalReferenceIDType": TOKEN_TYPE,
            "AdditionalReferenceID": line.signer.order(claims),
        }
        if key is not None:
            headers["x-jws-signature"] = line.signer.detached(body)
    return headers

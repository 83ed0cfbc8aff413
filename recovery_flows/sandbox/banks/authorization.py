"""Authentication by proof of key, and authorization by signed order.

Implemented from the profile alone, with the public keys of the unit and nothing else of it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from recovery_flows.sandbox.banks.wire import Json, ProblemError, money

CLIENT_ID = "recovery-unit"
TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, no secret
ORDER_TYPE = "rbp-order-1"
_ALGORITHMS = ["PS256"]
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS_MAX = 300
_CLOCKS_APART_SECONDS = 60
_MICROS = 1_000_000


@dataclass(slots=True)
class AccessRules:
    """Access data of one bank: public keys of the unit, issued tokens, proofs already used."""

    bank: str
    audience: str
    keys: KeySet
    token_seconds: int = 600
    _given: dict[str, float] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    async def give_token(self, request: Request) -> Response:
        """Answer `POST /oauth2/token`: a token for a proof of the key never seen before."""
        form = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        try:
            self._check_assertion(form)
        except ValueError as error:
            said = {"error": "invalid_client", "error_description": str(error)}
            return JSONResponse(said, 401)
        token = secrets.token_urlsafe(32)
        self._given = {t: end for t, end in self._given.items() if end > time.monotonic()}
        self._given[token] = time.monotonic() + self.token_seconds
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds}
        return JSONResponse(granted, headers={"Cache-Control": "no-store"})

    def _check_assertion(self, form: dict[str, str]) -> None:
        if form.get("grant_type") != "client_credentials":
            raise ValueError("only client_credentials are served")
        if form.get("client_assertion_type") != _ASSERTION_TYPE:
            raise ValueError("the client proves its key with an assertion (RFC 7523)")
        try:
            proof = jwt.decode(form.get("client_assertion", ""), self.keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            raise ValueError("the assertion is not signed with the client's key") from None
        claims, now = proof.claims, int(time.time())
        jti, exp = claims.get("jti"), claims.get("exp")
        if (claims.get("iss"), claims.get("sub")) != (CLIENT_ID, CLIENT_ID):
            raise ValueError("the assertion is another client's")
        if claims.get("aud") != self.audience:
            raise ValueError("the assertion is for another bank")
        if not isinstance(exp, int) or not now < exp <= now + _ASSERTION_SECONDS_MAX:
            raise ValueError("the assertion has ended, or lasts too long")
        self._seen = {old: end for old, end in self._seen.items() if end >= now}
        if not isinstance(jti, str) or jti in self._seen:
            raise ValueError("the assertion was used before")
        self._seen[jti] = exp

    def knows(self, bearer: str) -> bool:
        """Whether this token was issued and has not expired."""
        return self._given.get(bearer, 0) > time.monotonic()


@dataclass(frozen=True, slots=True)
class Scope:
    """The resource that a call touches: the signed order has to allow exactly this."""

    flag: str
    number: str | None
    amount: tuple[int, str] | None
    needs_approval: bool


def check_order(access: AccessRules, request: Request, raw: bytes, now_us: int) -> Json:
    """The claims of the order sent with a call; 403 or 422 where it is not valid for the call."""
    headers = request.headers
    if headers.get("AdditionalReferenceIDType") != ORDER_TYPE:
        raise ProblemError(403, "OrderMissing", "the call carries no order")
    claims = _signed(access, headers.get("AdditionalReferenceID", ""))
    if request.method == "POST":
        _check_signature(access, headers.get("x-jws-signature", ""), raw)
    now = now_us // _MICROS
    begins, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(begins, int) or not isinstance(ends, int):
        raise ProblemError(422, "PeriodExpired", "the order does not say from when until when")
    if now >= ends or now < begins - _CLOCKS_APART_SECONDS:
        raise ProblemError(422, "PeriodExpired", "the order has ended, or has not begun")
    same = (
        ("aud", access.bank),
        ("extraditionOrderID", headers.get("X-Request-ID")),
        ("requesterID", headers.get("RequesterID")),
        ("caseID", headers.get("AccountInfoRequestID")),
        ("idempotencyKey", headers.get("Idempotency-Key")),
    )
    for claim, value in same:
        if claims.get(claim) != value:
            raise _outside(f"its {claim} is another call's")
    return claims


def check_scope(access: AccessRules, claims: Json, scope: Scope) -> None:
    """403 EndpointNotInOrder unless the order allows what the call touches."""
    flags = claims.get("flags")
    if not isinstance(flags, list) or scope.flag not in flags:
        raise _outside(f"it does not name {scope.flag}")
    if scope.number is not None:
        told = hashlib.sha256(f"{access.bank}\n{scope.number}".encode()).hexdigest()
        if claims.get("accountDigest") != told:
            raise _outside("it is for another account")
    if scope.amount is not None:
        _check_amount(claims.get("maxAmount"), *scope.amount)
    if scope.needs_approval and not _is_approval(claims.get("approval")):
        raise _outside("nobody approved it")


def _check_amount(most: object, minor: int, currency: str) -> None:
    most_minor, most_currency = money({"maxAmount": most}, "maxAmount")
    if most_currency != currency or minor > most_minor:
        raise _outside("it allows less money")


def _is_approval(approval: object) -> bool:
    names = ("approvedByID", "approvedByRole", "approvalTimestamp")
    return isinstance(approval, dict) and all(approval.get(name) for name in names)


def _outside(why: str) -> ProblemError:
    return ProblemError(403, "EndpointNotInOrder", f"the order does not cover this call: {why}")


def _signed(access: AccessRules, token: str) -> Json:
    try:
        order = jws.deserialize_compact(token, access.keys, algorithms=_ALGORITHMS)
        claims = json.loads(order.payload or b"")
    except (JoseError, ValueError):
        claims = None
    if not isinstance(claims, dict):
        raise ProblemError(403, "OrderSignatureInvalid", "the order is not signed by the unit")
    return claims


def _check_signature(access: AccessRules, signature: str, raw: bytes) -> None:
    try:
        if ".." not in signature:
            raise ValueError("it repeats a body of its own")
        jws.deserialize_compact(signature, access.keys, payload=raw, algorithms=_ALGORITHMS)
    except (JoseError, ValueError):
        detail = "the body is not the one that the unit signed"
        raise ProblemError(403, "OrderSignatureInvalid", detail) from None

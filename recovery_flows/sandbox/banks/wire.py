"""The sandbox's own wire format: orders parsed strictly, errors as problem documents."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from recovery_flows.sandbox.arithmetic import micros_of_iso, minor_of
from recovery_flows.sandbox.banks.holds import HoldOrder
from recovery_flows.sandbox.banks.payouts import PayoutOrder
from recovery_flows.sandbox.states import HOME_JURISDICTION, HoldKind

Json = Mapping[str, object]


class ProblemError(Exception):
    """An answer of `application/problem+json`; `name` is the last part of its type."""

    def __init__(self, status: int, name: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {name}: {detail}")
        self.status, self.name, self.detail = status, name, detail
        self.retry_after = retry_after

    def response(self) -> Response:
        """The HTTP response of an answer."""
        content = {
            "type": f"https://rbp.example/problems/{self.name}",
            "title": self.name,
            "status": self.status,
            "detail": self.detail,
        }
        after = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(content, self.status, after, "application/problem+json")


def bad_request(detail: str) -> ProblemError:
    """400 BadRequest: the order cannot be read."""
    return ProblemError(400, "BadRequest", detail)


def json_object(raw: bytes) -> Json:
    """The body as a JSON object, or 400."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_request(f"the body is not JSON: {error}") from None
    return _object(body, "body")


def hold_order(body: Json, jurisdiction: str, now_us: int) -> HoldOrder:
    """A hold order; 400 what is malformed, 403 without a request abroad, 422 when it has ended."""
    account = _object(body.get("account"), "account")
    amount_minor, currency = money(body, "amount")
    order = HoldOrder(
        order_ref=text(body, "orderRef"),
        kind=_hold_kind(text(body, "kind")),
        number=text(account, "number"),
        holder=optional_text(account, "holderName") or "",
        currency=currency,
        requested_minor=amount_minor,
        expires_us=_optional_instant(body, "expiresAt"),
        supersedes=optional_text(body, "supersedes"),
    )
    text(body, "mandate")
    home = jurisdiction == HOME_JURISDICTION
    if not home and not optional_text(body, "requestRef"):
        raise ProblemError(403, "OrderMissing", "a foreign hold needs the request it executes")
    if home and order.kind != HoldKind.STOP and order.expires_us is None:
        raise bad_request("a freeze names the instant at which it ends (expiresAt)")
    if order.expires_us is not None and order.expires_us <= now_us:
        raise ProblemError(422, "PeriodExpired", "the order has ended already (expiresAt)")
    return order


def payout_order(body: Json) -> PayoutOrder:
    """A payout order; 400 for what is malformed."""
    payee = _object(body.get("payee"), "payee")
    amount_minor, currency = money(body, "amount")
    for name in ("decisionRef", "remittance"):
        text(body, name)
    text(payee, "name")
    return PayoutOrder(
        order_ref=text(body, "orderRef"),
        hold_id=text(body, "holdId"),
        amount_minor=amount_minor,
        currency=currency,
        payee_bank=text(payee, "bank"),
        payee_number=text(payee, "number"),
    )


def money(body: Json, name: str, *, zero: bool = False) -> tuple[int, str]:
    """Minor units and currency of a money object above zero, or of zero too."""
    value = _object(body.get(name), name)
    currency = text(value, "currency")
    try:
        amount_minor = minor_of(text(value, "amount"), currency)
    except ValueError as error:
        raise bad_request(f"{name}: {error}") from None
    if amount_minor == 0 and not zero:
        raise bad_request(f"{name} is zero")
    return amount_minor, currency


def text(body: Json, name: str) -> str:
    """A field that has to be a text that is not empty."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} is missing or no text")
    return value


def optional_text(body: Json, name: str) -> str | None:
    """A field that is a text, null or left out."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(f"{name} is no text")
    return value


def instant(given: str, name: str) -> int:
    """Microseconds of an ISO 8601 text with offset, or 400."""
    try:
        return micros_of_iso(given)
    except ValueError:
        raise bad_request(f"{name} is not ISO 8601 with an offset") from None


def write_cursor(first: int, second: object) -> str:
    """An opaque place in a list, to go on from."""
    return base64.urlsafe_b64encode(f"{first}.{second}".encode()).decode()


def read_cursor(cursor: str) -> tuple[int, str]:
    """The two parts of a cursor of ours, or 400."""
    try:
        first, _, second = base64.urlsafe_b64decode(cursor).decode().partition(".")
        return int(first), second
    except ValueError:
        raise bad_request("the cursor was not made by this bank") from None


def _optional_instant(body: Json, name: str) -> int | None:
    given = optional_text(body, name)
    return None if given is None else instant(given, name)


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise bad_request(f"{name} is not a JSON object")
    return value


def _hold_kind(given: str) -> HoldKind:
    try:
        return HoldKind(given)
    except ValueError:
        raise bad_request(f"kind {given!r} is none of stop, freeze and queue") from None

"""What a bank refuses, what we never follow, and what no log ever tells."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from models.entities.hold import HoldKind
from models.facts import AccountRef, RawAnswer
from models.ids import CallId, HoldId, OfficerId, PartnerId, RecoveryId
from models.money import Money
from models.trouble import Trouble
from recovery_flows.errors import (
    AnswerUnreadableError,
    PartnerRefusedError,
    PartnerUnavailableError,
)
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Approval, Authority, Limits
from recovery_flows.partners.rbp1.signing import KEY_FILE, Signer, SigningKeyError

A = PartnerId("bank-a")
START = datetime(2026, 3, 1, tzinfo=UTC)
MULE = AccountRef(A, "6222", "Synthetic Mule")
APPROVED = Authority(
    RecoveryId("rec-1"),
    OfficerId("officer-1"),
    "synthetic mandate",
    Approval("officer-2", "supervisor", START),
)
LIMITS = Limits(MULE.number, Money(50_000, "CNY"))


def body(minor: int = 50_000, kind: HoldKind = HoldKind.STOP, ref: str = "h-1") -> bytes:
    ends = START + timedelta(days=30) if kind is HoldKind.FREEZE else None
    money = Money(minor, "CNY")
    return wire.hold_body(HoldId(ref), kind, MULE, money, "synthetic mandate", expires_at=ends)


async def send(
    bank: PartnerBank, raw: bytes, limits: Limits = LIMITS, authority: Authority = APPROVED
) -> RawAnswer:
    return await bank.send(wire.HOLDS_PATH, raw, CallId("key-1"), authority, limits)


@pytest.fixture
def line(sandbox: Any) -> Line:
    row = sandbox.rows[A]
    return Line(
        A,
        row["url"],
        client_id=row["client_id"],
        signer=sandbox.signer,
        case_now=sandbox.clock,
    )


@pytest.fixture
def opened(open_bank: Callable[..., PartnerBank]) -> Callable[[Line], PartnerBank]:
    return lambda line: open_bank(line, Gate(A))


def held(sandbox: Any) -> list[Any]:
    book = httpx.get(f"{sandbox.rows[A]['url']}/sandbox/book", trust_env=False).json()
    holds: list[Any] = book["holds"]
    return holds


async def test_a_token_is_fetched_once_for_two_hundred_calls(
    line: Line, opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bank = opened(line)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.INFO)
    await asyncio.gather(*(bank.balance(MULE.number, APPROVED) for _ in range(200)))
    told = [record.getMessage() for record in caplog.records if record.name == "httpx"]
    assert sum("/oauth2/token" in text for text in told) == 1
    assert sum("/v1/accounts" in text for text in told) == 200


async def test_an_order_signed_with_another_key_is_refused(
    line: Line, opened: Any, sandbox: Any, tmp_path: Any
) -> None:
    stranger = Signer(tmp_path / "stranger")

    class OtherKey(Signer):
        def order(self, claims: Any) -> str:
            return stranger.order(claims)

    bank = opened(replace(line, signer=OtherKey(sandbox.signer.folder)))
    with pytest.raises(PartnerRefusedError, match="OrderSignatureInvalid"):
        await send(bank, body())
    assert held(sandbox) == []


async def test_who_cannot_prove_the_key_gets_no_token(
    line: Line, opened: Any, sandbox: Any, tmp_path: Any
) -> None:
    bank = opened(replace(line, signer=Signer(tmp_path / "stranger")))
    with pytest.raises(PartnerUnavailableError, match="gave no token") as caught:
        await send(bank, body())
    assert caught.value.trouble is Trouble.NO_TOKEN
    assert held(sandbox) == []


async def test_a_proof_that_was_used_is_refused_when_it_comes_again(
    line: Line, opened: Any, sandbox: Any
) -> None:
    class Repeating(Signer):
        said = ""

        def assertion(self, client_id: str, audience: str, now_seconds: int) -> str:
            made = super().assertion(client_id, audience, now_seconds)
            type(self).said = type(self).said or made
            return type(self).said

    first, second = (
        opened(replace(line, signer=Repeating(sandbox.signer.folder))) for _ in range(2)
    )
    await send(first, body())
    with pytest.raises(PartnerUnavailableError, match="gave no token"):
        await second.capabilities()


async def test_an_expired_order_is_refused(line: Line, opened: Any, sandbox: Any) -> None:
    long_ago = sandbox.clock() - timedelta(days=2)
    bank = opened(replace(line, case_now=lambda: long_ago))
    with pytest.raises(PartnerRefusedError, match="PeriodExpired"):
        await send(bank, body())
    assert held(sandbox) == []


@pytest.mark.parametrize(
    ("limits", "authority", "raw"),
    [
        (replace(LIMITS, number="6444"), APPROVED, body()),
        (LIMITS, APPROVED, body(50_001)),
        (replace(LIMITS, amount=Money(50_000, "USD")), APPROVED, body()),
        (LIMITS, replace(APPROVED, approval=None), body(kind=HoldKind.FREEZE)),
    ],
    ids=["another account", "more money", "another currency", "approved by nobody"],
)
async def test_an_order_that_does_not_cover_the_call_is_refused(
    line: Line, opened: Any, sandbox: Any, limits: Limits, authority: Authority, raw: bytes
) -> None:
    with pytest.raises(PartnerRefusedError, match="EndpointNotInOrder"):
        await send(opened(line), raw, limits, authority)
    assert held(sandbox) == []


class Wire:
    """What goes over a line, to be sent again by somebody who listened."""

    def __init__(self, bank: PartnerBank) -> None:
        self.seen: list[httpx.Request] = []
        bank._exchange.http.event_hooks["request"].append(self._see)

    async def _see(self, request: httpx.Request) -> None:
        self.seen.append(request)

    @property
    def order(self) -> httpx.Request:
        (found,) = (r for r in self.seen if r.url.path == wire.HOLDS_PATH)
        return found


async def test_a_listened_order_sent_again_has_no_second_effect(
    line: Line, opened: Any, sandbox: Any
) -> None:
    bank = opened(line)
    heard = Wire(bank)
    await send(bank, body())
    order, url = heard.order, str(heard.order.url)
    headers = {k: v for k, v in order.headers.items() if k != "content-length"}
    async with httpx.AsyncClient(trust_env=False) as thief:
        same = await thief.post(url, content=order.content, headers=headers)
        other_key = await thief.post(
            url, content=order.content, headers=headers | {"idempotency-key": "key-2"}
        )
        other_body = await thief.post(url, content=body(40_000, ref="h-2"), headers=headers)
        elsewhere = await thief.post(
            url.replace(sandbox.rows[A]["url"], sandbox.rows["bank-b"]["url"]),
            content=order.content,
            headers=headers,
        )
        unsigned = await thief.post(
            url,
            content=order.content,
            headers={k: v for k, v in headers.items() if k != "x-jws-signature"},
        )
    names = [json.loads(r.content).get("title") for r in (other_key, other_body, unsigned)]
    assert same.status_code == 201
    assert names == ["EndpointNotInOrder", "OrderSignatureInvalid", "OrderSignatureInvalid"]
    assert elsewhere.status_code == 401
    assert [hold["orderRef"] for hold in held(sandbox)] == ["h-1"]


@pytest.mark.parametrize("elsewhere", ["http://evil.example/v1/events", "//evil.example/x"])
async def test_a_link_or_a_redirect_to_another_origin_is_not_followed(
    scripted: Any, bank: PartnerBank, elsewhere: str
) -> None:
    page = {"items": [], "hasMoreElements": True, "links": [{"rel": "next", "href": elsewhere}]}
    scripted.will(page)
    with pytest.raises(AnswerUnreadableError, match="another origin"):
        await bank.events(None)
    scripted.will({}, 302, location=elsewhere)
    with pytest.raises(AnswerUnreadableError, match="status is 302"):
        await bank.events(None)
    assert len(scripted.seen) == 2


async def test_no_log_and_no_error_tells_a_token_a_key_a_name_or_a_number(
    line: Line, opened: Any, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("", "httpx", "httpcore", "recovery_flows", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    bank = opened(line)
    heard = Wire(bank)
    await send(bank, body())
    await bank.statement(MULE.number, START, authority=APPROVED)
    errors = []
    for number in ("0000-unknown", MULE.number):
        try:
            await bank.balance(number, replace(APPROVED, mandate="x"))
            await send(bank, body(60_000, ref="h-9"))
        except PartnerRefusedError as error:
            errors += [str(error), repr(error)]
    secrets = {MULE.number, MULE.holder, "0000-unknown"}
    for request in heard.seen:
        secrets |= {
            request.headers.get(n, "") for n in ("additionalreferenceid", "x-jws-signature")
        }
        secrets.add(request.headers.get("authorization", "").removeprefix("Bearer "))
        if request.url.path == "/oauth2/token":
            secrets |= {part.partition("=")[2] for part in request.content.decode().split("&")[3:]}
    secrets.add((sandbox.signer.folder / KEY_FILE).read_text().splitlines()[1])
    told = [record.getMessage() for record in caplog.records] + errors + [repr(line), repr(bank)]
    told = [text.replace(line.base_url, "") for text in told]  # a port may look like a number
    assert len(errors) == 4
    assert len(secrets - {""}) > 10
    assert [(s, t) for s in secrets - {""} for t in told if s in t] == []


def test_a_signing_key_that_others_can_read_is_not_used(tmp_path: Any) -> None:
    Signer(tmp_path).public_jwks()
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        Signer(tmp_path).public_jwks()


def test_a_public_key_set_holds_nothing_private(tmp_path: Any) -> None:
    (key,) = Signer(tmp_path).public_jwks()["keys"]  # type: ignore[misc]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}

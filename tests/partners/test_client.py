"""Transport against a scripted bank on a real socket."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from models.facts import RawAnswer
from models.ids import CallId, OfficerId, PartnerId, RecoveryId
from models.trouble import Trouble
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    UnfitArgumentError,
)
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.orders import Authority, Limits

BANK = PartnerId("bank-a")
KEY = CallId("call-1")
BODY = b'{"orderRef":"hold-1"}'


def line(url: str, **times: float) -> Line:
    return Line(BANK, url, "secret-token", **times)


def order(bank: PartnerBank, key: CallId = KEY) -> Awaitable[RawAnswer]:
    authority = Authority(RecoveryId("rec-1"), OfficerId("officer-1"), "刑诉法 第142条")
    return bank.send("/v1/holds", BODY, key, authority, Limits())


async def test_every_call_says_who_asks_and_under_which_mandate(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will()
    scripted.will()
    await bank.capabilities()
    await order(bank)
    read, sent = (seen.headers for seen in scripted.seen)
    assert read["authorization"] == sent["authorization"] == "Bearer secret-token"
    assert read["accountinforequestid"] == "rec-standing"
    assert sent["accountinforequestid"] == "rec-1"
    assert (read["requesterid"], sent["requesterid"]) == ("engine", "officer-1")
    assert sent["legal-mandate"] == "%E5%88%91%E8%AF%89%E6%B3%95%20%E7%AC%AC142%E6%9D%A1"
    assert sent["idempotency-key"] == KEY
    assert "idempotency-key" not in read
    assert read["x-request-id"] != sent["x-request-id"]


async def test_a_retried_order_is_the_same_bytes_under_the_same_key_and_request_id(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will_refuse("ServiceUnavailable", 503)
    scripted.will({}, 201)
    with pytest.raises(PartnerUnavailableError):
        await order(bank)
    await order(bank)
    first, second = scripted.seen
    assert first.body == second.body == BODY
    for name in ("idempotency-key", "x-request-id"):
        assert first.headers[name] == second.headers[name]


async def test_two_orders_have_two_request_ids(scripted: Any, bank: PartnerBank) -> None:
    scripted.will({}, 201)
    scripted.will({}, 201)
    await order(bank)
    await order(bank, CallId("call-2"))
    first, second = scripted.seen
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_an_answer_comes_back_as_the_bytes_it_was(scripted: Any, bank: PartnerBank) -> None:
    scripted.will(b'{ "odd" : 1 }', 201, content_type="application/json; charset=utf-8")
    assert await order(bank) == RawAnswer(201, b'{ "odd" : 1 }', "application/json")


async def test_an_account_number_cannot_leave_its_place_in_the_path(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will()
    await bank.balance("12/../34?x=1#y")
    assert scripted.seen[0].target == "/v1/accounts/12%2F..%2F34%3Fx%3D1%23y"


async def test_a_read_may_name_the_recovery_it_is_for(scripted: Any, bank: PartnerBank) -> None:
    scripted.will()
    await bank.hold("h-1", Authority(RecoveryId("rec-9"), OfficerId("officer-9"), "m"))
    assert scripted.seen[0].target == "/v1/holds/h-1"
    assert scripted.seen[0].headers["accountinforequestid"] == "rec-9"


async def test_an_order_that_found_no_server_was_not_sent(open_bank: Any, closed_port: int) -> None:
    with pytest.raises(PartnerUnavailableError, match="cannot be reached") as caught:
        await order(open_bank(line(f"http://127.0.0.1:{closed_port}")))
    assert caught.value.trouble is Trouble.UNREACHABLE


async def test_an_order_without_an_answer_in_time_has_an_unknown_outcome(
    raw_server: Any, open_bank: Any
) -> None:
    async def silent(_writer: asyncio.StreamWriter, _count: int) -> None:
        await asyncio.Event().wait()

    async with raw_server(silent) as url:
        with pytest.raises(OutcomeUnknownError, match="did not answer in time") as caught:
            await order(open_bank(line(url, read_timeout_seconds=0.1)))
    assert caught.value.call_id == KEY
    assert caught.value.trouble is Trouble.OUTCOME_UNKNOWN
    assert caught.value.__context__ is None  # httpx's own texts can quote headers


async def test_an_answer_that_drips_is_given_up_after_the_total_time(
    raw_server: Any, open_bank: Any
) -> None:
    async def drip(writer: asyncio.StreamWriter, _count: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with raw_server(drip) as url:
        with pytest.raises(PartnerUnavailableError, match="in time") as caught:
            await open_bank(line(url, total_timeout_seconds=0.2)).capabilities()
    assert caught.value.trouble is Trouble.SLOW


async def test_an_order_whose_connection_was_reset_has_an_unknown_outcome(
    raw_server: Any, open_bank: Any
) -> None:
    async def reset(writer: asyncio.StreamWriter, _count: int) -> None:
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with raw_server(reset) as url:
        with pytest.raises(OutcomeUnknownError):
            await order(open_bank(line(url)))


async def test_a_dropped_read_is_repeated_once_and_a_dropped_order_never(
    raw_server: Any, open_bank: Any
) -> None:
    counts = []

    async def drop_first(writer: asyncio.StreamWriter, count: int) -> None:
        counts.append(count)
        if count == 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()

    async with raw_server(drop_first) as url:
        bank = open_bank(line(url))
        assert (await bank.capabilities()).body == b"{}"
        assert counts == [1, 2]
        with pytest.raises(OutcomeUnknownError):
            await order(bank)
        assert counts == [1, 2, 3]
        with pytest.raises(PartnerUnavailableError, match="hung up") as caught:
            await bank.capabilities()
        assert caught.value.trouble is Trouble.HUNG_UP
        assert counts == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("status", "name"), [(429, "RateLimited"), (503, "ServiceUnavailable")])
async def test_a_busy_bank_did_nothing_and_is_left_alone_for_as_long_as_it_asks(
    scripted: Any, bank: PartnerBank, status: int, name: str
) -> None:
    scripted.will_refuse(name, status, retry_after="120")
    with pytest.raises(PartnerUnavailableError) as caught:
        await order(bank)
    assert caught.value.retry_after_seconds == 120
    assert caught.value.raw[0].status_code == status
    with pytest.raises(PartnerUnavailableError, match="gate is closed") as caught:
        await bank.capabilities()
    assert caught.value.trouble is Trouble.TOO_MANY_CALLS
    assert len(scripted.seen) == 1


async def test_a_retry_after_date_is_measured_from_the_banks_own_clock(
    scripted: Any, bank: PartnerBank
) -> None:
    told = datetime(2026, 3, 2, 8, tzinfo=UTC)  # not the time of this machine
    until = format_datetime(told + timedelta(seconds=90), usegmt=True)
    date = format_datetime(told, usegmt=True)
    scripted.will_refuse("ServiceUnavailable", 503, date=date, retry_after=until)
    with pytest.raises(PartnerUnavailableError) as caught:
        await bank.capabilities()
    assert caught.value.retry_after_seconds == 90


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_leaves_an_order_unknown_and_a_read_for_later(
    scripted: Any, bank: PartnerBank, status: int
) -> None:
    scripted.will(b"<html>oops</html>", status)
    scripted.will(b"<html>oops</html>", status)
    with pytest.raises(OutcomeUnknownError) as caught:
        await order(bank)
    assert caught.value.raw[0].body == b"<html>oops</html>"
    with pytest.raises(PartnerUnavailableError):
        await bank.capabilities()


async def test_an_order_still_in_progress_has_an_unknown_outcome(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will_refuse("RequestInProgress", 409)
    with pytest.raises(OutcomeUnknownError):
        await order(bank)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequest"),
        (400, "IdempotencyKeyMissing"),
        (401, "TokenInvalid"),
        (403, "OrderMissing"),
        (404, "NotFound"),
        (409, "OperationInvalid"),
        (422, "IdempotencyKeyReused"),
        (422, "PeriodExpired"),
    ],
)
async def test_a_definite_no_is_final_and_names_the_problem(
    scripted: Any, bank: PartnerBank, status: int, name: str
) -> None:
    scripted.will_refuse(name, status, detail="account 6222000011112222 of Synthetic Person")
    with pytest.raises(PartnerRefusedError, match=name) as caught:
        await order(bank)
    error = caught.value
    assert (error.status, error.problem, error.retryable) == (status, name, False)
    assert "6222000011112222" in error.detail
    assert "6222000011112222" not in f"{error} {error!r} {error.raw!r}"


async def test_a_redirect_is_not_followed_anywhere(scripted: Any, bank: PartnerBank) -> None:
    for _ in range(2):
        scripted.will(b"", 307, location=f"{scripted.url}/v1/elsewhere")
    with pytest.raises(AnswerUnreadableError, match="status"):
        await bank.capabilities()
    with pytest.raises(OutcomeUnknownError):
        await order(bank)
    assert len(scripted.seen) == 2


async def test_a_body_over_the_limit_is_refused(scripted: Any, bank: PartnerBank) -> None:
    for _ in range(2):
        scripted.will(b" " * 5_000_001)
    with pytest.raises(AnswerUnreadableError, match="larger than 5000000"):
        await bank.capabilities()
    with pytest.raises(OutcomeUnknownError, match="larger"):
        await order(bank)


async def test_only_the_profiles_not_found_means_that_a_key_was_never_seen(
    scripted: Any, bank: PartnerBank
) -> None:
    scripted.will_refuse("NotFound", 404)
    scripted.will(b"<html>404</html>", 404)
    assert await bank.outcome(KEY) is None
    with pytest.raises(PartnerUnavailableError):
        await bank.outcome(KEY)
    assert scripted.seen[0].target == "/v1/calls/call-1"


async def test_an_order_goes_only_to_paths_of_the_profile(scripted: Any, bank: PartnerBank) -> None:
    authority = Authority(RecoveryId("r"), OfficerId("o"), "m")
    with pytest.raises(UnfitArgumentError):
        await bank.send("http://evil.example/", BODY, KEY, authority, Limits())
    assert scripted.seen == []


async def test_no_log_line_holds_an_account_number(
    scripted: Any, bank: PartnerBank, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.will()
    with caplog.at_level(logging.DEBUG):
        await bank.balance("6222000011112222")
    assert "6222000011112222" not in caplog.text

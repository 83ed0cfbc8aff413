"""What hostile answers are made of: the profile's JSON, right in form, wrong in measure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

PAGE_BYTES = 4_900_000
"""Just below what one answer may be long."""
NUMBER = "99991"
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=30)
CAPABLE: dict[str, Any] = {
    "profile": "RBP/1", "bankId": "bank-a", "name": "Bank A", "jurisdiction": "CN",
    "currency": "CNY", "minPollSeconds": 0, "limits": {},
}  # fmt: skip


def cny(amount: str) -> dict[str, str]:
    return {"currency": "CNY", "amount": amount}


def hold(number: int = 1, **changes: object) -> dict[str, object]:
    """A hold as a bank tells it; `number` makes its id and reference."""
    return {
        "type": "hold", "id": f"H-{number}", "revision": 2, "orderRef": f"hold-{number}",
        "status": "HELD", "amountRequested": cny("100.00"), "amountHeld": cny("100.00"),
        "actedAt": "2026-03-01T09:30:00Z", "expiresAt": None, "rejectionReason": None,
        "lastModified": "2026-03-01T09:30:00Z",
    } | changes  # fmt: skip


def packed(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def page(items: str, following: str = "") -> bytes:
    """A page of the feed around the text of its items."""
    links = packed([{"rel": "next", "href": following}]) if following else "[]"
    more = "true" if following else "false"
    return f'{{"items":[{items}],"hasMoreElements":{more},"links":{links}}}'.encode()


def filled(item: str, size: int = PAGE_BYTES) -> str:
    """The same item again and again, up to so many bytes."""
    return ",".join([item] * (size // (len(item) + 1)))


def strangers(first: int, count: int) -> str:
    """So many holds that are none of ours."""
    return ",".join(packed(hold(n)) for n in range(first, first + count))


def revisions(order_ref: str, count: int) -> str:
    """So many revisions of one hold of ours, each another sum than the one before."""
    return ",".join(
        packed(hold(1, orderRef=order_ref, revision=n, amountHeld=cny(f"{n % 99 + 1}.00")))
        for n in range(1, count + 1)
    )


def statement(
    lines: str,
    following: str = "",
    begin: str = "2026-03-01T00:00:00Z",
    end: str = "2026-03-31T00:00:00Z",
) -> bytes:
    """A page of a statement around the text of its bookings."""
    head = {
        "responseDetails": {"status": "complete", "message": ""},
        "account": {"number": NUMBER, "currency": "CNY"},
        "fromDate": begin, "toDate": end, "opening": cny("0.00"), "closing": cny("0.00"),
        "links": [{"rel": "next", "href": following}] if following else [],
    }  # fmt: skip
    return (packed(head)[:-1] + f',"transactions":[{lines}]}}').encode()


def bookings(first: int, count: int) -> str:
    """So many bookings that add up to nothing, in the shortest form."""
    return ",".join(_bookings(first, count))


def _bookings(first: int, count: int) -> Iterator[str]:
    for seq in range(first, first + count):
        way = "CRDT" if seq % 2 == 0 else "DBIT"
        yield (
            f'{{"seq":{seq},"bookedAt":"2026-03-01T09:30:00Z","creditDebit":"{way}",'
            '"amount":{"currency":"CNY","amount":"1"},"kind":"CASH","counterparty":null,'
            '"counterAmount":null,"endToEndId":""}'
        )


def task(documents: int, size: int) -> str:
    """A task whose answers each carry a document of so many bytes."""
    import base64
    import hashlib

    body = b"\0" * size
    answer = {
        "at": "2026-03-01T09:30:00Z", "status": "DONE",
        "document": base64.b64encode(body).decode(), "sha256": hashlib.sha256(body).hexdigest(),
        "mediaType": "application/pdf",
    }  # fmt: skip
    return packed({
        "type": "task", "id": "T-1", "revision": 1, "taskRef": "task-1", "status": "DONE",
        "preservedUntil": None, "refusalReason": None, "lastModified": "2026-03-01T09:30:00Z",
        "answers": [answer | {"number": n} for n in range(1, documents + 1)],
    })  # fmt: skip

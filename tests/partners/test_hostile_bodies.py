"""No text of a body of another State steers a screen, starts a formula or hides what it says."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from models.ids import PartnerId, canonical
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1.request_wire import parse_request

HOSTILE = {
    "bidi": "X\u202eXECUTED", "ansi": "X\x1b[2J", "osc 52": "\x1b]52;c;QUJD\x07", "nul": "X\x00",
    "zero width": "X\u200bX", "formula": '=HYPERLINK("http://a.invalid")', "line": "X\nX",
    "markup": "[red]X[/red]", "long": "X" * 10_000,
}  # fmt: skip
PAPER = b"{}"


def told(**answer: Any) -> dict[str, Any]:
    one = {
        "number": 1, "at": "2026-03-02T00:00:00Z", "says": "refused", "ground": "OTHER",
        "amount": None, "until": None, "reviewAt": None,
        "document": base64.b64encode(PAPER).decode(),
        "sha256": hashlib.sha256(PAPER).hexdigest(), "mediaType": "application/json",
    }  # fmt: skip
    return {
        "type": "request", "id": "r-1", "revision": 2, "requestRef": "request-1",
        "status": "REFUSED", "answers": [one | answer],
        "receipts": [{"kind": "delivery", "at": "2026-03-02T00:00:00Z"}],
        "announced": [
            {"booking": "RET-1", "at": "2026-03-02T00:00:00Z",
             "amount": {"currency": "GBP", "amount": "1.00"}},
        ],
        "lastModified": "2026-03-02T00:00:00Z",
    }  # fmt: skip


def put(place: str, text: str) -> dict[str, Any]:
    item = told()
    *path, last = place.split(".")
    where: Any = item
    for name in path:
        where = where[int(name) if name.isdigit() else name]
    where[last] = text
    return item


def test_what_is_plain_is_read() -> None:
    fact = parse_request(canonical(told()), PartnerId("body"))
    assert (fact.answers[0].ground, fact.announced[0].booking) == ("OTHER", "RET-1")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "place",
    ["answers.0.says", "answers.0.ground", "receipts.0.kind", "status",
     "announced.0.booking", "announced.0.amount.currency"],
)  # fmt: skip
def test_a_hostile_text_in_what_is_shown_is_not_read(place: str, kind: str) -> None:
    with pytest.raises(AnswerUnreadableError):
        parse_request(canonical(put(place, HOSTILE[kind])), PartnerId("body"))


@pytest.mark.parametrize("kind", sorted(set(HOSTILE) - {"formula", "markup"}))
@pytest.mark.parametrize("place", ["id", "requestRef", "answers.0.mediaType"])
def test_a_hostile_reference_is_not_read(place: str, kind: str) -> None:
    with pytest.raises(AnswerUnreadableError):
        parse_request(canonical(put(place, HOSTILE[kind])), PartnerId("body"))

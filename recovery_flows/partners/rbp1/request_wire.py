"""Requests to bodies of other States in the profile RBP/1: where they are sent, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from models.facts import RequestFact
from models.ids import PartnerId, canonical
from models.money import Money
from recovery_flows.partners.rbp1.request_shapes import RequestShape
from recovery_flows.partners.rbp1.wire import shaped

REQUESTS_PATH = "/v1/requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestParts:
    """What one request says; `fields` hold only what two people have approved."""

    request_ref: str
    channel: str
    wanted: str
    version: int
    replaces: str
    amount: Money
    authority: str
    language: str
    legal_basis: str
    fields: Mapping[str, str]
    letter: str


def request_body(parts: RequestParts) -> bytes:
    """The request as the other body gets it; made once, saved, and sent byte-identically again."""
    return canonical(
        {
            "requestRef": parts.request_ref,
            "channel": parts.channel,
            "wanted": parts.wanted,
            "version": parts.version,
            "replaces": parts.replaces or None,
            "amount": {"currency": parts.amount.currency, "amount": parts.amount.text()},
            "authority": parts.authority,
            "language": parts.language,
            "legalBasis": parts.legal_basis,
            "fields": dict(parts.fields),
            "letter": parts.letter,
        }
    )


def messages_path(partner_ref: str) -> str:
    """Where a message about a request goes; `partner_ref` is the other body's id of it."""
    return f"{REQUESTS_PATH}/{quote(partner_ref, safe='')}/messages"


def message_body(
    message_ref: str, request_ref: str, kind: str, language: str, letter: str
) -> bytes:
    """A notice, a reminder or an assurance; made once, saved, sent byte-identically again."""
    return canonical(
        {
            "messageRef": message_ref,
            "requestRef": request_ref,
            "kind": kind,
            "language": language,
            "letter": letter,
        }
    )


def parse_request(raw: bytes, bank: PartnerId) -> RequestFact:
    """What another State's body says of one request, with its answers and their documents."""
    return shaped(RequestShape, raw, bank).fact()

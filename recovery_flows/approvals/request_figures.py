"""Figures of what is asked of another State, or promised to it."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.outside.request_message import OPEN_MESSAGES, MessageKind
from models.entities.request import RequestRoute
from models.figures import AccountNumber, Document, Figure, Reason
from models.money import Money


def request(file: CaseFile, request_id: str) -> Iterator[Figure]:
    """To whom by which channel, about which account and sum, and every field of it."""
    row = next(r for r in file.requests if r.id == request_id)
    asset = file.asset(row.asset_id)
    yield Figure("to", f"{row.partner_id} by {row.channel}")
    yield Figure("account", AccountNumber(asset.account_id))
    yield Figure("amount", Money(row.requested_minor, row.currency), is_headline=True)
    yield Figure("fields", Document(row.fields_digest))
    if row.route is RequestRoute.PEOPLE:
        yield Figure("authority", f"{row.authority} in {asset.regime}")
        yield Figure("wanted", f"{row.wanted}, version {row.version}")
    if row.carrier_id:
        yield Figure("over", f"the connection of {row.carrier_id}")


def assurance(file: CaseFile, request_id: str) -> Iterator[Figure]:
    """To whom what is promised, and the paper that asks for it."""
    row = next(r for r in file.requests if r.id == request_id)
    yield Figure("to", f"{row.authority or row.partner_id} by {row.channel}")
    yield Figure("account", AccountNumber(file.asset(row.asset_id).account_id))
    yield Figure("amount", Money(row.requested_minor, row.currency), is_headline=True)
    yield Figure("ground", row.reason)
    yield Figure("assurance", Reason(row.assurance))
    for words in file.messages:
        is_its = words.request_id == row.id and words.kind is MessageKind.ASSURANCE
        if is_its and words.state in OPEN_MESSAGES:
            yield Figure("over", f"the connection of {row.carrier_id}")
            yield Figure("letter", Document(words.letter))
    if row.answer_document:
        yield Figure("asked for in", Document(row.answer_document))

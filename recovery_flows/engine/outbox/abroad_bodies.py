"""From a dispatched request to the bytes that go out: its fields opened for the wire only."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.request import RequestRow
from models.money import Money
from models.queries.cases.letters import document_bytes
from models.queries.cases.requests import opened_fields
from models.queries.cases.work import CallLine, account_ref
from models.store.unit import Unit
from recovery_flows.cross_border import messages
from recovery_flows.cross_border.plans import split_asked
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.errors import DisagreementError
from recovery_flows.partners.rbp1.orders import Limits
from recovery_flows.partners.rbp1.request_wire import (
    REQUESTS_PATH,
    RequestParts,
    message_body,
    messages_path,
    request_body,
)


class LetterMissingError(DisagreementError):
    """A request whose letter is not among the documents, so that nothing of it can be sent."""

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"the letter of request {request_id} is not among the documents: "
            "`recovery audit verify` names what was changed"
        )


def request_path_and_body(unit: Unit, file: CaseFile, call: CallLine) -> tuple[str, bytes]:
    """Where a request goes and what it says: the fields that were approved, and their letter."""
    request = request_of(file, call.subject_id)
    asset = file.asset(request.asset_id)
    given = opened_fields(unit.session, unit.vault, request.id)
    fields = {name: given[name] for name in split_asked(request.asked)[0] if given.get(name)}
    if fields.get("account") == asset.account_id:
        fields["account"] = account_ref(unit.session, unit.vault, asset.account_id).number
    letter = document_bytes(unit.session, unit.vault, request.letter)
    if letter is None:
        raise LetterMissingError(request.id)
    return REQUESTS_PATH, request_body(
        RequestParts(
            request_ref=request.id,
            channel=request.channel,
            wanted=request.wanted,
            version=request.version,
            replaces=request.replaces_id,
            amount=Money(request.requested_minor, request.currency),
            authority=request.authority,
            language=request.language,
            legal_basis=request_mandate(file, call),
            fields=fields,
            letter=letter.decode(),
        )
    )


def message_path_and_body(unit: Unit, file: CaseFile, call: CallLine) -> tuple[str, bytes]:
    """Where a message about a request goes and what it says: the words that were kept."""
    message = messages.message_of(file, call.subject_id)
    request = request_of(file, message.request_id)
    letter = document_bytes(unit.session, unit.vault, message.letter)
    if letter is None:
        raise LetterMissingError(request.id)
    body = message_body(message.id, request.id, message.kind, message.language, letter.decode())
    return messages_path(request.carrier_ref), body


def _about(file: CaseFile, call: CallLine) -> RequestRow:
    """The request that a call sends, or that its message is about."""
    if call.kind is CallKind.MESSAGE:
        return request_of(file, messages.message_of(file, call.subject_id).request_id)
    return request_of(file, call.subject_id)


def request_limits(file: CaseFile, call: CallLine) -> Limits:
    """The request that an order is bound to, in place of an account, and the sum it asks for."""
    request = _about(file, call)
    return Limits(request.id, Money(request.requested_minor, request.currency))


def request_mandate(file: CaseFile, call: CallLine) -> str:
    """By which channel another State's body is asked."""
    request = _about(file, call)
    return f"request by {request.channel}, version {request.version}"

"""What events do not carry but ids and digests vouch for: accounts, people, bytes, bookings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.account import Account, Party
from models.entities.allocation import CourtList
from models.entities.call import Call
from models.entities.catalogue import table_of
from models.entities.claim import Compensation
from models.entities.document import Document
from models.entities.event import Event
from models.entities.hold import Hold
from models.entities.multi_agency import Task
from models.entities.outside.request_message import RequestMessage
from models.entities.outside.third_party_claim import ThirdPartyClaim
from models.entities.outside.victim_message import VictimMessage
from models.entities.recall import Recall, RecallCredit
from models.entities.request import Request, RequestReceipt
from models.entities.statement import Statement, StatementLine
from models.ids import digest_bytes
from models.raw import instant, raw_select
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError
from models.store.documents import place_of
from models.store.statements.bookings import API
from models.store.statements.line_imports import is_there
from models.store.statements.plan import line_id

_Difference = tuple[str, str, str]
_Twins = tuple[str, str, int, str, str]
_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_DOCUMENTS, _CALLS, _TASKS = table_of(Document), table_of(Call), table_of(Task)
_EVENTS, _HOLDS, _COMPENSATIONS = table_of(Event), table_of(Hold), table_of(Compensation)
_RECALLS, _CREDITS = table_of(Recall), table_of(RecallCredit)
_REQUESTS, _RECEIPTS = table_of(Request), table_of(RequestReceipt)
_MESSAGES, _ABROAD = table_of(VictimMessage), table_of(RequestMessage)
_COURT_LISTS, _THIRD_PARTIES = table_of(CourtList), table_of(ThirdPartyClaim)


def evidence_differences(session: Session, vault: Vault, since: int) -> Iterator[_Difference]:
    """(table, id, sentence) of whatever is not what its id or its digest was made of.

    `since` is the last event of a version that sealed no rows; 0 where there was none.
    """
    for table, is_right, what in (
        (table_of(Account), _account, "the account {} is another one than it was"),
        (table_of(Party), _party, "the person {} is another one than it was"),
        (table_of(Call), _call, "the bytes of the call {} are not those that were fixed"),
        (table_of(Document), _document, "the document {} is not what was received"),
    ):
        query = raw_select(table)
        for row in session.execute(query, execution_options={"yield_per": 500}):
            if not _holds(is_right, vault, row):
                yield table.name, str(row[0]), what.format(row[0])
    yield from _missing_documents(session, since)
    yield from _lines(session)
    yield from lost_lines(session)


def _holds(is_right: Callable[[Vault, Any], bool], vault: Vault, row: Any) -> bool:  # noqa: ANN401
    try:
        return is_right(vault, row)
    except (VaultError, ValueError, TypeError):
        return False


def account_is_right(vault: Vault, row: Mapping[str, Any]) -> bool:
    """Whether an account's number opens and is the one that its id was made of."""
    try:
        return _fits_its_id(vault, *(row[name] for name in _OF_ACCOUNT))
    except (VaultError, ValueError, TypeError):
        return False


_OF_ACCOUNT = ("id", "partner_id", "number_sealed", "holder_sealed", "tail")


def _account(vault: Vault, row: Any) -> bool:  # noqa: ANN401 - a row of the table
    return _fits_its_id(vault, *(getattr(row, name) for name in _OF_ACCOUNT))


def _fits_its_id(
    vault: Vault, name: str, partner_id: str, number_sealed: str, holder_sealed: str, tail: str
) -> bool:
    number = vault.open(number_sealed, SealedPlace("account", name, "number_sealed"))
    vault.open(holder_sealed, SealedPlace("account", name, "holder_sealed"))
    return vault.keyed_id("acct", partner_id, number) == name and number[-4:] == tail


def _party(vault: Vault, row: Any) -> bool:  # noqa: ANN401
    name = vault.open(row.name_sealed, SealedPlace("party", row.id, "name_sealed"))
    contact = vault.open(row.contact_sealed, SealedPlace("party", row.id, "contact_sealed"))
    return bool(vault.keyed_id("party", name, contact) == row.id)


def _call(vault: Vault, row: Any) -> bool:  # noqa: ANN401
    vault.open(row.path_sealed, SealedPlace("call", row.id, "path_sealed"))
    body = vault.open(row.body_sealed, SealedPlace("call", row.id, "body_sealed")).encode()
    return bool(digest_bytes(body) == row.body_digest) if row.body_digest else not body


def _document(vault: Vault, row: Any) -> bool:  # noqa: ANN401
    return bool(digest_bytes(vault.open_bytes(row.body_sealed, place_of(row.digest))) == row.digest)


def _missing_documents(session: Session, since: int) -> Iterator[_Difference]:
    """Each document that a row names by its digest has to be there.

    Of a bank's answer of several pages earlier versions kept the pages and not their list.
    """
    for table, query in _missing():
        for name, digest in session.execute(query, {"since": since}):
            sentence = f"the document {digest[:16]} of the {table} {name} is not there"
            yield _DOCUMENTS.name, str(digest), sentence


def _lines(session: Session) -> Iterator[_Difference]:
    """A booking's id is made of its account, instant, amount, side, reference and twin number."""
    query = raw_select(_LINES).where(is_there())
    twins: dict[_Twins, set[str]] = defaultdict(set)
    for row in session.execute(query, execution_options={"yield_per": 2000}):
        at = str(instant(row.booked_at))
        key = (row.account_id, at, row.amount_minor, row.direction, row.end_to_end_id)
        twins[key].add(row.id)
    for key, ids in twins.items():
        right = {line_id(*key, occurrence) for occurrence in range(1, len(ids) + 1)}
        for name in sorted(ids - right):
            sentence = f"the booking {name} is not the one that its statement told"
            yield _LINES.name, name, sentence


def lost_lines(
    session: Session, account_ids: Collection[str] | None = None
) -> Iterator[_Difference]:
    """No fewer bookings of these accounts (all, if None) may be there than a statement told."""
    query, given = (_LOST, {}) if account_ids is None else (_LOST_OF, {"of": list(account_ids)})
    for name, told, count in session.execute(query, given):
        sentence = f"of the {told} bookings of the statement {name} {count} are there"
        yield _STATEMENTS.name, name, sentence


def _lost() -> sa.Select[Any]:
    there = sa.func.count(_LINES.c.id)
    during = _LINES.c.booked_at.between(_STATEMENTS.c.covers_from, _STATEMENTS.c.covers_to)
    same = sa.and_(_LINES.c.account_id == _STATEMENTS.c.account_id, during, is_there())
    return (
        sa.select(_STATEMENTS.c.id, _STATEMENTS.c.line_count, there)
        .select_from(_STATEMENTS)
        .join(_LINES, same, isouter=True)
        .group_by(_STATEMENTS.c.id, _STATEMENTS.c.line_count)
        .having(there < _STATEMENTS.c.line_count)
        .order_by(_STATEMENTS.c.id)
    )


@lru_cache(maxsize=1)
def _missing() -> tuple[tuple[str, sa.Select[Any]], ...]:
    """The tables that name documents, each with its rows whose document is not there.

    Built once, since building them costs more than asking.
    """
    found = []
    there = sa.select(_DOCUMENTS.c.digest)
    later = sa.select(_EVENTS.c.subject_id).where(
        _EVENTS.c.subject_id == _STATEMENTS.c.id, _EVENTS.c.seq > sa.bindparam("since")
    )
    for column, where in (
        (_STATEMENTS.c.document_digest, sa.or_(_STATEMENTS.c.origin != API, later.exists())),
        # Of a letter's answer it is the digest of what was typed; its scan has a column of its own.
        (_CALLS.c.answer_digest, _CALLS.c.answer_sealed == ""),
        (_CALLS.c.letter_digest, sa.true()),
        (_CALLS.c.answer_document, sa.true()),
        (_TASKS.c.document, sa.true()),
        (_HOLDS.c.proof, sa.true()),
        (_COMPENSATIONS.c.proof, sa.true()),
        (_RECALLS.c.message, sa.true()),
        (_RECALLS.c.answer_document, sa.true()),
        (_CREDITS.c.proof, sa.true()),
        (_REQUESTS.c.letter, sa.true()),
        (_REQUESTS.c.proof, sa.true()),
        (_REQUESTS.c.answer_document, sa.true()),
        (_RECEIPTS.c.proof, sa.true()),
        (_ABROAD.c.letter, sa.true()),
        (_ABROAD.c.proof, sa.true()),
        (_CREDITS.c.reversal_proof, sa.true()),
        (_COURT_LISTS.c.proof, sa.true()),
        (_MESSAGES.c.text, sa.true()),
        (_THIRD_PARTIES.c.proof, sa.true()),
        (_THIRD_PARTIES.c.payment_proof, sa.true()),
    ):
        table = column.table
        query = sa.select(table.c.id, column).where(where, column != "", column.not_in(there))
        found.append((table.name, query.order_by(table.c.id)))
    return tuple(found)


# Built once: building them costs more than asking.
_LOST = _lost()
_LOST_OF = _LOST.where(_STATEMENTS.c.account_id.in_(sa.bindparam("of", expanding=True)))

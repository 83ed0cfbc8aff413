"""Reading whole recovery files, many at a time, for rules to decide on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import Balance, CaseFile, DissipatedPart, Position, TraceView
from models.engine import is_of_the_database
from models.entities.asset import Asset, Stage
from models.entities.catalogue import table_of
from models.entities.ledger import PostingRow
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.entities.trace import Trace
from models.ids import canonical
from models.language.phrase import phrase
from models.prepared import looked_through
from models.queries.file_parts import read_parts
from models.queries.partners.feeds import letters_and_feeds
from models.rights.sessions import hidden_now, is_hidden, of_all
from models.sqlite.answers import unnamed

_RECOVERY, _ASSET, _TRACE = table_of(Recovery), table_of(Asset), table_of(Trace)
_POSTING = table_of(PostingRow)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


class NoSuchRecoveryError(LookupError):
    """The reference or id names no recovery."""

    def __init__(self, named: str) -> None:
        super().__init__(
            phrase(
                "there is no recovery {named}: `recovery list` shows those there are", named=named
            )
        )


# What stored garbage raises on its way into a row of a file.
_UNREADABLE = (
    sa.exc.StatementError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


class FileUnreadableError(Exception):
    """Something stored of this recovery cannot be read; the error behind it is its cause."""

    def __init__(self, recovery_id: str, error: Exception) -> None:
        self.recovery_id = recovery_id
        super().__init__(
            phrase(
                "what is stored of recovery {recovery_id} cannot be read ({kind}): `recovery "
                "audit verify` names the row",
                recovery_id=recovery_id,
                kind=type(error).__name__,
            )
        )


def recovery_id_of(session: Session, named: str) -> str:
    """The id of a recovery given its reference (`R-2026-0001`) or its id."""
    found = session.execute(
        sa.select(_RECOVERY.c.id).where(
            sa.or_(_RECOVERY.c.ref == named.upper(), _RECOVERY.c.id == named)
        )
    ).scalar()
    if found is None or is_hidden(session, str(found)):
        raise NoSuchRecoveryError(named)
    return str(found)


def ids_of(session: Session, named: Sequence[str]) -> dict[str, str]:
    """The ids of those of these recoveries that there are, each named by reference or id.

    One that is hidden from whoever looks or acts is not there.
    """
    given = {"refs": [name.upper() for name in named], "names": list(named)}
    hidden = hidden_now(session)
    rows = [row for row in session.execute(_IDS_OF, given) if row.id not in hidden]
    known = {row.ref: row.id for row in rows} | {row.id: row.id for row in rows}
    found = ((name, known.get(name.upper()) or known.get(name)) for name in named)
    return {name: recovery_id for name, recovery_id in found if recovery_id}


_IDS_OF = sa.select(_RECOVERY.c.id, _RECOVERY.c.ref).where(
    sa.or_(
        _RECOVERY.c.ref.in_(sa.bindparam("refs", expanding=True)),
        _RECOVERY.c.id.in_(sa.bindparam("names", expanding=True)),
    )
)


def load_file(session: Session, recovery_id: str) -> CaseFile:
    """One recovery's file; FileUnreadableError, NoSuchRecoveryError.

    One that is hidden from whoever looks or acts is not there, in the same words.
    """
    if is_hidden(session, recovery_id):
        raise NoSuchRecoveryError(recovery_id)
    return load_whichever(session, recovery_id)


def load_whichever(session: Session, recovery_id: str) -> CaseFile:
    """The same for what is booked by whoever comes by it, as a bank's statement; not to show."""
    try:
        files = load_files(session, [recovery_id])
    except _UNREADABLE as error:
        if is_of_the_database(error):
            raise
        raise FileUnreadableError(recovery_id, error) from error
    if not files:
        raise NoSuchRecoveryError(recovery_id)
    return files[0]


def load_files(session: Session, recovery_ids: Sequence[str]) -> list[CaseFile]:
    """The files of these recoveries, in the order asked, in ten to thirty queries."""
    ids = list(dict.fromkeys(recovery_ids))
    if not ids:
        return []
    parts, is_traced = read_parts(session, ids)
    traces = _traces(session, ids) if is_traced else {}
    balances, shared = _balances(session, ids), _shared(session, ids)
    letters, read_to = letters_and_feeds(session)
    recoveries = parts.pop("recovery")
    nothing: dict[str, tuple[Any, ...]] = dict.fromkeys(parts, ())
    there = [(name, rows) for name, rows in parts.items() if rows]
    return [
        CaseFile(
            recovery=recoveries[i][0],
            **(nothing | {name: tuple(rows[i]) for name, rows in there if i in rows}),
            trace=traces.get(i),
            balances=tuple(balances[i]),
            shared_with=tuple(shared[i]),
            by_letter=letters,
            feeds_read=read_to,
        )
        for i in ids
        if i in recoveries
    ]


def load_each(
    session: Session, recovery_ids: Sequence[str]
) -> tuple[list[CaseFile], dict[str, FileUnreadableError]]:
    """The files of these recoveries, and why of some the file cannot be read; one stops no other.

    All are read at once; only where that fails they are read one by one.
    """
    ids = list(dict.fromkeys(recovery_ids))
    try:
        return load_files(session, ids), {}
    except _UNREADABLE as error:
        if is_of_the_database(error):
            raise
    files, unreadable = [], {}
    for recovery_id in ids:
        try:
            files.append(load_whichever(session, recovery_id))
        except FileUnreadableError as error:
            unreadable[recovery_id] = error
        except NoSuchRecoveryError:
            continue
    return files, unreadable


def files_by_id(session: Session, recovery_ids: Sequence[str]) -> dict[str, CaseFile]:
    """The files of these recoveries that can be read, by id."""
    files, _ = load_each(session, recovery_ids)
    return {file.recovery.id: file for file in files}


def _traces(session: Session, ids: list[str]) -> dict[str, TraceView]:
    return {
        row.recovery_id: trace_view(row.id, row.rule, row.as_of, row.result_json)
        for row in session.execute(_TRACES, {"ids": ids})
    }


_TRACES = sa.select(
    _TRACE.c.recovery_id, _TRACE.c.id, _TRACE.c.rule, _TRACE.c.as_of, _TRACE.c.result_json
).where(_TRACE.c.recovery_id.in_(_IDS), looked_through(_TRACE.c.state) == "adopted")


def trace_view(trace_id: str, rule: str, as_of: Any, result_json: str) -> TraceView:  # noqa: ANN401
    """Read back a stored trace result."""
    body = json.loads(result_json)
    return TraceView(
        trace_id,
        rule,
        as_of,
        tuple(Position(*p) for p in body["positions"]),
        tuple(DissipatedPart(*g) for g in body["gone"]),
        frozenset(body.get("mixed", ())),
    )


def trace_json(
    positions: Iterable[Position], gone: Iterable[DissipatedPart], mixed: Iterable[str] = ()
) -> str:
    """Spell a trace result for storing: ids and amounts only."""
    body: dict[str, object] = {
        "positions": [[p.account_id, p.claim_id, p.amount_minor, p.claim_minor] for p in positions],
        "gone": [
            [str(g.kind), g.account_id, g.claim_id, g.amount_minor, g.claim_minor] for g in gone
        ],
    }
    if told := sorted(mixed):
        body["mixed"] = told
    return canonical(body).decode()


def _balances_query() -> sa.Select[Any]:
    p = _POSTING.c
    keys = (p.account, p.asset_id, p.hold_id, p.claim_id, p.detail)
    claim, asset = sa.func.sum(p.claim_minor), sa.func.sum(p.asset_minor)
    return (
        sa.select(p.recovery_id, *keys, claim, p.claim_currency, asset, p.asset_currency)
        .where(p.recovery_id.in_(_IDS))
        .group_by(p.recovery_id, *keys, p.claim_currency, p.asset_currency)
        .having(sa.or_(claim != 0, asset != 0))
    )


_BALANCES = _balances_query()


def _balances(session: Session, ids: list[str]) -> dict[str, list[Balance]]:
    found: dict[str, list[Balance]] = defaultdict(list)
    for row in unnamed(session.execute(_BALANCES, {"ids": ids})):
        recovery_id, account, asset_id, hold_id, claim_id, detail, c, cc, a, ac = row
        found[recovery_id].append(
            Balance(account, asset_id, hold_id, claim_id, detail, int(c), cc, int(a), ac)
        )
    return found


def _shared_query() -> sa.Select[Any]:
    mine, other, theirs = _ASSET.alias("mine"), _ASSET.alias("other"), _RECOVERY.alias("theirs")
    same = sa.and_(
        other.c.account_id == mine.c.account_id, other.c.recovery_id != mine.c.recovery_id
    )
    return (
        sa.select(mine.c.recovery_id, mine.c.account_id, other.c.recovery_id, theirs.c.currency)
        .join(other, same)
        .join(theirs, theirs.c.id == other.c.recovery_id)
        .where(
            mine.c.recovery_id.in_(_IDS),
            mine.c.stage != Stage.CLOSED,
            mine.c.shared_decision == "",
            other.c.stage != Stage.CLOSED,
            theirs.c.state.not_in(CLOSED_RECOVERIES),
        )
        .order_by(theirs.c.reported_at, theirs.c.id)
    )


_SHARED = _shared_query()


def _shared(session: Session, ids: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Accounts that another open recovery wants too and no decision was taken about."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for recovery_id, account_id, other_id, currency in of_all(session, _SHARED, {"ids": ids}):
        found[recovery_id].append((account_id, other_id, currency))
    return found

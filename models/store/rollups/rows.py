"""What each recovery's place in the queue and its share of all counts are, worked out anew.

The same functions make the rows at each write, fill them at an upgrade and check them: what is kept
differs from what is found here only where somebody changed it by hand.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.asset import Asset
from models.entities.call import Call, CallKind
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.event import DONE, SENT, Event
from models.entities.hold import LIVE_HOLDS, Hold, HoldKind, HoldState
from models.entities.installation import QueueEntry
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.payout import Payout
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.ids import canonical
from models.money import Money
from models.prepared import looked_through
from models.sqlite.answers import unnamed
from models.step_wording import Wording
from models.store.rollups.blocked import BLOCKED, blocked_of
from models.store.rollups.days import held_days, hold_days
from models.store.rollups.orders_sent import answers_of
from models.urgency import counted_from, lane_of, waits_since

_R, _C, _E, _P = table_of(Recovery), table_of(Claim), table_of(Event), table_of(PostingRow)
_A, _H, _Y, _CALLS = table_of(Asset), table_of(Hold), table_of(Payout), table_of(Call)
_APPROVALS, _ENTRIES = table_of(Approval), table_of(QueueEntry)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_CHUNK = 500
_ASKS = (CallKind.HOLD, CallKind.REQUEST)
_ACCOUNTS = {str(account): account for account in LedgerAccount}
_HOLD_KINDS = {str(kind): kind for kind in HoldKind}
_HOLD_STATES = {str(state): state for state in HoldState}
_EVER_HELD = (LedgerAccount.HELD, LedgerAccount.RETURNED_HOLD, LedgerAccount.TREASURY)
_RECEIVED = "received"
"""Detail of what the unit holds itself of money that was given back: no bank was asked for it."""

OPEN, PENDING, SECOND_HOP, SENT_COUNT = "open", "pending", "second hop", "first order sent"
"""Names of counts: recoveries that have not ended, approvals, accounts, recoveries."""

Row = dict[str, Any]
NOTHING: Row = {"figures": "{}"}
# What stored garbage raises on its way out of a row.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def entries_of(session: Session, ids: Sequence[str]) -> dict[str, Row]:
    """The rows of `queue_entry` as they should be, of those of these recoveries that there are."""
    given = {"ids": list(ids)}
    done = {row.recovery_id: row for row in session.execute(_DONE_AT, given).all()}
    sent = {row.recovery_id: row.at for row in session.execute(_SENT_AT, given).all()}
    figures = _figures(session, given)
    for of, name in answers_of(session, sent):
        figures[of][name] += 1
    found = {}
    for row in session.execute(_RECOVERIES, given).all():
        came_at, done_at = (done[row.id].came, done[row.id].last) if row.id in done else (None,) * 2
        waits_for, since = waits_since(
            row.state, row.owner_id, row.step_role, row.step_action, came_at, done_at
        )
        at = sent.get(row.id)
        counts = figures[row.id]
        is_open = row.state not in CLOSED_RECOVERIES
        counts[f"state {row.state}"] = 1
        counts[f"stage {row.stage}"] = counts[OPEN] = int(is_open)
        counts[SENT_COUNT] = int(at is not None)
        found[row.id] = {
            "id": row.id,
            "lane": int(lane_of(row.state, row.step_action, row.due_at)),
            "at": counted_from(row.state, row.reported_at, row.due_at),
            "reported_at": row.reported_at,
            "waits_for": waits_for,
            "waits_since": since,
            "loss_minor": int(row.loss or 0),
            "victims": row.victims,
            "sought": _sought(row),
            "sent_seconds": at and max(0, int((at - row.reported_at).total_seconds())),
            "figures": canonical({k: minor for k, minor in counts.items() if minor}).decode(),
        }
    return found


def readable_entries(session: Session, ids: Sequence[str]) -> dict[str, Row]:
    """`entries_of`, without those of which something stored cannot be read."""
    try:
        return entries_of(session, ids)
    except _UNREADABLE:
        each = (readable_entries(session, [name]) for name in ids if len(ids) > 1)
        return {name: row for one in each for name, row in one.items()}


def figures_in(entry: Mapping[str, Any]) -> Counter[str]:
    """What a kept row adds to the tally; nothing where its text is none of ours."""
    try:
        return Counter(json.loads(entry["figures"]))
    except (TypeError, ValueError):
        return Counter()


def kept_entries(session: Session, ids: Sequence[str]) -> dict[str, Row]:
    """The rows of `queue_entry` as they are."""
    return {row["id"]: dict(row) for row in session.execute(_KEPT, {"ids": list(ids)}).mappings()}


def sent_at_rank(session: Session, rank: int) -> int:
    """The rank-th shortest time, from 1, from a report to the first order about it, in seconds."""
    seconds = _ENTRIES.c.sent_seconds
    query = sa.select(seconds).where(seconds.is_not(None)).order_by(seconds)
    return int(session.execute(query.offset(rank - 1).limit(1)).scalar_one())


def chunks_of_all(session: Session) -> Iterator[list[str]]:
    """The ids of all recoveries, some hundreds at a time."""
    last = ""
    while ids := list(session.execute(_AFTER, {"last": last}).scalars()):
        yield ids
        last = ids[-1]


def _sought(row: Any) -> str:  # noqa: ANN401 - a row of `_RECOVERIES`
    """What a filter looks in, but for the words of the stage, which are not known here."""
    loss, sentence = Money(int(row.loss or 0), row.currency), Wording.read(row.step_wording)
    parts = (row.ref, loss, sentence, row.method, row.owner_id, row.step_role, row.step_action)
    return " ".join(str(part) for part in parts).lower()


def _figures(session: Session, given: Mapping[str, Any]) -> defaultdict[str, Counter[str]]:
    """What holds, postings and approvals of each recovery add to the tally.

    An account, kind or state that there is not is a LookupError: somebody wrote it by hand.
    """
    found = defaultdict[str, Counter[str]](Counter)
    held, with_holds = set[str](), set[str]()
    for what, of, first, second, minor in unnamed(session.execute(_SUMS, given)):
        if what == "ledger":
            account = _ACCOUNTS[second]
            found[of][f"ledger {first} {account}"] = int(minor)
            if account in _EVER_HELD:
                held.add(of)
        elif what == "hold":
            state = _HOLD_STATES[second]
            found[of][f"hold {_HOLD_KINDS[first]} {state}"] = int(minor)
            if state in LIVE_HOLDS:
                with_holds.add(of)
        else:
            found[of][" ".join(part for part in (what, first, second) if part)] = int(minor)
    for of, currency, minor in _among(session, _EVER, held):
        found[of][f"ever held {currency}"] = int(minor)
    for of, currency, blocked, disputed in blocked_of(_among(session, BLOCKED, with_holds)):
        found[of][f"blocked {currency}"] = blocked
        found[of][f"disputed there {currency}"] = disputed
    return found


def _among(session: Session, query: sa.Select[Any], ids: set[str]) -> Sequence[Any]:
    """Rows of a query about these recoveries; it is not asked where there are none."""
    return session.execute(query, {"ids": sorted(ids)}).all() if ids else ()


def _recoveries() -> sa.Select[Any]:
    columns = (
        _R.c.id, _R.c.ref, _R.c.currency, _R.c.state, _R.c.stage, _R.c.due_at, _R.c.owner_id,
        _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method, _R.c.reported_at,
    )  # fmt: skip
    return (
        sa.select(
            *columns, sa.func.sum(_C.c.reported_minor).label("loss"),
            sa.func.count(_C.c.id).label("victims"),
        )
        .join(_C, _C.c.recovery_id == _R.c.id, isouter=True)
        .where(_R.c.id.in_(_IDS))
        .group_by(*columns)
    )  # fmt: skip


def _sent() -> sa.Select[Any]:
    """Recoveries of which anything was sent, each with when the first order or request left.

    Also those into which others were merged: they have orders that left while these were apart.
    """
    # Only literally the same condition finds its index.
    left = sa.select(_E.c.recovery_id, _E.c.at, _E.c.subject_id).where(sa.text(SENT)).subquery()
    each = sa.union_all(
        sa.select(left.c.recovery_id, sa.case((_CALLS.c.kind.in_(_ASKS), left.c.at)).label("at"))
        .join_from(left, _CALLS, _CALLS.c.id == left.c.subject_id)
        .where(left.c.recovery_id.in_(_IDS)),
        sa.select(_R.c.joined_into, sa.null()).where(_R.c.joined_into.in_(_IDS)),
    ).subquery()
    return sa.select(each.c.recovery_id, sa.func.min(each.c.at).label("at")).group_by(
        each.c.recovery_id
    )


def _ever() -> sa.Select[Any]:
    """The highest (held now + returned from holds) by the order of events.

    A unit that was held at two accounts one after the other counts once; what was joined into
    another recovery is counted there.
    """
    step = (
        sa.select(
            _P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq,
            sa.func.sum(_P.c.claim_minor).label("minor"),
        )
        .join(_R, _R.c.id == _P.c.recovery_id)
        .where(
            _P.c.recovery_id.in_(_IDS), _P.c.account.in_(_EVER_HELD), _P.c.detail != _RECEIVED,
            _R.c.state != RecoveryState.JOINED,
        )
        .group_by(_P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq)
        .subquery()
    )  # fmt: skip
    whose = (step.c.recovery_id, step.c.claim_currency)
    run = sa.func.sum(step.c.minor).over(partition_by=whose, order_by=step.c.event_seq)
    now = sa.select(*whose, run.label("minor")).subquery()
    return sa.select(now.c.recovery_id, now.c.claim_currency, sa.func.max(now.c.minor)).group_by(
        now.c.recovery_id, now.c.claim_currency
    )


def _sums() -> sa.CompoundSelect[Any]:
    """Sums and counts by what they are of, in one question, since each write asks for them all."""
    hops = (_A.c.id == _H.c.asset_id, _A.c.depth >= 1, _H.c.acted_at.is_not(None))
    accounts = sa.func.count(sa.distinct(_H.c.asset_id))
    pending = looked_through(_APPROVALS.c.state) == ApprovalState.PENDING
    return sa.union_all(
        _sum("ledger", (_P.c.claim_currency, _P.c.account), sa.func.sum(_P.c.claim_minor)),
        _sum("hold", (_H.c.kind, _H.c.state), sa.func.count()),
        _sum(SECOND_HOP, (), accounts).where(*hops),
        _sum(PENDING, (), sa.func.count(_APPROVALS.c.id)).where(pending),
        held_days(_IDS), hold_days(_IDS),
    )  # fmt: skip


def _sum(what: str, by: tuple[sa.Column[Any], ...], minor: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """One kind of sum of each recovery, by up to two columns."""
    of = {"ledger": _P, PENDING: _APPROVALS}.get(what, _H).c.recovery_id
    named = [sa.type_coerce(column, sa.String) for column in by]
    nothing: list[Any] = [sa.literal_column("''")] * (2 - len(by))
    query = sa.select(sa.literal_column(f"'{what}'"), of, *named, *nothing, minor)
    return query.where(of.in_(_IDS)).group_by(of, *named)


# Built once: each write asks these, and building costs more than asking.
_RECOVERIES, _SENT_AT, _EVER = _recoveries(), _sent(), _ever()
_SUMS = _sums()
_DONE_AT = (
    sa.select(
        _E.c.recovery_id, sa.func.min(_E.c.at).label("came"), sa.func.max(_E.c.at).label("last")
    )
    .where(_E.c.recovery_id.in_(_IDS), sa.text(DONE))
    .group_by(_E.c.recovery_id)
)
_KEPT = sa.select(_ENTRIES).where(_ENTRIES.c.id.in_(_IDS))
_AFTER = sa.select(_R.c.id).where(_R.c.id > sa.bindparam("last")).order_by(_R.c.id).limit(_CHUNK)

"""Each request across a border as a line: ours over all recoveries, and those from abroad.

Whose turn it is follows `recovery_flows.cross_border.next_steps`; a test holds them together.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from models.entities.asset import CUSTODY, Asset
from models.entities.catalogue import table_of
from models.entities.ledger import RETURNED, LedgerAccount, PostingRow
from models.entities.outside.incoming_request import (
    OPEN_INCOMING,
    IncomingRequest,
    IncomingState,
)
from models.entities.outside.request_message import (
    OPEN_MESSAGES,
    MessageKind,
    RequestMessage,
    RequestMessageState,
)
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.entities.request import (
    AT_HOME,
    CARRIED_OUT,
    UNDER_WAY,
    ReceiptState,
    Request,
    RequestReceipt,
    RequestRoute,
    RequestState,
)


class Way(StrEnum):
    """OUT: we ask. IN: another State asks us."""

    OUT = "out"
    IN = "in"


class Turn(StrEnum):
    """Who has to act on a request: its officer, a second person, or the other side."""

    OURS = "ours"
    SECOND = "second"
    THEIRS = "theirs"


_Q, _R, _ASSET = table_of(Request), table_of(Recovery), table_of(Asset)
_IN, _POSTING, _RECEIPT = table_of(IncomingRequest), table_of(PostingRow), table_of(RequestReceipt)
_MESSAGE = table_of(RequestMessage)
_S, _I = RequestState, IncomingState
_OF_MONEY = ("freeze", "return")


def _has_next() -> sa.ColumnElement[bool]:
    later = _Q.alias("later")
    same = later.c.recovery_id == _Q.c.recovery_id
    return sa.exists().where(same, later.c.replaces_id == _Q.c.id)


def _followed() -> sa.CTE:
    """The requests after which a version is open, be it the one after the next."""
    open_one, before = _Q.alias("open_version"), _Q.alias("before")
    first = sa.select(open_one.c.replaces_id.label("id")).where(
        open_one.c.replaces_id != "", open_one.c.wanted.in_(_OF_MONEY),
        open_one.c.state.in_(AT_HOME | UNDER_WAY | CARRIED_OUT),
    )  # fmt: skip
    found = first.cte("followed", recursive=True)
    further = sa.select(before.c.replaces_id).where(
        before.c.id == found.c.id, before.c.replaces_id != ""
    )
    return found.union(further)


_FOLLOWED = _followed()


def _is_followed() -> sa.ColumnElement[bool]:
    return _Q.c.id.in_(sa.select(_FOLLOWED.c.id))


def _received() -> sa.ScalarSelect[int]:
    """What came in anywhere of the recovery of a request, in minor units of the loss.

    To victims, or to the unit: there it is held for them.
    """
    p, ours = _POSTING.c, table_of(Asset).alias("ours")
    of_unit = sa.select(ours.c.id).where(ours.c.shared_decision == CUSTODY)
    in_hand = sa.and_(p.account == LedgerAccount.HELD, p.asset_id.in_(of_unit))
    total = sa.select(sa.func.coalesce(sa.func.sum(p.claim_minor), 0))
    return total.where(
        p.recovery_id == _Q.c.recovery_id, sa.or_(p.account.in_(RETURNED), in_hand)
    ).scalar_subquery()


def _on_its_way(*kinds: MessageKind) -> sa.ColumnElement[bool]:
    """Whether a message of one of these kinds about a request has yet to reach its body."""
    m = _MESSAGE.c
    return sa.exists().where(m.request_id == _Q.c.id, m.kind.in_(kinds), m.state.in_(OPEN_MESSAGES))


def _owes_word() -> sa.ColumnElement[bool]:
    """Whether the other side has yet to be told something."""
    q = _Q.c
    live = q.state.in_(AT_HOME | UNDER_WAY | CARRIED_OUT) & q.wanted.in_(_OF_MONEY)
    ended = q.state.in_(CARRIED_OUT | {_S.WITHDRAWN}) & q.told_at.is_(None)
    is_told = _on_its_way(MessageKind.EXECUTED, MessageKind.WITHDRAWN)
    m, later = _MESSAGE.c, _MESSAGE.alias("later_message")
    newer = sa.exists().where(
        later.c.request_id == m.request_id, later.c.kind == MessageKind.ASSURANCE,
        later.c.written_at > m.written_at,
    )  # fmt: skip
    refused = sa.exists().where(
        m.request_id == q.id, m.kind == MessageKind.ASSURANCE,
        m.state == RequestMessageState.REFUSED, sa.not_(newer),
    )  # fmt: skip
    came_in = sa.and_(live, q.told_minor < _received())
    return sa.and_(
        q.sent_at.is_not(None), q.proof != "",
        sa.or_(
            refused & q.state.in_(UNDER_WAY),
            ended & sa.not_(is_told), came_in & sa.not_(_on_its_way(MessageKind.RECEIVED))
        ),
    )  # fmt: skip


def _is_undelivered() -> sa.ColumnElement[bool]:
    """Whether delivery failed by silence, or a receipt is late."""
    q, r = _Q.c, _RECEIPT.c
    silent = sa.exists().where(r.request_id == q.id, r.state == ReceiptState.COUNTED, r.force == 0)
    is_late = q.receipt_due_at.is_not(None) & q.receipt_warn_at.is_(None)
    return sa.or_(is_late, sa.and_(q.receipt_next == "", silent))


def _is_baseless() -> sa.ColumnElement[bool]:
    """Whether the money that it asks for is traced to its account no more."""
    q = _Q.c
    live = q.state.in_(AT_HOME | UNDER_WAY | CARRIED_OUT) & q.wanted.in_(_OF_MONEY)
    return sa.and_(live, q.claim_minor > 0, _ASSET.c.traced_minor <= 0)


def _asks_too_much() -> sa.ColumnElement[bool]:
    """Whether it is noted that it asks for more than it may, and no version follows that is open.

    What waits for a second person with nothing left to ask for is denied by that one.
    """
    q, is_open = _Q.c, AT_HOME | UNDER_WAY | CARRIED_OUT
    of_people = q.route == RequestRoute.PEOPLE
    can_act = sa.or_(q.most_minor > 0, of_people, q.state.in_((_S.DRAFT, _S.NEEDS_INFO)))
    live = q.state.in_(is_open) & q.wanted.in_(_OF_MONEY)
    return sa.and_(live, q.most_minor.is_not(None), can_act, sa.not_(_is_followed()))


def _turn() -> sa.ColumnElement[str]:
    q = _Q.c
    by_people = q.route == RequestRoute.PEOPLE
    has_rung = q.rung > q.rung_done
    is_due = has_rung & sa.not_(_on_its_way(MessageKind.REMINDER))
    ours = sa.or_(
        q.state.in_((_S.DRAFT, _S.NEEDS_INFO)),
        sa.and_(q.state == _S.CONDITIONAL, q.assurance == ""),
        sa.and_(by_people, _is_baseless()),
        _asks_too_much(),
        sa.and_(
            by_people,
            q.state != _S.CONDITIONAL,
            sa.or_(
                sa.and_(q.state == _S.APPROVED, q.sent_by == ""),
                _owes_word(),
                sa.and_(q.state.in_(UNDER_WAY), sa.or_(is_due, _is_undelivered())),
                sa.and_(
                    q.state.in_((_S.REFUSED, _S.EXPIRED)), q.chosen == "", sa.not_(_has_next())
                ),
                sa.and_(q.state.in_(CARRIED_OUT), has_rung, sa.not_(_is_followed())),
            ),
        ),
    )
    second = sa.or_(q.state == _S.PENDING_APPROVAL, q.state == _S.CONDITIONAL)
    return sa.case((ours, Turn.OURS), (second, Turn.SECOND), else_=Turn.THEIRS)


def _ours() -> sa.Select[tuple[object, ...]]:
    q = _Q.c
    return (
        sa.select(
            sa.literal(Way.OUT).label("way"), q.id, _Q.c.recovery_id, _R.c.ref,
            _ASSET.c.regime.label("country"), q.channel,
            sa.case((q.authority != "", q.authority), else_=q.partner_id).label("authority"),
            q.wanted, sa.cast(q.state, sa.String).label("state"),
            q.requested_minor.label("minor"), q.currency,
            sa.func.coalesce(q.review_at, q.due_at, q.hold_ends_at).label("due_at"),
            _R.c.owner_id.label("owner"), q.version, q.reason,
            _turn().label("turn"),
            sa.and_(
                _R.c.state.not_in(CLOSED_RECOVERIES), q.state.in_(AT_HOME | UNDER_WAY | CARRIED_OUT)
            ).label("runs"),
        )
        .join(_R, _R.c.id == q.recovery_id)
        .join(_ASSET, _ASSET.c.id == q.asset_id)
    )  # fmt: skip


def _theirs() -> sa.Select[tuple[object, ...]]:
    i = _IN.c
    is_open = i.state.in_(OPEN_INCOMING)
    waits = i.state.in_((_I.ANSWER_PENDING, _I.REFUSAL_PENDING))
    return sa.select(
        sa.literal(Way.IN), i.id, sa.literal(""), i.ref, i.from_state, i.channel, i.asked_by,
        i.wanted, sa.cast(i.state, sa.String), sa.literal(0), sa.literal(""), i.due_at,
        i.owner_id, sa.literal(1), i.ground,
        sa.case((waits, Turn.SECOND), (is_open, Turn.OURS), else_=Turn.THEIRS), is_open,
    )  # fmt: skip


LINES = sa.union_all(_ours(), _theirs()).subquery("request_lines")
"""One row a request; `runs` is false of those that have ended, `turn` is one of `Turn`."""

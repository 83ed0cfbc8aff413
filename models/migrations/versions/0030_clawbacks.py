"""money of a payout called back: ordered and given up by two people; classes of claims

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def _yes(subject: str, action: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = {subject} "
        f"AND v.action = '{action}' AND v.state = 'approved' AND v.decided_by <> '' "
        "AND v.decided_by <> v.asked_by)"
    )


_OF_PAYOUT = "FROM clawback c WHERE c.payout_id = NEW.payout_id AND c.id <> NEW.id"
_CAME = (
    "(SELECT COALESCE(SUM(h.requested_minor), 0) FROM hold h JOIN clawback c ON c.id = h.return_id "
    "WHERE c.payout_id = NEW.id AND h.kind = 'custody' "
    "AND h.state NOT IN ('pending_approval', 'denied', 'cancelled'))"
)
_LOST = (
    "(SELECT COALESCE(SUM(c.amount_minor), 0) FROM clawback c WHERE c.payout_id = NEW.id "
    f"AND c.ground = 'wrong_payee' AND c.state IN ('written_off', 'received') AND {_yes('c.id', 'clawback_write_off')})"
)
_ORDERED = (
    "(SELECT COALESCE(SUM(c.amount_minor), 0) FROM clawback c WHERE c.payout_id = NEW.id "
    f"AND {_yes('c.id', 'clawback')})"
)

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'clawback_begins_unconfirmed', 'clawback', 'INSERT',
        "NEW.state <> 'asked' OR NEW.amount_minor <= 0 OR NEW.amount_minor + "
        f"(SELECT COALESCE(SUM(c.amount_minor), 0) {_OF_PAYOUT} AND c.state <> 'denied') > "
        "COALESCE((SELECT p.settled_minor FROM payout p WHERE p.id = NEW.payout_id "
        "AND p.state = 'settled'), 0)",
        'no more of a payout is called back than was paid',
    ),
    (
        'clawback_takes_two', 'clawback', 'UPDATE OF state',
        f"(OLD.state IN ('asked', 'denied') AND NEW.state NOT IN ('asked', 'denied') AND NOT {_yes('NEW.id', 'clawback')}) "
        f"OR (NEW.state = 'written_off' AND OLD.state <> 'written_off' AND NOT {_yes('NEW.id', 'clawback_write_off')})",
        'a clawback is ordered, and given up, by two people',
    ),
    (
        'clawback_is_fixed', 'clawback',
        'UPDATE OF amount_minor, currency, payout_id, claim_id, ground',
        'NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency '
        'OR NEW.payout_id <> OLD.payout_id OR NEW.claim_id <> OLD.claim_id '
        'OR NEW.ground <> OLD.ground',
        'a clawback is fixed: another sum is another order',
    ),
    (
        'payout_clawed_by_what_came', 'payout', 'UPDATE OF clawed_minor',
        'NEW.clawed_minor <> OLD.clawed_minor AND (NEW.clawed_minor < OLD.clawed_minor '
        f'OR NEW.clawed_minor > {_CAME} + {_LOST} OR NEW.clawed_minor > {_ORDERED})',
        'of a payout is gone what came back by an order, or was given up by two people',
    ),
)  # fmt: skip


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def upgrade() -> None:
    op.add_column(
        'payout', sa.Column('clawed_minor', sa.BigInteger(), nullable=False, server_default='0')
    )
    op.add_column(
        'claim', sa.Column('priority', AutoString(length=40), nullable=False, server_default='')
    )
    op.add_column(
        'claim', sa.Column('priority_rank', sa.Integer(), nullable=False, server_default='0')
    )
    op.create_table(
        'clawback',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('payout_id', 64),
        _text('claim_id', 64),
        sa.Column('ground', sa.String(length=24), nullable=False),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        _text('currency', 3),
        _text('asked_by', 64),
        sa.Column('asked_at', UTCDateTime(), nullable=False),
        sa.Column('due_at', UTCDateTime(), nullable=True),
        _text('law_row', 64),
        _text('reason', 64),
        _text('write_off_reason', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['payout_id'], ['payout.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'payout_id', 'claim_id', 'state'):
        op.create_index(f'ix_clawback_{column}', 'clawback', [column])
    for guard in _GUARDS:
        _make_guard(*guard)


def _make_guard(name: str, table: str, event: str, refused: str, sentence: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    # A condition of a trigger of PostgreSQL may not read other tables: its function does.
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for name, table, *_ in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')
    op.drop_table('clawback')
    op.drop_column('payout', 'clawed_minor')
    op.drop_column('claim', 'priority')
    op.drop_column('claim', 'priority_rank')

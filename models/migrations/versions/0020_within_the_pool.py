"""objections; payouts over the pool, and orders without a second person's yes, are refused

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

_PAID_ELSE = (
    "(SELECT COALESCE(SUM(p.amount_minor), 0) FROM payout p WHERE p.allocation_id = "
    "NEW.allocation_id AND p.state <> 'cancelled' AND p.id <> NEW.id)"
)
_OVER_POOL = (
    f"{_PAID_ELSE} + NEW.amount_minor > "
    "(SELECT a.pool_minor FROM allocation a WHERE a.id = NEW.allocation_id)"
)
_NO_YES = (
    "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.allocation_id "
    "AND v.action = 'return' AND v.state = 'approved' AND v.decided_by <> '' "
    "AND v.decided_by <> v.asked_by)"
)
_HELD = (
    "(SELECT COALESCE(SUM(t.claim_minor), 0) FROM posting t WHERE t.recovery_id = "
    "NEW.recovery_id AND t.account = 'held' AND t.asset_id = NEW.asset_id)"
)

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'payout_new_within_pool', 'payout', 'INSERT',
        f"NEW.amount_minor <= 0 OR NEW.state <> 'prepared' OR {_OVER_POOL}",
        'a payout starts prepared, above zero and within the pool of its allocation',
    ),
    (
        'payout_stays_within_pool', 'payout', 'UPDATE OF amount_minor, allocation_id, state',
        f"NEW.state <> 'cancelled' AND {_OVER_POOL}",
        'the payouts of an allocation stay within its pool',
    ),
    (
        'payout_takes_two', 'payout', 'UPDATE OF state',
        f"NEW.state = 'instructed' AND OLD.state <> 'instructed' AND {_NO_YES}",
        'a payout is ordered after a second person has approved its allocation',
    ),
    (
        'allocation_within_held', 'allocation', 'INSERT', f"NEW.pool_minor > {_HELD}",
        'the pool of an allocation is held money of its account',
    ),
    (
        'allocation_pool_is_fixed', 'allocation', 'UPDATE OF pool_minor, currency, asset_id',
        'NEW.pool_minor <> OLD.pool_minor OR NEW.currency <> OLD.currency '
        'OR NEW.asset_id <> OLD.asset_id',
        'the pool of an allocation is fixed: another pool is another round',
    ),
)  # fmt: skip


def upgrade() -> None:
    op.add_column('claim', sa.Column('decided_minor', sa.BigInteger(), nullable=True))
    op.add_column('claim', sa.Column('appeal_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    _make_objections()
    _make_guards()


def _make_objections() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        'objection',
        sa.Column('id', text(length=64), nullable=False),
        sa.Column('recovery_id', text(length=64), nullable=False),
        sa.Column('state', sa.String(length=24), nullable=False),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('claim_id', text(length=64), nullable=False),
        sa.Column('allocation_id', text(length=64), nullable=False),
        sa.Column('entered_by', text(length=64), nullable=False),
        sa.Column('entered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('reason', text(length=64), nullable=False),
        sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('law_row', text(length=64), nullable=False),
        sa.Column('decided_by', text(length=64), nullable=False),
        sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('decision_reason', text(length=64), nullable=False),
        sa.Column('loss_minor', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_objection_recovery_id', 'objection', ['recovery_id'])
    op.create_index('ix_objection_state', 'objection', ['state'])


def _make_guards() -> None:
    for name, table, event, refused, sentence in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
            continue
        # A condition of a trigger of PostgreSQL may not read other tables: its function does.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
            "RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    _drop_guards()
    op.drop_table('objection')
    op.drop_column('claim', 'appeal_until')
    op.drop_column('claim', 'decided_minor')


def _drop_guards() -> None:
    for name, table, *_ in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')

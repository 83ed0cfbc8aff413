"""counts by the hour and by partner, pending approvals and unanswered orders are kept with the queue

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0062'
down_revision = '0061'
branch_labels = None
depends_on = None

_OPEN = sa.text("(state IN ('planned', 'sent', 'unknown'))")
_UNANSWERED = sa.text('(unanswered > 0)')
_NEW = ('hour ', 'calls ')
_ORDERS = (
    ('ix_pending_approval_due', ['is_undue', 'at', 'ref', 'id']),
    ('ix_pending_approval_ref', ['ref', 'is_undue', 'at', 'id']),
    ('ix_pending_approval_act', ['action', 'is_undue', 'at', 'ref', 'id']),
    ('ix_pending_approval_by', ['asked_by', 'is_undue', 'at', 'ref', 'id']),
    ('ix_pending_approval_recovery_id', ['recovery_id']),
)


def upgrade() -> None:
    # What stands in them is no fact: `models.migrate.upgrade` works out all of it anew.
    op.create_table(
        'pending_approval',
        sa.Column('id', AutoString(length=64), nullable=False),
        sa.Column('recovery_id', AutoString(length=64), nullable=False),
        sa.Column('is_undue', sa.Boolean(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.Column('ref', AutoString(length=24), nullable=False),
        sa.Column('action', AutoString(length=40), nullable=False),
        sa.Column('asked_by', AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    for name, columns in _ORDERS:
        op.create_index(name, 'pending_approval', columns, unique=False)
    op.create_index(
        'ix_call_waits', 'call', ['partner_id', 'planned_at', 'id'],
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )
    op.execute('DELETE FROM queue_entry')
    op.add_column('queue_entry', sa.Column('unanswered', sa.Integer(), nullable=False))
    op.add_column('queue_entry', sa.Column('step_wording', AutoString(), nullable=False))
    op.create_index(
        'ix_queue_entry_unanswered', 'queue_entry', ['id'],
        sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED,
    )
    # PostgreSQL has no room for a text of any length in an index.
    if op.get_bind().dialect.name == 'sqlite':
        op.create_index(
            'ix_queue_entry_step', 'queue_entry',
            ['step_wording', 'lane', 'at', 'reported_at', 'id'], unique=False,
        )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == 'sqlite':
        op.drop_index('ix_queue_entry_step', table_name='queue_entry')
    op.drop_index('ix_queue_entry_unanswered', table_name='queue_entry')
    op.drop_column('queue_entry', 'step_wording')
    op.drop_column('queue_entry', 'unanswered')
    op.drop_index('ix_call_waits', table_name='call')
    op.drop_table('pending_approval')
    # The version before would find that its own counts are contradicted by these.
    for row in bind.execute(sa.text('SELECT id, figures FROM queue_entry')).all():
        left = {k: v for k, v in json.loads(row.figures).items() if not k.startswith(_NEW)}
        bind.execute(
            sa.text('UPDATE queue_entry SET figures = :figures WHERE id = :id'),
            {'id': row.id, 'figures': json.dumps(left, separators=(',', ':'), sort_keys=True)},
        )
    bind.execute(sa.text("DELETE FROM tally WHERE name LIKE 'hour %' OR name LIKE 'calls %'"))

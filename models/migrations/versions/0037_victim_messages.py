"""messages to victims: what was sent at each stage; by when the next is due

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def upgrade() -> None:
    op.add_column('recovery', sa.Column('victim_due_at', UTCDateTime(), nullable=True))
    op.create_table(
        'victim_message',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('claim_id', 64),
        sa.Column('stage', sa.String(length=24), nullable=False),
        sa.Column('since', UTCDateTime(), nullable=False),
        sa.Column('due_at', UTCDateTime(), nullable=True),
        _text('law_row', 64),
        _text('language', 8),
        _text('text', 64),
        _text('reason', 64),
        _text('sent_by', 64),
        sa.Column('sent_at', UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'claim_id'):
        op.create_index(f'ix_victim_message_{column}', 'victim_message', [column])


def downgrade() -> None:
    op.drop_table('victim_message')
    op.drop_column('recovery', 'victim_due_at')

"""the queue's order and all counts and sums are kept with the writes

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # `models.migrate.upgrade` fills both, by the rules of the version that it belongs to.
    op.create_table(
        'queue_entry',
        sa.Column('id', AutoString(length=64), nullable=False),
        sa.Column('lane', sa.Integer(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        sa.Column('reported_at', UTCDateTime(), nullable=False),
        sa.Column('waits_for', AutoString(length=24), nullable=False),
        sa.Column('waits_since', UTCDateTime(), nullable=True),
        sa.Column('loss_minor', sa.BigInteger(), nullable=False),
        sa.Column('victims', sa.Integer(), nullable=False),
        sa.Column('sought', AutoString(), nullable=False),
        sa.Column('sent_seconds', sa.Integer(), nullable=True),
        sa.Column('figures', AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(
        'ix_queue_entry_order', 'queue_entry', ['lane', 'at', 'reported_at', 'id'], unique=False
    )
    op.create_index(
        'ix_queue_entry_waits', 'queue_entry', ['waits_for', 'waits_since'], unique=False
    )
    op.create_index('ix_queue_entry_sent', 'queue_entry', ['sent_seconds'], unique=False)
    op.create_table(
        'tally',
        sa.Column('name', AutoString(length=80), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )


def downgrade() -> None:
    op.drop_table('tally')
    op.drop_table('queue_entry')

"""how officers log in where no system user vouches for them, and how often it went wrong

Revision ID: 0047
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0047'
down_revision = '0045'
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def upgrade() -> None:
    op.create_table(
        'log_in',
        _text('id', 64),
        _text('officer_id', 64),
        _text('state', 24),
        _text('secrets_sealed'),
        _text('secrets_digest', 64),
        sa.Column('has_second_factor', sa.Boolean(), nullable=False),
        sa.Column('step_used', sa.Integer(), nullable=False),
        _text('row_seal', 64),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_log_in_officer_id', 'log_in', ['officer_id'])
    op.create_table(
        'log_in_tries',
        _text('name', 64),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('not_before', UTCDateTime(), nullable=True),
        sa.Column('tried_at', UTCDateTime(), nullable=False),
        _text('row_seal', 64),
        sa.PrimaryKeyConstraint('name'),
    )


def downgrade() -> None:
    op.drop_table('log_in_tries')
    op.drop_table('log_in')

"""messages about requests abroad that go over the connection of another State's body

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _word(name: str) -> sa.Column:
    return sa.Column(name, sa.String(length=24), nullable=False)


def upgrade() -> None:
    op.create_table(
        'request_message',
        _text('id', 64), _text('recovery_id', 64), _word('state'), _text('request_id', 64),
        _word('kind'), _text('language', 8), _text('letter', 64), _text('written_by', 64),
        sa.Column('written_at', UTCDateTime(), nullable=False),
        sa.Column('received_minor', sa.BigInteger(), nullable=False),
        sa.Column('rung', sa.Integer(), nullable=False),
        sa.Column('delivered_at', UTCDateTime(), nullable=True),
        _text('proof', 64), _text('reason', 200),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['request_id'], ['request.id']),
        sa.PrimaryKeyConstraint('id'),
    )  # fmt: skip
    for column in ('recovery_id', 'request_id'):
        op.create_index(f'ix_request_message_{column}', 'request_message', [column])


def downgrade() -> None:
    op.drop_table('request_message')

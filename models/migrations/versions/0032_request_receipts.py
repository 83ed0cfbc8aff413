"""delivery receipts of requests abroad, each a row of its own

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def upgrade() -> None:
    op.create_table(
        'request_receipt',
        _text('id', 64), _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('request_id', 64), _text('kind', 40),
        sa.Column('force', sa.Integer(), nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
        _text('proof', 64), _text('entered_by', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['request_id'], ['request.id']),
        sa.PrimaryKeyConstraint('id'),
    )  # fmt: skip
    for column in ('recovery_id', 'request_id'):
        op.create_index(f'ix_request_receipt_{column}', 'request_receipt', [column])


def downgrade() -> None:
    op.drop_table('request_receipt')

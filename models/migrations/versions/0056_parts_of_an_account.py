"""which part of an account's money a request asks for, what the trace supports of it, what it may ask, and when it first left

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from models.migrations.from_events import refill


revision = '0056'
down_revision = '0055'
branch_labels = None
depends_on = None

# All requests of earlier versions for one account counted as asking for the same money: they stay
# one part. What the trace supported on the day of their draft is not known: they have none of it.


def _columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column('account_part', sa.Integer(), nullable=False, server_default='1'),
        sa.Column('supported_minor', sa.BigInteger(), nullable=True),
        sa.Column('most_minor', sa.BigInteger(), nullable=True),
        sa.Column('tried_at', UTCDateTime(), nullable=True),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column('request', column)
    # Known again where a database was taken back to an earlier version meanwhile.
    refill('request', _columns())


def downgrade() -> None:
    for column in reversed(_columns()):
        op.drop_column('request', column.name)

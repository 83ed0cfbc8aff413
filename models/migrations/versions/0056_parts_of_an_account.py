"""which part of an account's money a request asks for, what the trace supports of it, what it may ask, and when it first left

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime


revision = '0056'
down_revision = '0055'
branch_labels = None
depends_on = None

# All requests of earlier versions for one account counted as asking for the same money: they stay
# one part. What the trace supported on the day of their draft is not known: they have none of it.
_SUMS = ('supported_minor', 'most_minor')


def upgrade() -> None:
    op.add_column(
        'request', sa.Column('account_part', sa.Integer(), nullable=False, server_default='1')
    )
    for name in _SUMS:
        op.add_column('request', sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column('request', sa.Column('tried_at', UTCDateTime(), nullable=True))


def downgrade() -> None:
    for name in ('tried_at', *_SUMS, 'account_part'):
        op.drop_column('request', name)

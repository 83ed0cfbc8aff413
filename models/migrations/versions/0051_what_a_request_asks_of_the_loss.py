"""which part of the loss a request asked for, and what had come back from its account by then

Revision ID: 0051
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.from_events import refill


revision = '0051'
down_revision = '0049'
branch_labels = None
depends_on = None

# Requests of earlier versions have 0 in both: their part of the loss is that of the present trace,
# and what came back from their account is taken to have come after they were sent.


def _columns() -> tuple[sa.Column, ...]:
    return tuple(
        sa.Column(name, sa.BigInteger(), nullable=False, server_default='0')
        for name in ('claim_minor', 'came_minor')
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column('request', column)
    # Known again where a database was taken back to an earlier version meanwhile.
    refill('request', _columns())


def downgrade() -> None:
    for column in _columns():
        op.drop_column('request', column.name)

"""which part of the loss a request asked for, and what had come back from its account by then

Revision ID: 0051
Revises: 0049
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0051'
down_revision = '0049'
branch_labels = None
depends_on = None

# Requests of earlier versions have 0 in both: their part of the loss is that of the present trace,
# and what came back from their account is taken to have come after they were sent.
_COLUMNS = ('claim_minor', 'came_minor')


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column(
            'request', sa.Column(name, sa.BigInteger(), nullable=False, server_default='0')
        )


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column('request', name)

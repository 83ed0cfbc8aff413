"""what a bank says that it credited to a payee, beside what was ordered and what it debited

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows of earlier versions keep an empty currency: the bank's own figure was not kept then.
    op.add_column(
        'payout',
        sa.Column('settled_minor', sa.BigInteger(), nullable=False, server_default='0'),
    )
    op.add_column(
        'payout',
        sa.Column(
            'settled_currency',
            sqlmodel.sql.sqltypes.AutoString(length=3),
            nullable=False,
            server_default='',
        ),
    )


def downgrade() -> None:
    op.drop_column('payout', 'settled_currency')
    op.drop_column('payout', 'settled_minor')

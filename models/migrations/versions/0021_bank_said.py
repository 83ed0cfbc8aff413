"""what a bank stated last of a hold and of a payout, to tell a statement that is changed afterwards

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what was stated before this version it is not known: it is compared from the next one on.
    for table in ('hold', 'payout'):
        op.add_column(
            table,
            sa.Column(
                'bank_said', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False,
                server_default='',
            ),
        )
    op.add_column(
        'payout', sa.Column('bank_said_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
    )


def downgrade() -> None:
    op.drop_column('payout', 'bank_said_at')
    for table in ('payout', 'hold'):
        op.drop_column(table, 'bank_said')

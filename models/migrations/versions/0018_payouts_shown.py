"""what of our payouts a bank's figure of a hold shows already

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of earlier payouts it is not known: so much of a later fall counts as explained by them.
    op.add_column(
        'hold',
        sa.Column('payouts_shown_minor', sa.BigInteger(), nullable=False, server_default='0'),
    )


def downgrade() -> None:
    op.drop_column('hold', 'payouts_shown_minor')

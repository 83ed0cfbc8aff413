"""what a bank holds in another currency than the account's; how far a partner's feed was read

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'hold', sa.Column('foreign_minor', sa.BigInteger(), nullable=False, server_default='0')
    )
    kind = sqlmodel.sql.sqltypes.AutoString(length=3)
    op.add_column(
        'hold', sa.Column('foreign_currency', kind, nullable=False, server_default='')
    )
    op.add_column(
        'partner',
        sa.Column('feed_read_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    )


def downgrade() -> None:
    op.drop_column('partner', 'feed_read_at')
    op.drop_column('hold', 'foreign_currency')
    op.drop_column('hold', 'foreign_minor')

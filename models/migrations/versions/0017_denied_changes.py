"""why a change of the registers was denied

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'register_change',
        sa.Column('reason_sealed', AutoString(), nullable=False, server_default=''),
    )


def downgrade() -> None:
    op.drop_column('register_change', 'reason_sealed')

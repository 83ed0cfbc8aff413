"""requests abroad that go over the connection of another State's body

Revision ID: 0041
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


revision = '0041'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (('carrier_id', 64), ('carrier_ref', 128)):
        op.add_column(
            'request',
            sa.Column(name, AutoString(length=length), nullable=False, server_default=''),
        )
    op.add_column(
        'request', sa.Column('answers_read', sa.Integer(), nullable=False, server_default='0')
    )


def downgrade() -> None:
    for name in ('carrier_id', 'carrier_ref', 'answers_read'):
        op.drop_column('request', name)

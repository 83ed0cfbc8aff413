"""whether a bank may have an order of which no attempt has told it: only such a one is followed on

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An order whose outcome is open now is in a state of its own, and told apart by that.
    op.add_column(
        'call', sa.Column('may_have_arrived', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column('call', 'may_have_arrived')

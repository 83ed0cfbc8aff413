"""what runs out of a recovery is kept with its row of the queue

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


revision = '0061'
down_revision = '0060'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not known: only rules can tell it. `recovery init` asks them after the upgrade.
    op.add_column('queue_entry', sa.Column('deadlines', AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column('queue_entry', 'deadlines')

"""a partner's last trouble by its code, beside the sentence

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An error that stands there already keeps its sentence; its code comes with the next contact.
    op.add_column(
        'partner',
        sa.Column(
            'last_trouble',
            sqlmodel.sql.sqltypes.AutoString(length=24),
            nullable=False,
            server_default='',
        ),
    )


def downgrade() -> None:
    op.drop_column('partner', 'last_trouble')

"""what a return decision and a title check rest on: a change of it ends them

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows of earlier versions keep an empty basis: what is not paid yet is decided anew.
    op.add_column('allocation', _text('basis', 300))
    op.add_column('asset', _text('title_basis', 64))


def _text(name: str, length: int) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default='')


def downgrade() -> None:
    op.drop_column('asset', 'title_basis')
    op.drop_column('allocation', 'basis')

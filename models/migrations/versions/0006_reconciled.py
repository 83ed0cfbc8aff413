"""partners: why contacts were shown, to which day the books were compared, what differed then

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default='')


def _columns() -> list[sa.Column]:
    return [
        _text('reveal_sealed'), _text('disagreement', 300),
        sa.Column('reconciled_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column('partner', column)


def downgrade() -> None:
    for column in _columns():
        op.drop_column('partner', column.name)

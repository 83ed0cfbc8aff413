"""the line to a bank: who we are to it, its TLS files, its circuit breaker

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default='')


def _columns() -> list[sa.Column]:
    return [
        _text('client_id', 128), _text('ca_path', 200), _text('cert_path', 200),
        _text('cert_key_path', 200),
        sa.Column('breaker_failures', sa.Integer(), nullable=False, server_default='0'),
        sa.Column('breaker_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column('partner', column)


def downgrade() -> None:
    for column in _columns():
        op.drop_column('partner', column.name)

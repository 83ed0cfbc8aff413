"""holds of every kind: renewals, reminders, parts let go, empty accounts watched

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default='')


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default='0')


def _minor(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default='0')


def _instant(name: str) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)


def _columns() -> dict[str, list[sa.Column]]:
    return {
        'hold': [
            _instant('term_from'), _text('renewal', 12), _whole('renewals'),
            _whole('reminded_hours'), _instant('escalated_at'), _instant('release_due_at'),
            _minor('releasing_minor'), _minor('complained_minor'), _text('scope_reason', 64),
            _text('lapse_seen_by', 64),
        ],
        'asset': [
            _text('watch', 8), _instant('watch_until'), _instant('watch_due_at'),
            _whole('watch_looks'),
        ],
    }


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    # Not in batches: they would make the table anew, and others refer to it.
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)

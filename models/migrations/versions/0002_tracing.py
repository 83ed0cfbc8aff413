"""tracing by a chosen rule, and statements from files

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def _text(name: str, length: int, default: str = '') -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default=default)


def _minor(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default='0')


def _truth(name: str, default: bool) -> sa.Column[bool]:
    value = sa.true() if default else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=value)


def _columns() -> dict[str, list[sa.Column]]:
    return {
        'recovery': [
            _text('tracing_among', 24), _text('tracing_reason', 64), _text('asked_rule', 24),
            _text('asked_among', 24), _text('asked_reason', 64), _minor('asked_moved_minor'),
        ],
        'statement': [_text('origin', 16, 'api'), _truth('is_complete', True), _minor('gap_minor')],
        'statement_line': [
            _text('bank_reference', 80), _truth('is_dated', False), _truth('is_reversal', False),
            _text('origin', 16, 'api'),
        ],
        'partner': [_text('codes', 200)],
    }


def upgrade() -> None:
    # Every new column has the value that it would have had: rows made before stay as told.
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    # Not in batches: they would make the table anew, and others refer to it.
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)

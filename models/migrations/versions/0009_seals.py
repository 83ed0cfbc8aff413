"""rows that no event makes are sealed, and counted table by table; events found by subject

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_SEALED = (
    'account', 'party', 'document', 'statement_line', 'counter', 'beat', 'recovery', 'call',
    'partner',
)


def _text(name: str, length: int, **more: object) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, **more)


def upgrade() -> None:
    for table in _SEALED:
        op.add_column(table, _text('row_seal', 64, server_default=''))
    op.create_table(
        'table_seal',
        _text('name', 40), sa.Column('rows', sa.Integer(), nullable=False), _text('sum', 64),
        sa.Column('revision', sa.Integer(), nullable=False), _text('row_seal', 64),
        sa.PrimaryKeyConstraint('name'),
    )
    op.create_index('ix_event_subject', 'event', ['subject_id', 'seq'])
    op.create_index('ix_recovery_joined', 'recovery', ['joined_into'])


def downgrade() -> None:
    op.drop_index('ix_recovery_joined', table_name='recovery')
    op.drop_index('ix_event_subject', table_name='event')
    op.drop_table('table_seal')
    for table in _SEALED:
        op.drop_column(table, 'row_seal')

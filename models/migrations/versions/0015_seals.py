"""rows that no event makes are sealed; the mark, the clock and changes of registers have events

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_SEALED = (
    'account', 'party', 'document', 'statement_line', 'line_import', 'counter', 'beat', 'recovery',
    'call', 'partner',
)

_OF_CLAIM = (
    ('payout_reason', 64), ('payout_changed_by', 64), ('asked_account_id', 64),
    ('asked_reason', 64), ('asked_by', 64),
)


def _text(name: str, length: int, **more: object) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, **more)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    for table in _SEALED:
        op.add_column(table, _text('row_seal', 64, server_default=''))
    op.create_table(
        'table_seal',
        _text('name', 40), sa.Column('rows', sa.Integer(), nullable=False), _text('sum', 64),
        sa.Column('revision', sa.Integer(), nullable=False), _text('row_seal', 64),
        sa.PrimaryKeyConstraint('name'),
    )
    for column, length in _OF_CLAIM:
        op.add_column('claim', _text(column, length, server_default=''))
    # Where case time stood was in no event; it stood in demos only, which are made anew.
    op.drop_table('case_clock')
    op.create_table(
        'case_clock',
        _text('id', 64), sa.Column('state', sa.String(length=24), nullable=False),
        _instant('stands_at', nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'installation',
        _text('id', 64), sa.Column('state', sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'register_change',
        _text('id', 64), sa.Column('act', sa.String(length=24), nullable=False),
        _text('subject_id', 64),
        sa.Column('values_sealed', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        _text('values_digest', 64), _text('basis_digest', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('asked_by', 64), _instant('asked_at', nullable=False), _text('decided_by', 64),
        _instant('decided_at'),
        sa.ForeignKeyConstraint(['asked_by'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(op.f('ix_register_change_state'), 'register_change', ['state'])
    op.create_index('ix_event_subject', 'event', ['subject_id', 'seq'])
    op.create_index('ix_recovery_joined', 'recovery', ['joined_into'])


def downgrade() -> None:
    op.drop_index('ix_recovery_joined', table_name='recovery')
    op.drop_index('ix_event_subject', table_name='event')
    op.drop_table('register_change')
    op.drop_table('installation')
    op.drop_table('case_clock')
    op.create_table(
        'case_clock',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('running', sa.Boolean(), nullable=False),
        _instant('stands_at'),
        sa.PrimaryKeyConstraint('id'),
    )
    op.drop_table('table_seal')
    for column, _ in _OF_CLAIM:
        op.drop_column('claim', column)
    for table in _SEALED:
        op.drop_column(table, 'row_seal')

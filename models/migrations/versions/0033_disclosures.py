"""who saw or wrote out personal data; a look at a recovery is no act about it

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

_BEFORE = (
    "(role <> 'engine' OR (noun NOT IN ('call', 'statement', 'trace')"
    " AND (old_state IS NULL OR old_state <> new_state)))"
)
_DONE = f"(noun <> 'disclosure' AND {_BEFORE})"


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _index_of_done(where: str) -> None:
    op.drop_index('ix_event_done', table_name='event')
    condition = sa.text(where)
    op.create_index(
        'ix_event_done', 'event', ['recovery_id', 'at'],
        sqlite_where=condition, postgresql_where=condition,
    )  # fmt: skip


def upgrade() -> None:
    op.create_table(
        'disclosure',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('kind', sa.String(length=24), nullable=False),
        _text('subject_id', 64),
        _text('what', 400),
        sa.Column('reason_sealed', AutoString(), nullable=False),
        _text('digest', 64),
        _text('disclosed_by', 64),
        sa.Column('disclosed_at', UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['disclosed_by'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_disclosure_recovery_id', 'disclosure', ['recovery_id'])
    _index_of_done(_DONE)


def downgrade() -> None:
    _index_of_done(_BEFORE)
    op.drop_table('disclosure')

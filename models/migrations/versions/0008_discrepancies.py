"""what contradicts the records of a recovery, until a person has looked at it

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        'discrepancy',
        _text('id', 64), _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('subject_noun', sa.String(length=24), nullable=False),
        _text('subject_id', 64), _text('asset_id', 64), _text('claim_id', 64),
        sa.Column('expected_minor', sa.BigInteger(), nullable=True),
        _text('expected_currency', 3),
        sa.Column('stated_minor', sa.BigInteger(), nullable=True),
        _text('stated_currency', 3), _text('detail', 300), _text('mark', 80),
        _instant('found_at', nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        _instant('retry_at'), _text('resolved_by', 64), _instant('resolved_at'),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(op.f('ix_discrepancy_recovery_id'), 'discrepancy', ['recovery_id'])
    op.create_index(op.f('ix_discrepancy_state'), 'discrepancy', ['state'])


def downgrade() -> None:
    op.drop_table('discrepancy')

"""claims found by their payment's reference and by their victim's account

Revision ID: 0007
Revises: 0005
"""

from __future__ import annotations

from alembic import op


revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None

_COLUMNS = ('end_to_end_id', 'victim_account_id')


def upgrade() -> None:
    for name in _COLUMNS:
        op.create_index(f'ix_claim_{name}', 'claim', [name])


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_index(f'ix_claim_{name}', table_name='claim')

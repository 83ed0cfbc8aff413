"""claims found by their payment's reference and by their victim's account

Revision ID: 0007
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_claim_victim_account_id', 'claim', ['victim_account_id'])
    # Not everybody keeps the small letters of a UETR.
    op.create_index('ix_claim_payment', 'claim', [sa.text('lower(end_to_end_id)')])


def downgrade() -> None:
    op.drop_index('ix_claim_payment', table_name='claim')
    op.drop_index('ix_claim_victim_account_id', table_name='claim')

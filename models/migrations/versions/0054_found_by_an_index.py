"""what a filter and a search ask for in small letters is found by an index; assets by their bank

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0054'
down_revision = '0053'
branch_labels = None
depends_on = None


# Nobody types a reference in the letters in which its bank or its portal writes it.
_FOUND_BY = (
    ('ix_account_tail', 'account', 'lower(tail)'),
    ('ix_claim_external_ref', 'claim', 'lower(external_ref)'),
    ('ix_hold_bank_ref', 'hold', 'lower(bank_ref)'),
    ('ix_payout_bank_ref', 'payout', 'lower(bank_ref)'),
)


def upgrade() -> None:
    for name, table, by in _FOUND_BY:
        op.create_index(name, table, [sa.text(by)])
    op.create_index('ix_asset_partner_id', 'asset', ['partner_id'])


def downgrade() -> None:
    op.drop_index('ix_asset_partner_id', table_name='asset')
    for name, table, _ in _FOUND_BY:
        op.drop_index(name, table_name=table)

"""requests from abroad, answered by two people; the directory of authorities

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

_TEXTS = {
    'id': 64, 'ref': 24, 'from_state': 8, 'asked_by': 200, 'their_ref': 80, 'channel': 24,
    'wanted': 24, 'law': 8, 'basis': 200, 'clock': 64, 'owner_id': 64, 'account_id': 64,
    'bank': 64, 'ground': 40, 'answer_digest': 64, 'answered_by': 64, 'confirmed_by': 64,
}  # fmt: skip
_AUTHORITY = {
    'id': 64, 'state': 24, 'country': 8, 'name': 200, 'role': 80, 'channels': 200,
    'languages': 80, 'holidays': 80, 'attachments': 200, 'address': 400, 'source': 200,
    'checked_on': 12,
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        'incoming_request',
        *(sa.Column(n, AutoString(length=length), nullable=False) for n, length in _TEXTS.items()),
        sa.Column('state', sa.String(length=24), nullable=False),
        sa.Column('received_at', UTCDateTime(), nullable=False),
        *(
            sa.Column(n, UTCDateTime(), nullable=True)
            for n in ('due_at', 'acknowledged_at', 'closed_at')
        ),
        *(
            sa.Column(n, AutoString(), nullable=False)
            for n in ('purpose_sealed', 'account_sealed', 'answer_sealed', 'denial_sealed')
        ),
        sa.UniqueConstraint('ref'),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'authority',
        *(sa.Column(n, AutoString(length=size), nullable=False) for n, size in _AUTHORITY.items()),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('state', 'account_id'):
        op.create_index(f'ix_incoming_request_{column}', 'incoming_request', [column])


def downgrade() -> None:
    op.drop_table('authority')
    op.drop_table('incoming_request')

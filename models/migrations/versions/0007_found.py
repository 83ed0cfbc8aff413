"""claims found by payment and by victim's account; events of doing and of sending by recovery

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


# As they were written with this migration; `models.entities.ledger` says what they mean.
_DONE = (
    "(role <> 'engine' OR (noun NOT IN ('call', 'statement', 'trace')"
    " AND (old_state IS NULL OR old_state <> new_state)))"
)
_SENT = "(noun = 'call' AND event = 'sent')"


def _on_events(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, 'event', columns, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    _on_events('ix_event_done', ['recovery_id', 'at'], _DONE)
    _on_events('ix_event_sent', ['recovery_id', 'at', 'subject_id'], _SENT)
    op.create_index('ix_claim_victim_account_id', 'claim', ['victim_account_id'])
    # Not everybody keeps the small letters of a UETR.
    op.create_index('ix_claim_payment', 'claim', [sa.text('lower(end_to_end_id)')])


def downgrade() -> None:
    op.drop_index('ix_event_sent', table_name='event')
    op.drop_index('ix_event_done', table_name='event')
    op.drop_index('ix_claim_payment', table_name='claim')
    op.drop_index('ix_claim_victim_account_id', table_name='claim')

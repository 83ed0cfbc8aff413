"""the history is read by who acted and by kind of event, without walking all of it

Revision ID: 0060
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0060'
down_revision = '0058'
branch_labels = None
depends_on = None

# As one text: by two columns it would draw queries away from the indexes that are made for them.
_KIND = "(noun || '.' || event)"


def upgrade() -> None:
    op.create_index('ix_event_actor', 'event', ['actor_id', 'seq'])
    op.create_index('ix_event_kind', 'event', [sa.text(_KIND), 'seq'])


def downgrade() -> None:
    op.drop_index('ix_event_kind', table_name='event')
    op.drop_index('ix_event_actor', table_name='event')

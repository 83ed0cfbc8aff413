"""an officer and what his log-in is checked against are found without reading every try

Revision ID: 0053
Revises: 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0053'
down_revision = '0052'
branch_labels = None
depends_on = None

_OFFICER = "(noun = 'officer')"
_SET = "(noun = 'log_in' AND event NOT IN ('entered', 'refused'))"
_STEP = "(noun = 'log_in' AND event = 'entered' AND values_json <> '{}')"


def upgrade() -> None:
    for name, which in (
        ('ix_event_officer', _OFFICER),
        ('ix_event_log_in_set', _SET),
        ('ix_event_log_in_step', _STEP),
    ):
        where = sa.text(which)
        op.create_index(
            name, 'event', ['subject_id', 'seq'], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    op.drop_index('ix_event_log_in_step', table_name='event')
    op.drop_index('ix_event_log_in_set', table_name='event')
    op.drop_index('ix_event_officer', table_name='event')

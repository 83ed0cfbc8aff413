"""orders of which an attempt ended in doubt before 0023 may be at their bank too

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Also where the bank has never seen it: one that arrives late is paid or held all the same.
    op.execute(
        "UPDATE call SET may_have_arrived = true WHERE id IN"
        " (SELECT subject_id FROM event WHERE noun = 'call' AND event = 'unknown')"
    )


def downgrade() -> None:
    pass

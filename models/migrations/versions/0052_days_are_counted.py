"""what is held by day, and holds by day, are counted

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op


revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No table changes: `models.migrate.upgrade` works out all counts anew, those of days too.
    pass


def downgrade() -> None:
    # The version before would find that its own counts are contradicted by those of days.
    bind = op.get_bind()
    bind.execute(sa.text("DELETE FROM tally WHERE name LIKE 'day %'"))
    kept = bind.execute(
        sa.text("SELECT id, figures FROM queue_entry WHERE figures LIKE '%\"day %'")
    ).all()
    for row in kept:
        left = {k: v for k, v in json.loads(row.figures).items() if not k.startswith('day ')}
        bind.execute(
            sa.text('UPDATE queue_entry SET figures = :figures WHERE id = :id'),
            {'id': row.id, 'figures': json.dumps(left, separators=(',', ':'), sort_keys=True)},
        )

"""the next step is stored as codes with figures, worded when it is shown; pending approvals are looked at

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_RECOVERY = sa.table(
    'recovery',
    sa.column('state', sa.String), sa.column('step_action', sa.String),
    sa.column('step_wording', sa.Text), sa.column('step_sentence', sa.String),
    sa.column('wake_at'), sa.column('reported_at'),
)
_ENDED = ('joined', 'rejected', 'closed_returned', 'closed_partial', 'closed_no_recovery')


def upgrade() -> None:
    """Word what was stored as text by its action; the engine looks at every open recovery anew.

    It then words the step with its figures, and voids the approvals that wait with figures of an
    older version (decision 0024). `wake_at` is derived: no event tells of it.
    """
    op.add_column('recovery', sa.Column('step_wording', AutoString(), nullable=False, server_default=''))
    bind = op.get_bind()
    table = _RECOVERY
    for (action,) in bind.execute(sa.select(table.c.step_action).distinct()).all():
        words = [['older', {'action': action.replace('_', ' ') or 'processing'}]]
        bind.execute(_worded(words).where(table.c.step_action == action))
    for state in _ENDED:
        bind.execute(_worded([[f'ended_{state}', {}]]).where(table.c.state == state))
    bind.execute(_worded([['accept', {}]]).where(table.c.state == 'reported'))
    is_open = table.c.state.in_(('reported', 'open'))
    bind.execute(table.update().where(is_open).values(wake_at=table.c.reported_at))
    op.drop_column('recovery', 'step_sentence')


def _worded(parts: list[list[object]]) -> sa.Update:
    text = json.dumps(parts, separators=(',', ':'))
    return _RECOVERY.update().values(step_wording=text)


def downgrade() -> None:
    """The older version words a step at its next look; until then it has the action alone."""
    op.add_column(
        'recovery', sa.Column('step_sentence', sa.String(300), nullable=False, server_default='')
    )
    op.execute(_RECOVERY.update().values(step_sentence=_RECOVERY.c.step_action))
    op.drop_column('recovery', 'step_wording')

"""answer times of partners are counted; counts stand in series, calls that left in an index

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


revision = '0055'
down_revision = '0054'
branch_labels = None
depends_on = None

_LEFT = sa.text('(sent_at IS NOT NULL)')


def upgrade() -> None:
    # Nothing in it is a fact: `models.migrate.upgrade` works out all counts anew.
    op.drop_table('tally')
    op.create_table(
        'tally',
        sa.Column('name', AutoString(length=120), nullable=False),
        sa.Column('series', AutoString(length=80), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )
    op.create_index('ix_tally_series', 'tally', ['series'], unique=False)
    op.create_index(
        'ix_call_sent', 'call', ['partner_id', 'sent_at'],
        sqlite_where=_LEFT, postgresql_where=_LEFT,
    )


def downgrade() -> None:
    # The version before would find that its own counts are contradicted by those of answers.
    bind = op.get_bind()
    kept = bind.execute(sa.text("SELECT name, value FROM tally WHERE name NOT LIKE 'took %'")).all()
    op.drop_index('ix_call_sent', table_name='call')
    op.drop_table('tally')
    tally = op.create_table(
        'tally',
        sa.Column('name', AutoString(length=80), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )
    op.bulk_insert(tally, [{'name': row.name, 'value': row.value} for row in kept])
    counted = bind.execute(
        sa.text("SELECT id, figures FROM queue_entry WHERE figures LIKE '%\"took %'")
    ).all()
    for row in counted:
        left = {k: v for k, v in json.loads(row.figures).items() if not k.startswith('took ')}
        bind.execute(
            sa.text('UPDATE queue_entry SET figures = :figures WHERE id = :id'),
            {'id': row.id, 'figures': json.dumps(left, separators=(',', ':'), sort_keys=True)},
        )

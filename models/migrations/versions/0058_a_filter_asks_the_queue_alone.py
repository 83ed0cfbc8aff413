"""a filter and each order ask the queue alone; lanes and what waits are counted

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None

_BEFORE = (
    ('ix_queue_entry_order', ['lane', 'at', 'reported_at', 'id']),
    ('ix_queue_entry_waits', ['waits_for', 'waits_since']),
    ('ix_queue_entry_sent', ['sent_seconds']),
)
_AFTER = (
    ('ix_queue_entry_order', ['lane', 'at', 'reported_at', 'id']),
    ('ix_queue_entry_waits', ['waits_for', 'lane', 'waits_since', 'at']),
    ('ix_queue_entry_sent', ['sent_seconds']),
    ('ix_queue_entry_loss', ['currency', 'loss_minor', 'lane', 'at', 'reported_at', 'id']),
)
_ASKED = [
    'lane', 'at', 'reported_at', 'id', 'waits_for', 'waits_since', 'sought', 'case_number',
    'state', 'stage', 'owner_id', 'currency', 'loss_minor', 'victims', 'held_minor', 'due_at',
    'ref', 'step_role', 'hold_states', 'banks',
]
_COLUMNS = (
    ('id', AutoString(length=64), False), ('lane', sa.Integer(), False), ('at', UTCDateTime(), False),
    ('reported_at', UTCDateTime(), False), ('waits_for', AutoString(length=24), False),
    ('waits_since', UTCDateTime(), True), ('loss_minor', sa.BigInteger(), False),
    ('victims', sa.Integer(), False), ('sought', AutoString(), False),
)
_NEW = (
    ('ref', AutoString(length=24), False), ('state', sa.String(length=24), False),
    ('stage', sa.String(length=24), False), ('owner_id', AutoString(length=64), False),
    ('currency', AutoString(length=3), False), ('case_number', AutoString(length=64), False),
    ('due_at', UTCDateTime(), True), ('step_role', sa.String(length=24), False),
    ('held_minor', sa.BigInteger(), False), ('hold_states', AutoString(), False),
    ('banks', AutoString(), False),
)
_LAST = (('sent_seconds', sa.Integer(), True), ('figures', AutoString(), False))


def _make(
    columns: tuple[tuple[str, sa.types.TypeEngine[object], bool], ...],
    indexes: tuple[tuple[str, list[str]], ...],
) -> None:
    made = [sa.Column(name, kind, nullable=may_lack) for name, kind, may_lack in columns]
    op.create_table('queue_entry', *made, sa.PrimaryKeyConstraint('id'))
    for name, by in indexes:
        op.create_index(name, 'queue_entry', by, unique=False)


def upgrade() -> None:
    # Nothing in it is a fact: `models.migrate.upgrade` works out all of it anew.
    op.drop_table('queue_entry')
    _make((*_COLUMNS, *_NEW, *_LAST), _AFTER)
    # PostgreSQL has no room for a text of any length in an index.
    if op.get_bind().dialect.name == 'sqlite':
        op.create_index('ix_queue_entry_asked', 'queue_entry', _ASKED, unique=False)


def downgrade() -> None:
    bind = op.get_bind()
    names = ', '.join(name for name, _, _ in (*_COLUMNS, *_LAST))
    kept = [dict(row._mapping) for row in bind.execute(sa.text(f'SELECT {names} FROM queue_entry'))]
    op.drop_table('queue_entry')
    _make((*_COLUMNS, *_LAST), _BEFORE)
    into = ', '.join(f':{name}' for name, _, _ in (*_COLUMNS, *_LAST))
    for row in kept:
        # The version before would find that its own counts are contradicted by those of lanes.
        left = {k: v for k, v in json.loads(row['figures']).items() if not _is_new(k)}
        row['figures'] = json.dumps(left, separators=(',', ':'), sort_keys=True)
        bind.execute(sa.text(f'INSERT INTO queue_entry ({names}) VALUES ({into})'), row)
    bind.execute(sa.text("DELETE FROM tally WHERE name LIKE 'lane %' OR name LIKE 'waits %'"))


def _is_new(name: str) -> bool:
    return name.startswith(('lane ', 'waits '))

"""partners of every kind and channel: contacts, letters, linkages with their tasks; disposals

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None, default: str = '') -> sa.Column[str]:
    kind = sqlmodel.sql.sqltypes.AutoString(length=length)
    return sa.Column(name, kind, nullable=False, server_default=default)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default='0')


def _minor(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default='0')


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _columns() -> dict[str, list[sa.Column]]:
    return {
        'partner': [
            _text('kind', 24, 'bank'), _text('agreement', 200), _whole('agreed_minutes'),
            _text('contacts_sealed'),
        ],
        'hold': [_minor('disposed_minor')],
        'call': [
            _text('sent_how', 120), _text('letter_digest', 64), _text('answer_sealed'),
            _text('answer_document', 64), _text('answer_by', 64),
        ],
    }


def _id(name: str, target: str = '') -> sa.Column[str]:
    keys = [sa.ForeignKey(target)] if target else []
    kind = sqlmodel.sql.sqltypes.AutoString(length=64)
    return sa.Column(name, kind, *keys, nullable=False, primary_key=name == 'id')


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        'linkage',
        _id('id'), _id('recovery_id', 'recovery.id'), _text('state', 24), _text('started_by', 64),
        _instant('started_at', nullable=False), _instant('due_at'), _text('identifiers_sealed'),
        _text('identifiers_digest', 64),
    )
    op.create_table(
        'task',
        _id('id'), _id('recovery_id', 'recovery.id'), _id('linkage_id', 'linkage.id'),
        _id('asset_id', 'asset.id'), _id('partner_id', 'partner.id'), _text('kind', 24),
        _text('state', 24), _text('subject_sealed'), _text('subject_digest', 64),
        _text('subject_hint', 80), _text('law_row', 40), _text('partner_ref', 80),
        _whole('partner_revision'), _instant('ordered_at', nullable=False), _instant('due_at'),
        _instant('answered_at'), _instant('expires_at'), _whole('answers'), _text('document', 64),
        _text('renewal', 12), _whole('renewals'), _whole('reminded_hours'),
        _instant('escalated_at'), _text('reason', 200),
    )
    for table, names in _INDEXES.items():
        for name in names:
            op.create_index(f'ix_{table}_{name}', table, [name])


_INDEXES = {
    'linkage': ('recovery_id', 'state'),
    'task': ('recovery_id', 'linkage_id', 'partner_id', 'state'),
}


def downgrade() -> None:
    op.drop_table('task')
    op.drop_table('linkage')
    # Not in batches: they would make the table anew, and others refer to it.
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)

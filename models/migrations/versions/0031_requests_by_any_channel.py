"""requests abroad by any channel: versions, clocks, answers; who sends is a third person

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

_TEXTS = {
    'authority': (120, ''), 'language': (8, 'en'), 'replaces_id': (64, ''), 'asked': (2000, ''),
    'letter': (64, ''), 'proof': (64, ''), 'sent_by': (64, ''), 'law_row': (64, ''),
    'chosen': (24, ''), 'assurance': (64, ''), 'answer_document': (64, ''), 'receipt': (40, ''),
    'receipt_next': (40, ''), 'receipt_fails': (40, ''), 'wanted': (24, 'freeze'),
    'recipient': (24, 'authority'),
}  # fmt: skip
_INTEGERS = {'version': '1', 'left_seconds': '0', 'rung': '0', 'rung_done': '0'}
_SUMS = ('executed_minor', 'told_minor')
_INSTANTS = (
    'clock_from', 'due_at', 'review_at', 'hold_ends_at', 'told_at', 'receipt_warn_at',
    'receipt_due_at',
)  # fmt: skip
_SENDER = (
    "NEW.sent_by <> '' AND (NEW.sent_by = NEW.drafted_by OR NOT EXISTS (SELECT 1 FROM approval v "
    "WHERE v.subject_id = NEW.id AND v.action = 'request' AND v.state = 'approved' "
    "AND v.decided_by <> v.asked_by AND v.decided_by <> NEW.sent_by))"
)
_SENTENCE = 'a request is drafted, approved and sent by three people'


def upgrade() -> None:
    for name, (length, default) in _TEXTS.items():
        _add(sa.Column(name, AutoString(length=length), nullable=False, server_default=default))
    _add(sa.Column('route', sa.String(length=24), nullable=False, server_default='partner'))
    for name, default in _INTEGERS.items():
        _add(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
    for name in _SUMS:
        _add(sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'))
    for name in _INSTANTS:
        _add(sa.Column(name, UTCDateTime(), nullable=True))
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER request_sent_by_a_third BEFORE UPDATE OF sent_by ON request "
            f"WHEN {_SENDER} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION request_sent_by_a_third() RETURNS trigger AS $$ BEGIN "
        f"IF {_SENDER} THEN RAISE EXCEPTION '{_SENTENCE}'; END IF; RETURN NEW; END $$ "
        "LANGUAGE plpgsql"
    )
    op.execute(
        "CREATE TRIGGER request_sent_by_a_third BEFORE UPDATE OF sent_by ON request "
        "FOR EACH ROW EXECUTE FUNCTION request_sent_by_a_third()"
    )


def _add(column: sa.Column) -> None:
    op.add_column('request', column)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TRIGGER request_sent_by_a_third')
    else:
        op.execute('DROP TRIGGER request_sent_by_a_third ON request')
        op.execute('DROP FUNCTION request_sent_by_a_third()')
    for name in (*_TEXTS, 'route', *_INTEGERS, *_SUMS, *_INSTANTS):
        op.drop_column('request', name)

"""money of a recall that its bank took back; that takes two people too

Revision ID: 0028
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0028'
down_revision = '0026'
branch_labels = None
depends_on = None

_NAME, _TABLE, _EVENT = 'recall_money_back_takes_two', 'recall_credit', 'UPDATE OF state'
_REFUSED = (
    "OLD.state = 'confirmed' AND NEW.state <> 'confirmed' AND NOT EXISTS (SELECT 1 FROM approval v "
    "WHERE v.subject_id = NEW.id AND v.action = 'recall_reversal' AND v.state = 'approved' "
    "AND v.decided_by <> '' AND v.decided_by <> v.asked_by)"
)
_SENTENCE = 'money that came back counts until a second person has seen it taken back'


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column('reversed_at', UTCDateTime(), nullable=True))
    for name in ('reversal_proof', 'reversal_entered_by'):
        op.add_column(
            _TABLE, sa.Column(name, AutoString(length=64), nullable=False, server_default='')
        )
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {_NAME} BEFORE {_EVENT} ON {_TABLE} WHEN {_REFUSED} "
            f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {_NAME}() RETURNS trigger AS $$ BEGIN "
        f"IF {_REFUSED} THEN RAISE EXCEPTION '{_SENTENCE}'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {_NAME} BEFORE {_EVENT} ON {_TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {_NAME}()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {_NAME}')
    else:
        op.execute(f'DROP TRIGGER {_NAME} ON {_TABLE}')
        op.execute(f'DROP FUNCTION {_NAME}()')
    for name in ('reversal_entered_by', 'reversal_proof', 'reversed_at'):
        op.drop_column(_TABLE, name)

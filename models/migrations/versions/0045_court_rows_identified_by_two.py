"""whose a row of a court's list is, is said by two people

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

_NAME = 'court_share_identified_by_two'
_NO_YES = (
    "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
    "AND v.action = 'court_identify' AND v.state = 'approved' AND v.decided_by <> '' "
    "AND v.decided_by <> v.asked_by)"
)
# A row that was named from the start keeps its claim; one that was not gets it with its state.
_REFUSED = (
    "(NEW.claim_id <> OLD.claim_id AND (OLD.state <> 'unknown' OR NEW.state <> 'named' "
    "OR NEW.claim_id <> OLD.found_claim_id)) "
    f"OR (OLD.state = 'unknown' AND NEW.state = 'named' AND {_NO_YES})"
)
_SENTENCE = 'whose a row of a court is counts after a second person has confirmed it'


def upgrade() -> None:
    op.add_column(
        'court_share',
        sa.Column('found_claim_id', AutoString(length=64), nullable=False, server_default=''),
    )
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {_NAME} BEFORE UPDATE OF state, claim_id ON court_share "
            f"WHEN {_REFUSED} BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {_NAME}() RETURNS trigger AS $$ BEGIN "
        f"IF {_REFUSED} THEN RAISE EXCEPTION '{_SENTENCE}'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {_NAME} BEFORE UPDATE OF state, claim_id ON court_share "
        f"FOR EACH ROW EXECUTE FUNCTION {_NAME}()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {_NAME}')
    else:
        op.execute(f'DROP TRIGGER {_NAME} ON court_share')
        op.execute(f'DROP FUNCTION {_NAME}()')
    op.drop_column('court_share', 'found_claim_id')

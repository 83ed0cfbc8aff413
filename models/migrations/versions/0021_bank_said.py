"""what a bank stated last; an allocation follows a join to the same account of the other file

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_FIXED = 'the pool of an allocation is fixed: another pool is another round'
_OTHER_SUM = 'NEW.pool_minor <> OLD.pool_minor OR NEW.currency <> OLD.currency OR '
_OTHER_ASSET = 'NEW.asset_id <> OLD.asset_id'
_OTHER_ACCOUNT = (
    '(SELECT account_id FROM asset WHERE id = NEW.asset_id)'
    ' <> (SELECT account_id FROM asset WHERE id = OLD.asset_id)'
)


def upgrade() -> None:
    # Of what was stated before this version it is not known: it is compared from the next one on.
    for table in ('hold', 'payout'):
        op.add_column(
            table,
            sa.Column(
                'bank_said', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False,
                server_default='',
            ),
        )
    op.add_column(
        'payout', sa.Column('bank_said_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
    )
    _guard_pool(_OTHER_SUM + _OTHER_ACCOUNT)


def _guard_pool(refused: str) -> None:
    name, table = 'allocation_pool_is_fixed', 'allocation'
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {name}')
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF pool_minor, currency, asset_id ON {table} "
            f"WHEN {refused} BEGIN SELECT RAISE(ABORT, '{_FIXED}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{_FIXED}'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
    )


def downgrade() -> None:
    _guard_pool(_OTHER_SUM + _OTHER_ASSET)
    op.drop_column('payout', 'bank_said_at')
    for table in ('payout', 'hold'):
        op.drop_column(table, 'bank_said')

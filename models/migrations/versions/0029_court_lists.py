"""a court's own list of returns: confirmed by two people, no row paid beyond what it says

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

_NO_YES = (
    "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
    "AND v.action = 'court_list' AND v.state = 'approved' AND v.decided_by <> '' "
    "AND v.decided_by <> v.asked_by)"
)
_LIST = "(SELECT a.court_list_id FROM allocation a WHERE a.id = NEW.allocation_id)"
_ELSE = (
    "(SELECT COALESCE(SUM(CASE WHEN p.state = 'settled' THEN 0 ELSE p.amount_minor END), 0) "
    "+ COALESCE(SUM(CASE WHEN p.state = 'settled' THEN p.settled_minor ELSE 0 END), 0) "
    "FROM payout p JOIN allocation a ON a.id = p.allocation_id "
    f"WHERE a.court_list_id = {_LIST} AND p.claim_id = NEW.claim_id AND p.id <> NEW.id "
    "AND p.unclaimed_id = '' AND p.state IN ('prepared', 'instructed', 'settled') "
    "AND NOT (p.state = 'prepared' AND a.state = 'void'))"
)
_GIVEN = (
    f"(SELECT COALESCE(SUM(s.amount_minor), 0) FROM court_share s WHERE s.list_id = {_LIST} "
    "AND s.claim_id = NEW.claim_id AND s.state = 'named')"
)
_BEYOND = f"{_LIST} <> '' AND NEW.unclaimed_id = '' AND {_ELSE} + NEW.amount_minor > {_GIVEN}"

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'court_list_begins_unconfirmed', 'court_list', 'INSERT',
        "NEW.state <> 'asked' OR NEW.total_minor <= 0",
        'a list of a court is entered before it counts',
    ),
    (
        'court_list_takes_two', 'court_list', 'UPDATE OF state',
        f"NEW.state = 'in_force' AND OLD.state <> 'in_force' AND (OLD.state <> 'asked' OR {_NO_YES})",
        'a list of a court counts after a second person has held it against the paper',
    ),
    (
        'court_share_is_fixed', 'court_share', 'UPDATE OF amount_minor, currency, list_id, claim_id',
        "NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency "
        "OR NEW.list_id <> OLD.list_id OR (OLD.claim_id <> '' AND NEW.claim_id <> OLD.claim_id)",
        'a row of a court stays as the court wrote it',
    ),
    (
        'allocation_by_a_list_in_force', 'allocation', 'INSERT',
        "NEW.court_list_id <> '' AND NOT EXISTS (SELECT 1 FROM court_list c WHERE "
        "c.id = NEW.court_list_id AND c.asset_id = NEW.asset_id AND c.state = 'in_force')",
        'a court is followed by its list that is in force for the account',
    ),
    (
        'allocation_keeps_its_list', 'allocation', 'UPDATE OF court_list_id',
        'NEW.court_list_id <> OLD.court_list_id',
        'a division stays what it was: by a court, or by the law',
    ),
    (
        'payout_new_within_the_court_share', 'payout', 'INSERT', _BEYOND,
        'no more is paid than the court has given',
    ),
    (
        'payout_stays_within_the_court_share', 'payout',
        'UPDATE OF amount_minor, allocation_id, claim_id, state',
        f"NEW.state IN ('prepared', 'instructed') AND {_BEYOND}",
        'no more is paid than the court has given',
    ),
)  # fmt: skip


def _text(name: str, length: int, **more: object) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False, **more)


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.add_column('allocation', _text('court_list_id', 64, server_default=''))
    op.create_table(
        'court_list',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('asset_id', 64),
        _text('reference', 80),
        sa.Column('ordered_at', UTCDateTime(), nullable=False),
        _minor('total_minor'),
        _text('currency', 3),
        _text('proof', 64),
        _text('entered_by', 64),
        sa.Column('entered_at', UTCDateTime(), nullable=False),
        _text('reason', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['asset_id'], ['asset.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'court_share',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('list_id', 64),
        sa.Column('line', sa.Integer(), nullable=False),
        _text('claim_id', 64),
        _minor('amount_minor'),
        _text('currency', 3),
        _text('reason', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['list_id'], ['court_list.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for table, columns in _INDEXES.items():
        for column in columns:
            op.create_index(f'ix_{table}_{column}', table, [column])
    for guard in _GUARDS:
        _make_guard(*guard)


_INDEXES = {
    'court_list': ('recovery_id', 'asset_id', 'state'),
    'court_share': ('recovery_id', 'list_id', 'state'),
}


def _make_guard(name: str, table: str, event: str, refused: str, sentence: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    # A condition of a trigger of PostgreSQL may not read other tables: its function does.
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for name, table, *_ in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')
    op.drop_table('court_share')
    op.drop_table('court_list')
    op.drop_column('allocation', 'court_list_id')

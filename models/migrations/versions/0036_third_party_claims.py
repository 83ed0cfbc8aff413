"""claims of people who are no victims about held accounts: decided and paid by two people

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def _yes(action: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
        f"AND v.action = '{action}' AND v.state = 'approved' AND v.decided_by <> '' "
        "AND v.decided_by <> v.asked_by)"
    )


_UNDECIDED = "('filed', 'proposed', 'withdrawn')"

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'third_party_begins_filed', 'third_party_claim', 'INSERT',
        "NEW.state <> 'filed' OR NEW.claimed_minor <= 0 OR NEW.granted_minor <> 0",
        'a claim of a third party is filed before it is decided',
    ),
    (
        'third_party_takes_two', 'third_party_claim', 'UPDATE OF state',
        f"(OLD.state IN {_UNDECIDED} AND NEW.state NOT IN {_UNDECIDED} "
        f"AND NOT {_yes('third_party_claim')}) "
        f"OR (NEW.state = 'paid' AND OLD.state <> 'paid' AND (OLD.state <> 'payment_entered' "
        f"OR NOT {_yes('damages_payment')}))",
        'a claim of a third party is decided, and its payment confirmed, by two people',
    ),
    (
        'third_party_is_fixed', 'third_party_claim',
        'UPDATE OF claimed_minor, currency, asset_id, ground, granted_minor, hold_id',
        "NEW.claimed_minor <> OLD.claimed_minor OR NEW.currency <> OLD.currency "
        "OR NEW.ground <> OLD.ground OR NEW.granted_minor > NEW.claimed_minor "
        f"OR (OLD.state NOT IN {_UNDECIDED} AND NEW.state <> 'filed' "
        "AND (NEW.granted_minor <> OLD.granted_minor OR NEW.hold_id <> OLD.hold_id))",
        'what a third party claims stays, and gives no more than was claimed and decided',
    ),
)  # fmt: skip


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        'third_party_claim',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('asset_id', 64),
        sa.Column('ground', sa.String(length=24), nullable=False),
        _minor('claimed_minor'),
        _text('currency', 3),
        _text('filed_by', 64),
        _instant('filed_at', nullable=False),
        _instant('due_at'),
        _text('law_row', 64),
        _text('reason', 64),
        _text('proof', 64),
        _text('hold_id', 64),
        _minor('granted_minor'),
        _minor('disputed_minor'),
        _minor('blocked_minor'),
        _text('asked_by', 64),
        _text('decision_reason', 64),
        _instant('decided_at'),
        _instant('appeal_until'),
        sa.Column('appeals', sa.Integer(), nullable=False),
        _text('paid_from', 24),
        _instant('paid_at'),
        _text('booking', 80),
        _text('payment_proof', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['asset_id'], ['asset.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'asset_id', 'state'):
        op.create_index(f'ix_third_party_claim_{column}', 'third_party_claim', [column])
    for guard in _GUARDS:
        _make_guard(*guard)


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
    op.drop_table('third_party_claim')

"""money that is given back to the unit, and what others have paid victims; both take two people

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def _no_yes(subject: str, action: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = {subject} "
        f"AND v.action = '{action}' AND v.state = 'approved' AND v.decided_by <> '' "
        "AND v.decided_by <> v.asked_by)"
    )


_PAYEE = (
    "NEW.payee_account_id <> (SELECT c.payout_account_id FROM claim c WHERE c.id = NEW.claim_id) "
    "AND NOT EXISTS (SELECT 1 FROM compensation k WHERE k.claim_id = NEW.claim_id "
    "AND k.payer_account_id = NEW.payee_account_id AND k.state = 'confirmed')"
)
_COUNTED = "NEW.state NOT IN ('pending_approval', 'denied', 'cancelled')"

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'receipt_begins_unconfirmed', 'hold', 'INSERT',
        "NEW.kind = 'custody' AND (NEW.state <> 'pending_approval' OR NEW.held_minor <> 0 "
        "OR NEW.requested_minor <= 0)",
        'money that came in is entered before it counts',
    ),
    (
        'receipt_takes_two', 'hold', 'UPDATE OF state, kind',
        f"NEW.kind = 'custody' AND OLD.state IN ('pending_approval', 'denied', 'cancelled') AND {_COUNTED} "
        f"AND {_no_yes('NEW.id', 'receipt')}",
        'money that came in counts after a second person has confirmed it',
    ),
    (
        'receipt_is_fixed', 'hold', 'UPDATE OF requested_minor, held_minor, kind, currency',
        "(OLD.kind = 'custody' OR NEW.kind = 'custody') AND (NEW.kind <> OLD.kind "
        "OR NEW.requested_minor <> OLD.requested_minor OR NEW.currency <> OLD.currency "
        "OR NEW.held_minor > NEW.requested_minor "
        "OR (NEW.held_minor <> 0 AND NEW.state IN ('pending_approval', 'denied')))",
        'no more is held of a receipt than came in',
    ),
    (
        'compensation_begins_unconfirmed', 'compensation', 'INSERT',
        "NEW.state <> 'asked' OR NEW.amount_minor <= 0",
        'what was paid to a victim is entered before it counts',
    ),
    (
        'compensation_takes_two', 'compensation', 'UPDATE OF state',
        f"NEW.state = 'confirmed' AND OLD.state <> 'confirmed' "
        f"AND {_no_yes('NEW.id', 'compensation')}",
        'a payer stands in for a victim after a second person has seen the proof',
    ),
    (
        'compensation_is_fixed', 'compensation',
        'UPDATE OF amount_minor, currency, claim_id, payer_account_id',
        'NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency '
        'OR NEW.claim_id <> OLD.claim_id OR NEW.payer_account_id <> OLD.payer_account_id',
        'what was paid to a victim is fixed: another payment is another row',
    ),
    (
        'claim_payee_takes_two', 'claim', 'UPDATE OF payout_account_id',
        f"NEW.payout_account_id <> OLD.payout_account_id AND {_no_yes('NEW.id', 'payee')}",
        'another payee takes the yes of a second person',
    ),
    (
        'payout_new_to_whom_it_belongs', 'payout', 'INSERT', _PAYEE,
        'a payout goes to the account of its claim, or to who has paid the victim',
    ),
    (
        'payout_stays_with_whom_it_belongs', 'payout', 'UPDATE OF payee_account_id, claim_id',
        f"(NEW.payee_account_id <> OLD.payee_account_id OR NEW.claim_id <> OLD.claim_id) "
        f"AND {_PAYEE}",
        'a payout goes to the account of its claim, or to who has paid the victim',
    ),
)  # fmt: skip


def _text(name: str, length: int, **more: object) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False, **more)


def upgrade() -> None:
    op.add_column('hold', _text('return_id', 64, server_default=''))
    op.add_column('allocation', _text('fast_track', 40, server_default=''))
    op.add_column('hold', _text('proof', 64, server_default=''))
    _make_returns()
    _make_compensations()
    for guard in _GUARDS:
        _make_guard(*guard)


def _make_returns() -> None:
    op.create_table(
        'voluntary_return',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('account_id', 64),
        sa.Column('promised_minor', sa.BigInteger(), nullable=False),
        _text('currency', 3),
        _text('invited_by', 64),
        sa.Column('invited_at', UTCDateTime(), nullable=False),
        sa.Column('answer_due_at', UTCDateTime(), nullable=True),
        _text('law_row', 64),
        _text('reason', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['account_id'], ['account.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'account_id', 'state'):
        op.create_index(f'ix_voluntary_return_{column}', 'voluntary_return', [column])
    op.create_table(
        'instalment',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('return_id', 64),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        _text('currency', 3),
        sa.Column('due_at', UTCDateTime(), nullable=False),
        sa.Column('answer_due_at', UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['return_id'], ['voluntary_return.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'return_id', 'state'):
        op.create_index(f'ix_instalment_{column}', 'instalment', [column])


def _make_compensations() -> None:
    op.create_table(
        'compensation',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('claim_id', 64),
        _text('payer_account_id', 64),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        _text('currency', 3),
        sa.Column('paid_at', UTCDateTime(), nullable=False),
        _text('proof', 64),
        _text('booking', 80),
        _text('entered_by', 64),
        sa.Column('entered_at', UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.ForeignKeyConstraint(['payer_account_id'], ['account.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'claim_id', 'payer_account_id', 'state'):
        op.create_index(f'ix_compensation_{column}', 'compensation', [column])


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
    for table in ('compensation', 'instalment', 'voluntary_return'):
        op.drop_table(table)
    op.drop_column('hold', 'proof')
    op.drop_column('allocation', 'fast_track')
    op.drop_column('hold', 'return_id')

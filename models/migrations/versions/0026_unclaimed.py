"""shares that nobody claimed: announced, sent to the treasury by two people, refunded by two

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

_VICTIMS = (
    "NEW.payee_account_id <> (SELECT c.payout_account_id FROM claim c WHERE c.id = NEW.claim_id) "
    "AND NOT EXISTS (SELECT 1 FROM compensation k WHERE k.claim_id = NEW.claim_id "
    "AND k.payer_account_id = NEW.payee_account_id AND k.state = 'confirmed')"
)
_TREASURY = (
    "EXISTS (SELECT 1 FROM unclaimed_share u WHERE u.id = NEW.unclaimed_id "
    "AND u.claim_id = NEW.claim_id AND u.state = 'term_ended' "
    "AND u.treasury_account_id = NEW.payee_account_id)"
)
_PAYEE = f"((NEW.unclaimed_id = '' AND {_VICTIMS}) OR (NEW.unclaimed_id <> '' AND NOT {_TREASURY}))"
_WHOM = 'a payout goes to the account of its claim, or to who has paid the victim'
_TO_TREASURY = (
    "(SELECT COALESCE(SUM(p.amount_minor), 0) FROM payout p WHERE p.unclaimed_id = "
    "NEW.unclaimed_id AND p.id <> NEW.id AND p.state IN ('prepared', 'instructed', 'settled'))"
)
_NO_YES = (
    "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
    "AND v.action = 'refund' AND v.state = 'approved' AND v.decided_by <> '' "
    "AND v.decided_by <> v.asked_by)"
)
_PAID_OUT = (
    "NOT EXISTS (SELECT 1 FROM payout p WHERE p.unclaimed_id = NEW.id AND p.state = 'settled')"
)

# Name, table, event, condition under which the row is refused, sentence.
_REPLACED = (
    ('payout_new_to_whom_it_belongs', 'payout', 'INSERT', _VICTIMS, _PAYEE, _WHOM),
    (
        'payout_stays_with_whom_it_belongs', 'payout',
        'UPDATE OF payee_account_id, claim_id',
        f"(NEW.payee_account_id <> OLD.payee_account_id OR NEW.claim_id <> OLD.claim_id) AND {_VICTIMS}",
        f"(NEW.payee_account_id <> OLD.payee_account_id OR NEW.claim_id <> OLD.claim_id) AND {_PAYEE}",
        _WHOM,
    ),
)
_GUARDS = (
    (
        'payout_once_to_the_treasury', 'payout', 'INSERT',
        f"NEW.unclaimed_id <> '' AND {_TO_TREASURY} + NEW.amount_minor > "
        "(SELECT u.amount_minor FROM unclaimed_share u WHERE u.id = NEW.unclaimed_id)",
        'a share goes to the treasury once, and no more than it is',
    ),
    (
        'payout_keeps_its_share', 'payout', 'UPDATE OF unclaimed_id',
        'NEW.unclaimed_id <> OLD.unclaimed_id',
        'a payout stays what it was: to a victim, or to the treasury',
    ),
    (
        'unclaimed_is_what_came_back', 'unclaimed_share', 'INSERT',
        "NEW.state <> 'announced' OR NEW.refunded_minor <> 0 OR NOT EXISTS (SELECT 1 FROM payout p "
        "WHERE p.id = NEW.payout_id AND p.claim_id = NEW.claim_id AND p.unclaimed_id = '' "
        "AND p.state IN ('refused', 'returned') AND p.amount_minor = NEW.amount_minor "
        "AND p.currency = NEW.currency)",
        'what is announced as unclaimed is what did not reach its payee',
    ),
    (
        'unclaimed_is_fixed', 'unclaimed_share',
        'UPDATE OF amount_minor, currency, claim_id, payout_id',
        'NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency '
        'OR NEW.claim_id <> OLD.claim_id OR NEW.payout_id <> OLD.payout_id',
        'an unclaimed share is fixed: another one is another row',
    ),
    (
        'treasury_has_what_a_bank_paid', 'unclaimed_share', 'UPDATE OF state',
        f"NEW.state IN ('treasury', 'refund_entered', 'refunded') AND OLD.state = 'term_ended' "
        f"AND {_PAID_OUT}",
        'the treasury has what a bank has paid to it',
    ),
    (
        'refund_takes_two', 'unclaimed_share', 'UPDATE OF state',
        f"NEW.state = 'refunded' AND OLD.state <> 'refunded' AND (OLD.state <> 'refund_entered' OR {_NO_YES})",
        'a refund counts after a second person has seen its proof',
    ),
    (
        'refund_within_the_share', 'unclaimed_share', 'UPDATE OF refunded_minor, state',
        "NEW.refunded_minor > NEW.amount_minor OR NEW.refunded_minor < 0 "
        "OR (NEW.refunded_minor <> OLD.refunded_minor AND OLD.state = 'refunded') "
        "OR (NEW.state IN ('refund_entered', 'refunded') AND NEW.refunded_minor = 0)",
        'a refund is above zero and no more than went to the treasury',
    ),
)  # fmt: skip


def _text(name: str, length: int, **more: object) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False, **more)


def upgrade() -> None:
    op.add_column('payout', _text('unclaimed_id', 64, server_default=''))
    op.create_table(
        'unclaimed_share',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('payout_id', 64),
        _text('claim_id', 64),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        _text('currency', 3),
        _text('announced_by', 64),
        sa.Column('announced_at', UTCDateTime(), nullable=False),
        sa.Column('due_at', UTCDateTime(), nullable=False),
        _text('law_row', 64),
        _text('reason', 64),
        _text('treasury_account_id', 64),
        sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
        sa.Column('refunded_at', UTCDateTime(), nullable=True),
        _text('refund_proof', 64),
        _text('refund_entered_by', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['payout_id'], ['payout.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('recovery_id', 'payout_id', 'claim_id', 'state'):
        op.create_index(f'ix_unclaimed_share_{column}', 'unclaimed_share', [column])
    for name, table, event, _, refused, sentence in _REPLACED:
        _drop_guard(name, table)
        _make_guard(name, table, event, refused, sentence)
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


def _drop_guard(name: str, table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER {name}')
        return
    op.execute(f'DROP TRIGGER {name} ON {table}')
    op.execute(f'DROP FUNCTION {name}()')


def downgrade() -> None:
    for name, table, *_ in _GUARDS:
        _drop_guard(name, table)
    for name, table, event, before, _, sentence in _REPLACED:
        _drop_guard(name, table)
        _make_guard(name, table, event, before, sentence)
    op.drop_table('unclaimed_share')
    op.drop_column('payout', 'unclaimed_id')

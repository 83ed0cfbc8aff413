"""payments called back from bank to bank, and the money that came back; both take two people

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def _no_yes(action: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
        f"AND v.action = '{action}' AND v.state = 'approved' AND v.decided_by <> '' "
        "AND v.decided_by <> v.asked_by)"
    )


_UNSENT = "('pending_approval', 'denied', 'ended')"

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'recall_begins_unapproved', 'recall', 'INSERT',
        "NEW.state <> 'pending_approval' OR NEW.requested_minor <= 0",
        'a recall is asked for before it is sent',
    ),
    (
        'recall_takes_two', 'recall', 'UPDATE OF state',
        f"NEW.state NOT IN {_UNSENT} AND OLD.state IN {_UNSENT} AND {_no_yes('recall')}",
        'a recall is sent after a second person has approved it',
    ),
    (
        'recall_is_fixed', 'recall',
        'UPDATE OF claim_id, partner_id, requested_minor, currency, message',
        'NEW.claim_id <> OLD.claim_id OR NEW.partner_id <> OLD.partner_id '
        'OR NEW.requested_minor <> OLD.requested_minor '
        'OR NEW.currency <> OLD.currency OR NEW.message <> OLD.message',
        'what was asked for is fixed: another message is another recall',
    ),
    (
        'recall_money_begins_unconfirmed', 'recall_credit', 'INSERT',
        "NEW.state <> 'asked' OR NEW.amount_minor <= 0 OR NEW.counted_minor <> 0",
        'money that came back is entered before it counts',
    ),
    (
        'recall_money_takes_two', 'recall_credit', 'UPDATE OF state',
        f"NEW.state = 'confirmed' AND OLD.state <> 'confirmed' AND {_no_yes('recall_credit')}",
        'money that came back counts after a second person has confirmed it',
    ),
    (
        'recall_money_is_fixed', 'recall_credit',
        'UPDATE OF recall_id, claim_id, amount_minor, currency, counted_minor, booking, state',
        'NEW.recall_id <> OLD.recall_id OR NEW.claim_id <> OLD.claim_id '
        'OR NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency '
        'OR NEW.booking <> OLD.booking OR NEW.counted_minor > NEW.amount_minor '
        "OR (NEW.counted_minor <> 0 AND NEW.state <> 'confirmed')",
        'no more counts of it than came back',
    ),
)  # fmt: skip


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _minor(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _at(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _state() -> sa.Column:
    return sa.Column('state', sa.String(length=24), nullable=False)


def upgrade() -> None:
    _make_recalls()
    _make_credits()
    for guard in _GUARDS:
        _make_guard(*guard)


def _make_recalls() -> None:
    op.create_table(
        'recall',
        _text('id', 64), _text('recovery_id', 64), _state(), _text('claim_id', 64),
        _text('partner_id', 64), _text('channel', 24), _text('case_ref', 40), _text('uetr', 40),
        _text('end_to_end_id', 64), _minor('requested_minor'), _text('currency', 3),
        _text('message', 64), _text('drafted_by', 64), _at('drafted_at', nullable=False),
        _at('sent_at'), _text('sent_how', 120), _text('law_row', 64), _at('due_at'),
        _at('expires_at'), _text('answer_code', 40), _text('answer_document', 64),
        sa.Column('is_part', sa.Boolean(), nullable=False), _text('reason', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.ForeignKeyConstraint(['partner_id'], ['partner.id']),
        sa.PrimaryKeyConstraint('id'),
    )  # fmt: skip
    for column in ('recovery_id', 'claim_id', 'state'):
        op.create_index(f'ix_recall_{column}', 'recall', [column])


def _make_credits() -> None:
    op.create_table(
        'recall_credit',
        _text('id', 64), _text('recovery_id', 64), _state(), _text('recall_id', 64),
        _text('claim_id', 64), _minor('amount_minor'), _text('currency', 3),
        _minor('costs_minor'), _text('costs_currency', 3), _minor('counted_minor'),
        _text('booking', 80), sa.Column('matched_by', sa.String(length=24), nullable=False),
        _at('arrived_at', nullable=False), _text('proof', 64), _text('entered_by', 64),
        _at('entered_at', nullable=False),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['recall_id'], ['recall.id']),
        sa.ForeignKeyConstraint(['claim_id'], ['claim.id']),
        sa.PrimaryKeyConstraint('id'),
    )  # fmt: skip
    for column in ('recovery_id', 'recall_id', 'claim_id', 'state'):
        op.create_index(f'ix_recall_credit_{column}', 'recall_credit', [column])


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
    for table in ('recall_credit', 'recall'):
        op.drop_table(table)

"""which recoveries are restricted to named officers; begun, changed and lifted by two people

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None) -> sa.Column:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _agreed(change: str, *acts: str) -> str:
    """That a supervisor asked for one of these acts about this recovery and another said yes."""
    among = ', '.join(f"'{act}'" for act in acts)
    return (
        f'EXISTS (SELECT 1 FROM register_change v WHERE v.id = NEW.{change} '
        f'AND v.subject_id = NEW.recovery_id AND v.act IN ({among}) '
        "AND v.state = 'approved' AND v.decided_by <> '' AND v.decided_by <> v.asked_by)"
    )


def _other(*columns: str) -> str:
    return ' OR '.join(f'NEW.{name} <> OLD.{name}' for name in columns)


_ENDS = "NEW.state <> OLD.state AND (OLD.state = 'ended' OR NOT {})"
# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'restriction_begun_by_two', 'restriction', 'INSERT',
        f"NEW.state <> 'active' OR NEW.asked_by = NEW.confirmed_by "
        f"OR NOT {_agreed('begun_by', 'restrict')}",
        'a recovery is restricted after a second person has confirmed it',
    ),
    (
        'restriction_lifted_by_two', 'restriction', 'UPDATE',
        f"{_other('recovery_id', 'asked_by', 'confirmed_by', 'begun_by')} "
        f"OR ({_ENDS.format(_agreed('ended_by', 'lift_restriction'))})",
        'a restriction is lifted after a second person has confirmed it',
    ),
    (
        'restriction_is_kept', 'restriction', 'DELETE', '1 = 1',
        'a restriction is lifted, never removed',
    ),
    (
        'member_added_by_two', 'restriction_member', 'INSERT',
        f"NEW.state <> 'active' OR NOT {_agreed('added_by', 'restrict', 'add_member')}",
        'who sees a restricted recovery is added after a second person has confirmed it',
    ),
    (
        'member_removed_by_two', 'restriction_member', 'UPDATE',
        f"{_other('recovery_id', 'restriction_id', 'officer_id', 'added_by')} "
        f"OR ({_ENDS.format(_agreed('removed_by', 'remove_member'))})",
        'who sees a restricted recovery is removed after a second person has confirmed it',
    ),
    (
        'member_is_kept', 'restriction_member', 'DELETE', '1 = 1',
        'who saw a restricted recovery stays in its history',
    ),
    (
        'register_change_begins_pending', 'register_change', 'INSERT', "NEW.state <> 'pending'",
        'a change of a register is asked for before it is confirmed',
    ),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        'restriction',
        _text('id', 64),
        _text('recovery_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('reason_sealed'),
        _text('asked_by', 64),
        _text('confirmed_by', 64),
        sa.Column('since', UTCDateTime(), nullable=False),
        _text('begun_by', 64),
        _text('ended_by', 64),
        sa.Column('ended_at', UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['asked_by'], ['officer.id']),
        sa.ForeignKeyConstraint(['confirmed_by'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_restriction_recovery_id', 'restriction', ['recovery_id'])
    op.create_index('ix_restriction_state', 'restriction', ['state'])
    op.create_table(
        'restriction_member',
        _text('id', 64),
        _text('recovery_id', 64),
        _text('restriction_id', 64),
        _text('officer_id', 64),
        sa.Column('state', sa.String(length=24), nullable=False),
        _text('added_by', 64),
        _text('removed_by', 64),
        sa.ForeignKeyConstraint(['recovery_id'], ['recovery.id']),
        sa.ForeignKeyConstraint(['restriction_id'], ['restriction.id']),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('restriction_id', 'officer_id'):
        op.create_index(f'ix_restriction_member_{column}', 'restriction_member', [column])
    for guard in _GUARDS:
        _make_guard(*guard)


def _make_guard(name: str, table: str, event: str, refused: str, sentence: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f'CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} '
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    # A condition of a trigger of PostgreSQL may not read other tables: its function does.
    row = 'OLD' if event == 'DELETE' else 'NEW'
    op.execute(
        f'CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN '
        f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
        f'RETURN {row}; END $$ LANGUAGE plpgsql'
    )
    op.execute(
        f'CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()'
    )


def downgrade() -> None:
    for name, table, *_ in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')
    op.drop_table('restriction_member')
    op.drop_table('restriction')

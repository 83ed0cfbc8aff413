"""a court's list ends, and a row of it is set aside, by two people

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

from alembic import op


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def _no_yes(action: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.id "
        f"AND v.action = '{action}' AND v.state = 'approved' AND v.decided_by <> '' "
        "AND v.decided_by <> v.asked_by)"
    )


# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'court_list_ends_by_two', 'court_list', 'UPDATE OF state',
        f"NEW.state = 'ended' AND OLD.state <> 'ended' AND {_no_yes('court_list_end')}",
        'a list of a court ends after a second person has confirmed it',
    ),
    (
        'court_share_set_aside_by_two', 'court_share', 'UPDATE OF state',
        f"NEW.state = 'set_aside' AND OLD.state <> 'set_aside' AND {_no_yes('court_set_aside')}",
        'a row of a court is set aside after a second person has confirmed it',
    ),
)  # fmt: skip


def upgrade() -> None:
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

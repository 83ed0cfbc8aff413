"""what was asked of which hold for a third party, and what came back of it

Revision ID: 0044
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0044'
down_revision = '0041'
branch_labels = None
depends_on = None

# Rows of earlier versions have 0 in both: their account was measured then, and what they say to be
# released was released in full.
_COLUMNS = ('standing_minor', 'released_minor')
# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'third_party_releases_what_was_granted', 'third_party_claim',
        'UPDATE OF released_minor, granted_minor',
        "NEW.released_minor < OLD.released_minor "
        "OR (NEW.released_minor > OLD.released_minor AND (OLD.state <> 'upheld' "
        "OR NEW.released_minor - OLD.released_minor > OLD.granted_minor)) "
        "OR (NEW.state IN ('proposed', 'upheld') "
        "AND NEW.released_minor + NEW.granted_minor > NEW.claimed_minor)",
        'no more is released to a third party than two people have decided',
    ),
    (
        'third_party_begins_with_nothing_released', 'third_party_claim', 'INSERT',
        'NEW.released_minor <> 0 OR NEW.standing_minor <> 0',
        'a claim of a third party begins with nothing released',
    ),
)  # fmt: skip


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column(
            'third_party_claim',
            sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'),
        )
    for guard in _GUARDS:
        _make_guard(*guard)


def _make_guard(name: str, table: str, event: str, refused: str, sentence: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
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
    for name in _COLUMNS:
        op.drop_column('third_party_claim', name)

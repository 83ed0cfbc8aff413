"""the database refuses payouts over the pool, and orders without a second person's yes

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

_PAID_ELSE = (
    "(SELECT COALESCE(SUM(p.amount_minor), 0) FROM payout p WHERE p.allocation_id = "
    "NEW.allocation_id AND p.state <> 'cancelled' AND p.id <> NEW.id)"
)
_OVER_POOL = (
    f"{_PAID_ELSE} + NEW.amount_minor > "
    "(SELECT a.pool_minor FROM allocation a WHERE a.id = NEW.allocation_id)"
)
_NO_YES = (
    "NOT EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = NEW.allocation_id "
    "AND v.action = 'return' AND v.state = 'approved' AND v.decided_by <> '' "
    "AND v.decided_by <> v.asked_by)"
)
_HELD = (
    "(SELECT COALESCE(SUM(t.claim_minor), 0) FROM posting t WHERE t.recovery_id = "
    "NEW.recovery_id AND t.account = 'held' AND t.asset_id = NEW.asset_id)"
)

# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'payout_new_within_pool', 'payout', 'INSERT',
        f"NEW.amount_minor <= 0 OR NEW.state <> 'prepared' OR {_OVER_POOL}",
        'a payout starts prepared, above zero and within the pool of its allocation',
    ),
    (
        'payout_stays_within_pool', 'payout', 'UPDATE OF amount_minor, allocation_id, state',
        f"NEW.state <> 'cancelled' AND {_OVER_POOL}",
        'the payouts of an allocation stay within its pool',
    ),
    (
        'payout_takes_two', 'payout', 'UPDATE OF state',
        f"NEW.state = 'instructed' AND OLD.state <> 'instructed' AND {_NO_YES}",
        'a payout is ordered after a second person has approved its allocation',
    ),
    (
        'allocation_within_held', 'allocation', 'INSERT', f"NEW.pool_minor > {_HELD}",
        'the pool of an allocation is held money of its account',
    ),
    (
        'allocation_pool_is_fixed', 'allocation', 'UPDATE OF pool_minor, currency, asset_id',
        'NEW.pool_minor <> OLD.pool_minor OR NEW.currency <> OLD.currency '
        'OR NEW.asset_id <> OLD.asset_id',
        'the pool of an allocation is fixed: another pool is another round',
    ),
)  # fmt: skip


def upgrade() -> None:
    for name, table, event, refused, sentence in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
            continue
        # A condition of a trigger of PostgreSQL may not read other tables: its function does.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
            "RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    for name, table, *_ in _GUARDS:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER {name}')
            continue
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')

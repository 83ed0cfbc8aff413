"""what was called back of a court's row is due by it again

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

from alembic import op


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

_LIST = "(SELECT a.court_list_id FROM allocation a WHERE a.id = NEW.allocation_id)"
_BEFORE = "CASE WHEN p.state = 'settled' THEN p.settled_minor ELSE p.amount_minor END"
# As the program counts it: nothing in another currency, and not what was called back.
_NOW = (
    "CASE WHEN p.state <> 'settled' THEN p.amount_minor "
    "WHEN p.settled_currency = '' AND p.clawed_minor < p.amount_minor "
    "THEN p.amount_minor - p.clawed_minor "
    "WHEN p.settled_currency = p.currency AND p.clawed_minor < p.settled_minor "
    "THEN p.settled_minor - p.clawed_minor ELSE 0 END"
)
_SENTENCE = 'no more is paid than the court has given'
_GUARDS = (
    ('payout_new_within_the_court_share', 'INSERT', ''),
    (
        'payout_stays_within_the_court_share',
        'UPDATE OF amount_minor, allocation_id, claim_id, state',
        "NEW.state IN ('prepared', 'instructed') AND ",
    ),
)  # fmt: skip


def _beyond(paid: str) -> str:
    given = (
        f"(SELECT COALESCE(SUM(s.amount_minor), 0) FROM court_share s WHERE s.list_id = {_LIST} "
        "AND s.claim_id = NEW.claim_id AND s.state = 'named')"
    )
    others = (
        f"(SELECT COALESCE(SUM({paid}), 0) FROM payout p JOIN allocation a "
        f"ON a.id = p.allocation_id WHERE a.court_list_id = {_LIST} "
        "AND p.claim_id = NEW.claim_id AND p.id <> NEW.id AND p.unclaimed_id = '' "
        "AND p.state IN ('prepared', 'instructed', 'settled') "
        "AND NOT (p.state = 'prepared' AND a.state = 'void'))"
    )
    return f"{_LIST} <> '' AND NEW.unclaimed_id = '' AND {others} + NEW.amount_minor > {given}"


def _replace(paid: str) -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for name, event, when in _GUARDS:
        refused = when + _beyond(paid)
        if is_sqlite:
            op.execute(f'DROP TRIGGER {name}')
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON payout WHEN {refused} "
                f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
            )
            continue
        op.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{_SENTENCE}'; END IF; "
            "RETURN NEW; END $$ LANGUAGE plpgsql"
        )


def upgrade() -> None:
    _replace(_NOW)


def downgrade() -> None:
    _replace(_BEFORE)

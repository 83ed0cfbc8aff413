"""what moves money takes two people: orders that leave, holds let go, losses, addresses, the yes itself

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

from alembic import op


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

_BY_ANOTHER = "v.decided_by <> '' AND v.decided_by <> v.asked_by"


def _yes(subject: str, *acts: str, named: str = '', denied: str = '') -> str:
    """That another person has approved one of these acts, or has denied the one of which a no does."""
    among = ', '.join(f"'{act}'" for act in acts)
    given = f"(v.state = 'approved' AND v.action IN ({among}))"
    if denied:
        given = f"({given} OR (v.state = 'denied' AND v.action = '{denied}'))"
    by_name = f'v.id = {named} AND ' if named else ''
    return (
        f'EXISTS (SELECT 1 FROM approval v WHERE {by_name}v.subject_id = {subject} AND {given} '
        f'AND {_BY_ANOTHER})'
    )


# A hold is let go by the decision on the claim of a third party that names it, too.
_CLAIMED = (
    "EXISTS (SELECT 1 FROM approval v JOIN third_party_claim t ON t.id = v.subject_id "
    "WHERE t.hold_id = {hold} AND v.action = 'third_party_claim' AND v.state = 'approved' "
    "AND v.decided_by <> '' AND v.decided_by <> v.asked_by)"
)
_RELEASES = ('release', 'release_part', 'complaint')
_DIVISION = '(SELECT p.allocation_id FROM payout p WHERE p.id = NEW.subject_id)'
_ENDS = "('approved', 'paid', 'paid_in_part', 'not_paid')"
_DECIDED = "('approved', 'denied')"
_CHANGED = (
    "EXISTS (SELECT 1 FROM register_change v WHERE v.subject_id = NEW.id "
    f"AND v.state = 'approved' AND {_BY_ANOTHER})"
)
_AT_WORK = (
    "EXISTS (SELECT 1 FROM event e WHERE e.role <> 'engine') "
    "AND NOT EXISTS (SELECT 1 FROM installation i WHERE i.state = 'demo')"
)
_ADDRESS = ('base_url', 'token_sealed', 'client_id', 'ca_path', 'cert_path', 'cert_key_path',
            'channel', 'regime', 'home')  # fmt: skip


def _other(*columns: str) -> str:
    return ' OR '.join(f'NEW.{name} <> OLD.{name}' for name in columns)


def _by_one(asked: str) -> str:
    return (
        f"NEW.state IN {_DECIDED} AND OLD.state = 'pending' "
        f"AND (NEW.decided_by = '' OR NEW.decided_by = NEW.{asked})"
    )


# Name, table, event, condition under which the row is refused, sentence.
_GUARDS = (
    (
        'hold_ordered_by_two', 'hold', 'UPDATE OF state',
        "NEW.state = 'ordered' AND (OLD.state = 'pending_approval' "
        "OR (OLD.state = 'draft' AND NEW.kind <> 'stop')) "
        f"AND NOT {_yes('NEW.id', 'order_stop', 'freeze')}",
        'a hold that takes two people is ordered after a second person has approved it',
    ),
    (
        'hold_let_go_by_two', 'hold', 'UPDATE OF state',
        "NEW.state = 'release_pending' AND OLD.state <> 'release_pending' "
        f"AND NOT {_yes('NEW.id', *_RELEASES, denied='order_stop')} "
        f"AND NOT {_CLAIMED.format(hold='NEW.id')}",
        'a hold is let go after a second person has decided so',
    ),
    (
        'order_leaves_by_two', 'call', 'UPDATE OF state',
        "OLD.state = 'planned' AND NEW.state = 'sent' AND ("
        f"(NEW.kind = 'payout' AND NOT {_yes(_DIVISION, 'return', named='NEW.approval_id')}) "
        "OR (NEW.kind = 'release' AND NOT "
        f"{_yes('NEW.subject_id', *_RELEASES, named='NEW.approval_id', denied='order_stop')} "
        f"AND NOT {_CLAIMED.format(hold='NEW.subject_id')}))",
        'an order over money leaves after a second person has decided it',
    ),
    (
        'return_decided_by_two', 'allocation', 'UPDATE OF state',
        f"NEW.state IN {_ENDS} AND OLD.state NOT IN {_ENDS} AND NOT {_yes('NEW.id', 'return')}",
        'a return to victims is decided by two people',
    ),
    (
        'claim_loss_by_two', 'claim', 'UPDATE OF decided_minor',
        'COALESCE(NEW.decided_minor, -1) <> COALESCE(OLD.decided_minor, -1) '
        'AND NOT EXISTS (SELECT 1 FROM objection o WHERE o.claim_id = NEW.id '
        "AND o.state = 'upheld' AND o.loss_minor = NEW.decided_minor AND o.decided_by <> '' "
        'AND o.decided_by <> o.entered_by)',
        'what is decided of a loss rests on an objection that another person upheld',
    ),
    (
        'claim_report_is_fixed', 'claim', 'UPDATE OF reported_minor, currency',
        _other('reported_minor', 'currency'),
        'what was reported is fixed: another loss is another claim',
    ),
    (
        'claim_within_its_report', 'claim', 'UPDATE OF upheld_minor',
        'NEW.upheld_minor > OLD.upheld_minor '
        'AND (NEW.upheld_minor > NEW.reported_minor '
        'OR NEW.upheld_minor > COALESCE(NEW.decided_minor, NEW.reported_minor))',
        'no more of a loss is upheld than was reported, and decided of it',
    ),
    (
        'objection_begins_open', 'objection', 'INSERT', "NEW.state <> 'open'",
        'an objection is entered before it is decided',
    ),
    (
        'objection_decided_by_another', 'objection', 'UPDATE OF state, decided_by, entered_by',
        "NEW.entered_by <> OLD.entered_by OR (NEW.state <> 'open' AND OLD.state = 'open' "
        "AND (NEW.decided_by = '' OR NEW.decided_by = NEW.entered_by))",
        'an objection is decided by another person than who entered it',
    ),
    (
        'approval_begins_pending', 'approval', 'INSERT', "NEW.state <> 'pending'",
        'an approval is asked for before it is given',
    ),
    (
        'approval_by_another', 'approval',
        'UPDATE OF state, decided_by, asked_by, subject_id, action',
        f"{_other('asked_by', 'subject_id', 'action')} "
        f"OR (OLD.decided_by <> '' AND NEW.decided_by <> OLD.decided_by) OR ({_by_one('asked_by')}) "
        "OR (NEW.state = 'approved' AND OLD.state NOT IN ('pending', 'approved')) "
        "OR (NEW.state = 'denied' AND OLD.state NOT IN ('pending', 'denied'))",
        'an approval is given by another person than who asked for it',
    ),
    (
        'register_change_by_another', 'register_change', 'UPDATE OF state, decided_by, asked_by',
        f"{_other('asked_by', 'subject_id')} OR ({_by_one('asked_by')})",
        'a change of a register is confirmed by another person than who asked for it',
    ),
    (
        'partner_address_by_two', 'partner', f"UPDATE OF {', '.join(_ADDRESS)}",
        f'({_other(*_ADDRESS)}) AND {_AT_WORK} AND NOT {_CHANGED}',
        'where a partner is reached, and by which keys, changes by two people',
    ),
)  # fmt: skip


def upgrade() -> None:
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
    op.execute(
        f'CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN '
        f"IF {refused} THEN RAISE EXCEPTION '{sentence}'; END IF; "
        'RETURN NEW; END $$ LANGUAGE plpgsql'
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

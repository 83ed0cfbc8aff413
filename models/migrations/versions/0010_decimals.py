"""no sum may be stored in a currency of which earlier versions had the wrong decimals

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from models.migrate import UpgradeRefusedError


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

# Earlier versions gave each of these two decimals; ISO 4217 gives the first ones none, the last four.
_WRONG = ('BIF', 'DJF', 'GNF', 'KMF', 'RWF', 'UYI', 'CLF', 'UYW')


def upgrade() -> None:
    """Refuse where such a sum is stored: it stands in events whose digests no migration can remake."""
    found: dict[tuple[str, str], int] = {}
    for table, currency, count in _sums(op.get_bind()):
        found[table, currency] = max(count, found.get((table, currency), 0))
    if found:
        what = ', '.join(f'{n} of {table} in {code}' for (table, code), n in sorted(found.items()))
        raise UpgradeRefusedError(
            f'this database cannot be brought to this version: {what} are stored with two decimals, '
            'which these currencies do not have, and history cannot be rewritten. Nothing was '
            'changed: end these recoveries under the version that made them, and take their '
            'reports in again in a new data folder of this version'
        )


def _sums(bind: sa.Connection) -> Iterator[tuple[str, str, int]]:
    inspector = sa.inspect(bind)
    for table in inspector.get_table_names():
        names = {column['name'] for column in inspector.get_columns(table)}
        for minor in sorted(name for name in names if name.endswith('_minor')):
            own = minor.removesuffix('_minor') + '_currency'
            currency = own if own in names else 'currency'
            if currency in names:
                yield from _wrong(bind, table, minor, currency)


def _wrong(
    bind: sa.Connection, table: str, minor: str, currency: str
) -> Iterator[tuple[str, str, int]]:
    rows = sa.table(table, sa.column(minor), sa.column(currency))
    query = (
        sa.select(rows.c[currency], sa.func.count())
        .where(rows.c[currency].in_(_WRONG), rows.c[minor] != 0)
        .group_by(rows.c[currency])
    )
    for code, count in bind.execute(query):
        yield table, code, count


def downgrade() -> None:
    pass

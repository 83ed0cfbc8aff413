"""money made good beside the holds is not disputed any more: the counts are worked out anew

Revision ID: 0057
Revises: 0056
"""

from __future__ import annotations


revision = '0057'
down_revision = '0056'
branch_labels = None
depends_on = None


# No table changes: an upgrade from an earlier version fills the counts by itself.


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

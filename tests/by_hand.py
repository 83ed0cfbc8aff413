"""What somebody does who can write to the database and has no key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import sqlalchemy as sa
from sqlmodel import Session

from models.store import permissions


@contextmanager
def by_hand(path: str | Path) -> Iterator[sqlite3.Connection]:
    """Raw SQL on a database; its triggers are lifted meanwhile and put back."""
    with closing(sqlite3.connect(path)) as raw:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = raw.execute(query).fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, text in triggers:
            raw.execute(text)
        raw.commit()


@contextmanager
def without_money_guards(session: Session) -> Iterator[None]:
    """Rows whose sums need not fit and that no second person stands behind.

    The guards of the database are lifted and put back, and so is what the store asks of approvals.
    """
    query = (
        "SELECT name, sql FROM sqlite_master "
        "WHERE type = 'trigger' AND tbl_name IN "
        "('payout', 'allocation', 'hold', 'compensation', 'claim', 'recall', 'recall_credit', "
        "'unclaimed_share', 'court_list', 'court_share', "
        "'clawback', 'third_party_claim', 'call', 'objection', 'approval', 'register_change', "
        "'partner', 'restriction', 'restriction_member')"
    )
    guards = session.execute(sa.text(query)).all()
    for name, _ in guards:
        session.execute(sa.text(f"DROP TRIGGER {name}"))
    with (
        patch.object(permissions, "missing_yes", lambda *_: ""),
        patch.object(permissions, "signed_for_another", lambda *_: ""),
    ):
        yield
    for _, text in guards:
        session.execute(sa.text(text))


def change(path: str | Path, *statements: str) -> None:
    """Execute statements by hand, each of which has to change something."""
    with by_hand(path) as raw:
        for text in statements:
            assert raw.execute(text).rowcount, f"nothing was changed by: {text}"

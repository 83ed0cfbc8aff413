"""The change feed: each resource with its latest state, oldest change first."""

from __future__ import annotations

import sqlite3
from urllib.parse import urlencode

from recovery_flows.sandbox.banks.abroad import Request, request_json
from recovery_flows.sandbox.banks.payouts import Payout
from recovery_flows.sandbox.banks.resources import hold_json, payout_json
from recovery_flows.sandbox.banks.task_routes import task_json
from recovery_flows.sandbox.banks.tasks import Task
from recovery_flows.sandbox.banks.wire import write_cursor
from recovery_flows.sandbox.rows import Hold

_TABLES = ("hold", "payout", "task", "request")


def feed_json(
    db: sqlite3.Connection,
    bank: tuple[str, str],
    after: tuple[int, str],
    limit: int,
) -> dict[str, object]:
    """One page of the change feed; `bank` is (id, currency), `after` the last (instant, id)."""
    rows = db.execute(
        "SELECT modified_us, id, 0 FROM hold WHERE bank = ?1 AND (modified_us, id) > (?2, ?3)"
        " UNION ALL"
        " SELECT modified_us, id, 1 FROM payout WHERE bank = ?1 AND (modified_us, id) > (?2, ?3)"
        " UNION ALL"
        " SELECT modified_us, id, 2 FROM task WHERE bank = ?1 AND (modified_us, id) > (?2, ?3)"
        " UNION ALL"
        " SELECT modified_us, id, 3 FROM request WHERE bank = ?1 AND (modified_us, id) > (?2, ?3)"
        " ORDER BY 1, 2 LIMIT ?4",
        [bank[0], *after, limit + 1],
    ).fetchall()
    page, more = rows[:limit], len(rows) > limit
    items = [_resource(db, bank, row[1], _TABLES[row[2]]) for row in page]
    links = []
    if more:
        query = urlencode({"limit": limit, "cursor": write_cursor(page[-1][0], page[-1][1])})
        links = [{"rel": "next", "href": f"/v1/events?{query}"}]
    return {"items": items, "hasMoreElements": more, "links": links}


def _resource(
    db: sqlite3.Connection, bank: tuple[str, str], key: str, table: str
) -> dict[str, object]:
    row = db.execute(f"SELECT * FROM {table} WHERE id = ?", [key]).fetchone()  # noqa: S608 - ours
    if table == "task":
        return task_json(db, Task(*row))
    if table == "request":
        return request_json(db, Request(*row))
    return payout_json(Payout(*row), bank[1]) if table == "payout" else hold_json(Hold(*row))

"""Which index answers a question: of what is stored about one recovery, never one on a state.

SQLite has counted no rows. Beside a list of recoveries it takes an index on a state, of which each
has a value for every row that was ever stored, and walks all of them at each act.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import sqlalchemy as sa

import models
from tests.records.conftest import Unit

WANTED = {
    "models.queries.cases.approvals _PENDING_IDS": "all that are pending",
    "models.queries.cases.work _DUE": "recoveries with an open discrepancy are left out",
    "models.queries.cases.work _DUE_KINDS": "calls that are open",
    "models.queries.cases.work _NEXT": "calls that are open",
    "models.queries.cases.work _NEXT_RETRY": "calls that are open",
    "models.queries.partners.feeds _HOLDING": "holds in force, of all recoveries",
    "models.queries.partners.feeds _NEXT_END": "holds in force at a partner",
    "models.queries.partners.feeds _PAST_END": "holds in force at a partner",
    "models.queries.partners.feeds _PAUSING": "open discrepancies, which are few",
    "models.queries.partners.feeds _WAITING": "what waits for an answer, of all recoveries",
    "models.queries.partners.register _OPEN_CALLS": "calls that are open",
    "models.store.calls _FREE": "calls that are open",
    "models.queries.partners.orders _UNANSWERED": "orders without an answer, of all recoveries",
    # Restrictions that are active are few, and each act asks for them.
    "models.queries.installation.restrictions _RESTRICTED": "active restrictions",
    "models.rights.hidden _HIDDEN": "active restrictions",
    "models.rights.sessions _ASKED_BY": "active restrictions",
    "models.store.restrictions _NOW": "active restrictions",
}
"""Questions that are about a state of all rows, each with what it is about."""
_LISTED = re.compile(r"__\[POSTCOMPILE_[^\]]+\]")
_BY_STATE = re.compile(r" ix_\w+_(state|stage|open) ")


def questions() -> Iterator[tuple[str, str]]:
    """Every question that is built once, by the module and the name that keep it."""
    for info in pkgutil.walk_packages(models.__path__, "models."):
        if ".migrations" in info.name:
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, sa.Select | sa.CompoundSelect):
                yield (
                    f"{info.name} {name}",
                    str(value.compile(dialect=sa.dialects.sqlite.dialect())),
                )


def test_only_a_question_about_a_state_of_all_rows_goes_by_an_index_on_states(
    unit: Unit,
) -> None:
    found = set()
    with unit.database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        for name, text in questions():
            plain = _LISTED.sub("?, ?", text)
            if "hidden_recovery" in plain:  # a view that only a picture has
                continue
            cursor.execute(f"EXPLAIN QUERY PLAN {plain}", ["x"] * plain.count("?"))
            if any(_BY_STATE.search(f"{row[3]} ") for row in cursor.fetchall()):
                found.add(name)
    assert found <= WANTED.keys()
    assert len(list(questions())) > 100

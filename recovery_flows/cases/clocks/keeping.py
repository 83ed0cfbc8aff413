"""What runs out as it is kept for the lists: filled after an upgrade, and worked out anew to check.

Each write keeps it by `cases.commit.derived`. What was kept under another law or other rules than
today's is not known: the lists ask its file until it is kept anew, by a write or by `fill`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.queries.cases.case_files import FileUnreadableError
from models.queries.cases.deadline_views import DeadlineEntry, kept_deadlines
from models.queries.cases.open_steps import clock_pages
from models.store.rollups.keeping import keep_deadlines
from models.store.unit import unit_of_work
from recovery_flows.cases.clocks.edition import text_to_keep, todays
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.law.regime import Regimes

_AT_ONCE = 500
# What stored garbage raises on its way out of a row, or in a rule.
_UNREADABLE = (
    ArithmeticError, AttributeError, FileUnreadableError, LookupError, TypeError, ValueError,
)  # fmt: skip


def fill(database: Database, laws: Regimes) -> None:
    """Keep the deadlines of open recoveries of which they are not known."""
    for ids in _pages(database, laws):
        with unit_of_work(database) as unit:
            _, unknown = kept_deadlines(unit.session, ids, todays(laws))
            told = _told(unit.session, unknown, laws)
            keep_deadlines(unit.session, {n: text_to_keep(*of, laws) for n, of in told.items()})


def _pages(database: Database, laws: Regimes) -> Iterator[list[str]]:
    """Open recoveries with a running deadline of which the deadlines are not known."""
    with database.reading() as session:
        for page in clock_pages(session, None, _AT_ONCE):
            ids = [name for _, name in page]
            if unknown := kept_deadlines(session, ids, todays(laws))[1]:
                yield unknown


def kept_wrong(session: Session, laws: Regimes) -> Iterator[str]:
    """A sentence for each open recovery whose kept deadlines are not those that its file tells."""
    for page in clock_pages(session, None, _AT_ONCE):
        ids = [name for _, name in page]
        found, unknown = kept_deadlines(session, ids, todays(laws))
        kept = {name: list[DeadlineEntry]() for name in ids if name not in unknown}
        for entry in found:
            kept[entry.recovery_id].append(entry)
        for name, (_, told) in _told(session, sorted(kept), laws).items():
            if kept[name] != told:
                yield f"the deadlines of the recovery {name} are kept otherwise than its file tells"


_Told = dict[str, tuple[CaseFile, list[DeadlineEntry]]]


def _told(session: Session, ids: Sequence[str], laws: Regimes) -> _Told:
    """These files and what they tell; those that cannot be read `audit verify` names."""
    try:
        found = deadlines_of_files(session, ids, laws)
        return {file.recovery.id: (file, told) for file, told in found}
    except _UNREADABLE:
        each = (_told(session, [name], laws) for name in ids if len(ids) > 1)
        return {name: of for one in each for name, of in one.items()}

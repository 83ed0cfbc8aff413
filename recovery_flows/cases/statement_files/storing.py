"""Stores statement files: the bytes first, each booking once; their recoveries are traced again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from models.engine import Database
from models.store.documents import keep_bytes
from models.store.statements.statements import fill_line, insert_lines
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.cases.statement_files import large_files
from recovery_flows.cases.statement_files.plan import (
    FilePlan,
    StoredFile,
    finish,
    stored_file,
    write_accounts,
)
from recovery_flows.cases.statement_files.unread_notes import keep_note
from recovery_flows.intake.bookings import FileStatement, RefusedMember, file_parts
from recovery_flows.intake.statements.shape import Item
from recovery_flows.law.regime import Regimes

SMALL = 300
"""So many bookings are stored in one transaction."""


def store_file(
    database: Database,
    actor: Actor,
    now: datetime,
    items: Iterable[Item],
    raw: bytes,
    bank: str,
    laws: Regimes,
    media_type: str = "application/octet-stream",
) -> StoredFile:
    """Store a statement file; `bank` "" where its numbers are known at one partner each.

    The bytes are kept, sealed, before anything is read: of a refused file too. A large file is
    stored in many short transactions, and is there for others when all of it is. MisuseError where
    a bank has to be named, RefusedError where the file contradicts what is stored,
    UnavailableError while another import runs; whatever the reader raises goes through. In each of
    these cases nothing but the bytes is stored.
    """
    document = keep_bytes(database, raw, "statement_file", media_type, now)
    told = list(file_parts(items))
    parts = [part for part in told if isinstance(part, FileStatement)]
    keep_note(database, document, _unread(told), now)
    if sum(len(part.entries) for part in parts) > SMALL:
        return large_files.store_in_chunks(database, actor, now, parts, document, bank, laws)
    with unit_of_work(database) as unit:
        return store_parts(unit, actor, now, parts, document, bank, laws)


def _unread(told: Iterable[FileStatement | RefusedMember]) -> Counter[str]:
    """Names that no reader looks at, and files of a zip of which nothing is taken."""
    found: Counter[str] = Counter()
    for part in told:
        if isinstance(part, RefusedMember):
            found[part.name] += 1
        else:
            found.update(dict(part.end.unread))
    return found


def store_parts(
    unit: Unit,
    actor: Actor,
    now: datetime,
    parts: Iterable[FileStatement],
    document: str,
    bank: str,
    laws: Regimes,
) -> StoredFile:
    """The same in a transaction that is open already, of a file whose bytes are kept."""
    plan = FilePlan(unit.session, unit.vault, now, laws, bank)
    for part in parts:
        plan.add(part)
    write_accounts(unit, list(plan.accounts.rows.values()), plan.accounts.news)
    for planned in (part.planned for part in plan.parts):
        insert_lines(unit, planned.new)
        for line, news in planned.fills.items():
            fill_line(unit, line, news)
    refs = finish(unit, actor, now, plan, document, laws)
    return stored_file(unit.session, plan, document, refs)

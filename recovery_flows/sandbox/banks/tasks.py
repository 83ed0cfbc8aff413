"""What a partner is asked to do beside holds: received, worked on, answered, preserved, released.

Each step is an answer with a document of its own.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple, dataclass
from enum import StrEnum

from recovery_flows.sandbox.arithmetic import MINUTE_US, iso
from recovery_flows.sandbox.banks.holds import resource_id
from recovery_flows.sandbox.faults import effects as fault_effects
from recovery_flows.sandbox.journal import Journal
from recovery_flows.sandbox.states import HoldStatus

SCHEMA = """
CREATE TABLE IF NOT EXISTS subject (
    bank TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, holder TEXT NOT NULL,
    PRIMARY KEY (bank, kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS task (
    id TEXT PRIMARY KEY, bank TEXT NOT NULL, order_ref TEXT NOT NULL, kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL, subject TEXT NOT NULL, told TEXT NOT NULL, status TEXT NOT NULL,
    revision INTEGER NOT NULL, received_us INTEGER NOT NULL, until_us INTEGER, due_us INTEGER,
    modified_us INTEGER NOT NULL, reason TEXT, UNIQUE (bank, order_ref)
) STRICT;
CREATE INDEX IF NOT EXISTS task_due ON task (due_us) WHERE due_us IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_feed ON task (bank, modified_us, id);
CREATE TABLE IF NOT EXISTS task_answer (
    task TEXT NOT NULL, number INTEGER NOT NULL, at_us INTEGER NOT NULL, status TEXT NOT NULL,
    document TEXT NOT NULL, PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID
"""
"""Made when a file is opened, for files older than these tables are."""


class TaskStatus(StrEnum):
    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    PRESERVED = "PRESERVED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class TaskKind(StrEnum):
    QUERY = "query"
    SUSPEND = "suspend"
    PRESERVE = "preserve"
    TAKE_DOWN = "take_down"
    WARN = "warn"
    COPY = "copy"


KINDS_OF = {
    "bank": frozenset({TaskKind.WARN}),
    "telecom": frozenset({TaskKind.QUERY, TaskKind.SUSPEND, TaskKind.PRESERVE}),
    "platform": frozenset({TaskKind.QUERY, TaskKind.TAKE_DOWN, TaskKind.PRESERVE}),
    "authority": frozenset({TaskKind.COPY}),
}
"""What each kind of partner can be asked."""
_TOLD_ONLY = frozenset({TaskKind.WARN, TaskKind.COPY})
_WAITING = frozenset({TaskStatus.RECEIVED, TaskStatus.IN_PROGRESS})
_LIVE = _WAITING | {TaskStatus.DONE, TaskStatus.PRESERVED}
NOT_FOUND = "NOT_FOUND"


@dataclass(slots=True)
class Task:
    """One row of the table `task`, in its order of columns; `told` is the order as it came."""

    id: str
    bank: str
    order_ref: str
    kind: str
    subject_kind: str
    subject: str
    told: str
    status: str
    revision: int
    received_us: int
    until_us: int | None
    due_us: int | None
    modified_us: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """A task as an authority ordered it."""

    order_ref: str
    kind: TaskKind
    subject_kind: str
    subject: str
    until_us: int | None
    told: str


def find_task(db: sqlite3.Connection, bank: str, task_id: str) -> Task | None:
    """The task with this id at this partner, or None."""
    row = db.execute("SELECT * FROM task WHERE bank = ? AND id = ?", [bank, task_id]).fetchone()
    return None if row is None else Task(*row)


def place(journal: Journal, bank: tuple[str, int], order: TaskOrder, now_us: int) -> Task:
    """Receive a task; `bank` is (id, answer minutes), and 0 minutes means that it acts at once."""
    bank_id, answer_minutes = bank
    task = Task(
        id=resource_id(bank_id, "task", order.order_ref),
        bank=bank_id,
        order_ref=order.order_ref,
        kind=order.kind,
        subject_kind=order.subject_kind,
        subject=order.subject,
        told=order.told,
        status=TaskStatus.RECEIVED,
        revision=0,
        received_us=now_us,
        until_us=order.until_us,
        due_us=now_us + answer_minutes * MINUTE_US // 2,
        modified_us=now_us,
        reason=None,
    )
    marks = ",".join("?" * len(astuple(task)))
    journal.db.execute(f"INSERT INTO task VALUES ({marks})", astuple(task))  # noqa: S608 - marks
    _answer(journal, task, TaskStatus.RECEIVED, now_us)
    while answer_minutes == 0 and task.due_us is not None and task.due_us <= now_us:
        _move(journal, task, 0, now_us)
    return task


def step(journal: Journal, bank: tuple[str, int], task_id: str, at_us: int) -> int | None:
    """Make the move that is due at `at_us`; the instant of the next one, or None."""
    task = find_task(journal.db, bank[0], task_id)
    if task is None or task.due_us != at_us:
        return None
    _move(journal, task, bank[1], at_us)
    return task.due_us


def extend(journal: Journal, task: Task, until_us: int, now_us: int) -> bool:
    """Preserve until a later end; False when nothing is preserved or the end is not later."""
    if task.status != TaskStatus.PRESERVED or task.until_us is None or until_us <= task.until_us:
        return False
    early_us = fault_effects.after_extending(journal.db, task.id, now_us, task.until_us)
    task.until_us, task.due_us = until_us, until_us if early_us is None else early_us
    _answer(journal, task, TaskStatus.PRESERVED, now_us)
    return True


def cancel(journal: Journal, task: Task, now_us: int) -> bool:
    """Let a task be and undo what was done; False for one that has ended."""
    if task.status not in _LIVE:
        return False
    task.due_us = None
    _answer(journal, task, TaskStatus.CANCELLED, now_us)
    return True


def _move(journal: Journal, task: Task, answer_minutes: int, at_us: int) -> None:
    if task.status == TaskStatus.RECEIVED:
        task.due_us = task.received_us + answer_minutes * MINUTE_US
        _answer(journal, task, TaskStatus.IN_PROGRESS, at_us)
    elif task.status == TaskStatus.IN_PROGRESS:
        _act(journal, task, at_us)
    else:
        task.due_us = None
        by_mistake = fault_effects.end_of(journal.db, task.id) is HoldStatus.RELEASED
        _answer(journal, task, TaskStatus.CANCELLED if by_mistake else TaskStatus.EXPIRED, at_us)


def _act(journal: Journal, task: Task, at_us: int) -> None:
    task.due_us = None
    if task.kind not in _TOLD_ONLY and _holder(journal.db, task) is None:
        task.reason = NOT_FOUND
        _answer(journal, task, TaskStatus.REFUSED, at_us)
    elif task.kind == TaskKind.PRESERVE:
        task.due_us = fault_effects.end_after_acting(journal.db, task.id, at_us, task.until_us)
        _answer(journal, task, TaskStatus.PRESERVED, at_us)
    else:
        _answer(journal, task, TaskStatus.DONE, at_us)


def _holder(db: sqlite3.Connection, task: Task) -> str | None:
    row = db.execute(
        "SELECT holder FROM subject WHERE bank = ? AND kind = ? AND value = ?",
        [task.bank, task.subject_kind, task.subject],
    ).fetchone()
    return None if row is None else str(row[0])


def _answer(journal: Journal, task: Task, status: TaskStatus, at_us: int) -> None:
    task.status, task.modified_us = status, at_us
    task.revision += 1
    journal.db.execute(
        "UPDATE task SET status = ?, revision = ?, until_us = ?, due_us = ?, modified_us = ?,"
        " reason = ? WHERE id = ?",
        [status, task.revision, task.until_us, task.due_us, at_us, task.reason, task.id],
    )
    document = _document(journal.db, task)
    journal.db.execute(
        "INSERT INTO task_answer VALUES (?,?,?,?,?)",
        [task.id, task.revision, at_us, status, document],
    )


def _document(db: sqlite3.Connection, task: Task) -> str:
    """The letter that comes with an answer; every word of it is invented."""
    said: dict[str, object] = {
        "synthetic": True,
        "task": task.id,
        "answer": task.revision,
        "at": iso(task.modified_us),
        "kind": task.kind,
        "status": task.status,
        "preservedUntil": None if task.until_us is None else iso(task.until_us),
        "refusalReason": task.reason,
    }
    if task.kind == TaskKind.QUERY and task.status == TaskStatus.DONE:
        said["holder"] = _holder(db, task)
    return json.dumps(said, ensure_ascii=False, indent=1)

"""The acting officer: one identity on one database; each action is one transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.entities.officer import Role
from models.facts import AccountRef
from models.language.phrase import joined, phrase
from models.queries.cases.case_files import NoSuchRecoveryError, load_file
from models.queries.cases.history import events_of
from models.queries.installation.clock import case_now
from models.store.accounts import ensure_account
from models.store.derived import Derived
from models.store.documents import keep
from models.store.notes import write_note
from models.store.permissions import NotPermittedError
from models.store.reports.known import stored_holder
from models.store.unit import Actor, Unit, unit_of_work
from models.store.waiting_rows import StaleFileError
from recovery_flows.access.log_in import (
    Identity,
    NobodyActsError,
    check_entry,
    is_authentic,
    nobody_acts,
)
from recovery_flows.clock import wall_clock
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.intake.budget import Limits
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.wording import spoken, zoned

_EVENTS_LOOKED_AT, _ACTS_TOLD = 60, 3
WallClock = Callable[[], datetime]


@contextmanager
def as_refusal() -> Iterator[None]:
    """Raise an error of the store as one of the program's own, with the same sentence.

    `str` of an error would be its English alone: its first argument is the phrase.
    """
    try:
        yield
    except (StaleFileError, NotPermittedError) as error:
        raise StepRefusedError(error.args[0]) from error
    except NoSuchRecoveryError as error:
        raise MisuseError(error.args[0]) from error


def given_reason(text: str, option: str = "--reason") -> str:
    """A reason without the blanks around it; MisuseError where it is empty."""
    if not text.strip():
        raise MisuseError(phrase(
            "this takes a reason: say with {option} what was said, written or decided; it is "
            "kept encrypted",
            option=option,
        ))  # fmt: skip
    return text.strip()


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one recovery in one transaction: who makes it, and when in case time."""

    unit: Unit
    changes: Changeset
    actor: Actor
    now: datetime

    @property
    def file(self) -> CaseFile:
        """The recovery as it stands with what was decided so far."""
        return self.changes.file

    @property
    def ref(self) -> str:
        """The reference of the recovery."""
        return self.changes.file.recovery.ref

    def note(self, about: str, reason: str, option: str = "--reason") -> str:
        """Keep a reason encrypted as a note: `about`, then the reason; return its fingerprint.

        The history names the reason by the fingerprint. MisuseError, which names the `option` of
        the command, where the reason is empty.
        """
        text = f"{about}: {given_reason(reason, option)}"
        write_note(self.unit, self.actor, self.now, self.changes.file.recovery.id, text)
        return self.unit.vault.fingerprint(text)

    def keep(self, raw: bytes, kind: str, media_type: str = "application/octet-stream") -> str:
        """Store a paper encrypted; return its digest."""
        return keep(self.unit, raw, kind, media_type, self.now)

    def account_of(self, ref: AccountRef, unnamed: str) -> str:
        """The id of an account whose holder is known; MisuseError, saying `unnamed`, if not."""
        account_id = ensure_account(self.unit, ref, self.changes.file.recovery.currency)
        if not stored_holder(self.unit.session, self.unit.vault, account_id):
            raise MisuseError(unnamed)
        return account_id


@dataclass(frozen=True, slots=True)
class ActingOfficer(ABC):
    """One identity at work on one database under the laws of the unit.

    What follows for the queue from a decision is known above the stages: `commit` and `derived`
    are written there, so that an act of one stage imports no other.
    """

    database: Database
    laws: Regimes
    officer: Identity | None
    wall_now: WallClock = wall_clock
    limits: Limits = field(default_factory=Limits)

    def instant_in_words(self, edit: Edit, at: datetime | None) -> str:
        """An instant in the zone of the recovery's law, marked; that there is none."""
        if at is None:
            return phrase("no set time")
        return zoned(at, self.laws[edit.file.recovery.regime].time_zone)

    def __post_init__(self) -> None:
        """Whatever he reads and does is without what is restricted to others."""
        own = self.database.seen_by(self.officer.id if self.officer else "")
        object.__setattr__(self, "database", own)

    @abstractmethod
    def commit(self, unit: Unit, actor: Actor, now: datetime, changes: Changeset) -> None:
        """Record everything that was decided, and its consequences for the queue."""

    @abstractmethod
    def derived(self, file: CaseFile, now: datetime) -> Derived:
        """The columns of the queue that are derived from a recovery."""

    def actor(self, role: Role) -> Actor:
        """The acting officer in this role; NobodyActsError where nobody acts or has the role."""
        if self.officer is None:
            raise nobody_acts(self.database)
        if not is_authentic(self.officer, self.database.vault):
            raise NobodyActsError(
                phrase("{handle} has not logged in: nothing was done", handle=self.officer.handle)
            )
        check_entry(self.database, self.officer)
        if role not in self.officer.roles:
            has = ", ".join(sorted(self.officer.roles))
            raise NobodyActsError(
                phrase(
                    "this takes the role {role}; {handle} has: {has}",
                    role=role,
                    handle=self.officer.handle,
                    has=has,
                )
            )
        return Actor(self.officer.id, role)

    def actor_in(self, *roles: Role) -> Actor:
        """The acting officer in the first of these roles that he has; an error names the last."""
        own = self.officer.roles if self.officer else frozenset()
        return self.actor(next((role for role in roles if role in own), roles[-1]))

    @contextmanager
    def unit(self) -> Iterator[tuple[Unit, datetime]]:
        """One transaction and its case time; errors of the store are raised as refusals."""
        with as_refusal(), unit_of_work(self.database) as unit:
            yield unit, case_now(unit.session, self.wall_now())

    @contextmanager
    def editing(self, recovery_id: str, seen_version: int | None = None) -> Iterator[Edit]:
        """Load a recovery for a change by an officer; what the body decides is recorded at the end.

        StepRefusedError where the recovery has changed since version `seen_version`.
        """
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            check_version(unit.session, file, seen_version)
            changes = Changeset(file)
            yield Edit(unit, changes, actor, now)
            self.commit(unit, actor, now, changes)


def check_version(session: Session, file: CaseFile, seen_version: int | None) -> None:
    """StepRefusedError where a recovery has changed since the person looked, with what was done."""
    now = file.recovery.version
    if seen_version is not None and seen_version != now:
        done = _last_acts(session, file.recovery.id, now - seen_version)
        raise StepRefusedError(phrase(
            "{ref} has changed since you looked (version {seen_version}, now {now}): {done}; "
            "review it and try again",
            ref=file.recovery.ref, seen_version=seen_version, now=now, done=done,
        ))  # fmt: skip


def _last_acts(session: Session, recovery_id: str, count: int) -> str:
    """The newest acts, each by its first event: who did what, when in UTC."""
    newest = events_of(session, recovery_id, _EVENTS_LOOKED_AT)
    acts = [list(events)[-1] for _, events in groupby(newest, lambda e: (e.at, e.actor))]
    told = (
        joined(" ", (e.actor, f"{e.at:%Y-%m-%d %H:%M} UTC", spoken(e.noun), spoken(e.event)))
        for e in acts[: min(max(count, 1), _ACTS_TOLD)]
    )
    return joined(", ", told)

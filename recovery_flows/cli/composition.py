"""The composition root: settings, database, laws and identity put together."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from config.regimes import read_regime, regime_codes
from config.settings import Settings, load_settings
from models.engine import Database, make_engine, missing, open_database
from models.entities.installation import InstallationKind
from models.entities.officer import Role
from models.queries.installation.demo_mark import is_demo
from models.queries.installation.officers import officer_with_hash, officers
from models.schema import has_schema, schema_is_current
from recovery_flows.access.log_in import (
    Identity,
    NobodyActsError,
    all_of_demo,
    by_secret,
    by_system_user,
    entered_before,
    nobody_acts,
)
from recovery_flows.caller import (
    entered_officer,
    entry,
    is_served,
    named_officer,
    system_user,
)
from recovery_flows.cli.limits import limits_of, pace_of
from recovery_flows.clock import wall_clock
from recovery_flows.errors import MisuseError, RefusedError, UnavailableError
from recovery_flows.law.in_use import RegimesInUse
from recovery_flows.law.regime import Regime

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.correspondence.documents.text import Sender
    from recovery_flows.engine.context import Pace
    from recovery_flows.intake.budget import Limits
    from recovery_flows.partners.rbp1.signing import Signer
    from recovery_flows.reports.unattended import Patience

DEMO_IDENTITIES = "demo-identities.json"
"""Secrets of the demo's officers; outside a demo nobody acts by it."""
_HOME_LAW = "CN"
"""Whose time zone the unit's own days and instants are told in."""
SANDBOX_BOOK = "sandbox.sqlite3"
"""The book of sandbox banks; its presence marks a folder whose banks are synthetic."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One unit's set-up, opened: everything a command needs."""

    settings: Settings
    whole: Database
    """The case database with everything in it: for the engine, log-ins and the audit."""
    laws: Mapping[str, Regime]
    _known: dict[str, Identity] = field(default_factory=dict, repr=False, compare=False)
    """Whom this command has asked for by handle, so that a secret is typed once."""

    @property
    def database(self) -> Database:
        """The case database as whoever runs this command may see it."""
        try:
            viewer = self.officer(named_officer())
        except NobodyActsError:  # told where he acts; nobody sees nothing that is restricted
            viewer = None
        return self.whole.seen_by(viewer.id if viewer else "")

    @property
    def data_dir(self) -> Path:
        """The folder that holds all state but the keys."""
        return self.settings.data_dir

    @property
    def time_zone(self) -> str:
        """The zone in which instants are told that are of no one recovery."""
        return self.laws[_HOME_LAW].time_zone

    @property
    def is_demo(self) -> bool:
        """Whether this was made for the demo: its signed history says so, no file does."""
        return is_demo(self.whole)

    def demo_secrets(self) -> dict[str, str]:
        """The demo identities' secrets by handle; empty outside a demo."""
        if not self.is_demo:
            return {}
        path = self.data_dir / DEMO_IDENTITIES
        found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found

    def case_officer(self, acting_as: str = "") -> CaseOfficer:
        """The desk of whoever acts: `--as` or the settings with a secret, else the system user."""
        from recovery_flows.cases.case_officer import CaseOfficer

        return CaseOfficer(self.whole, self.laws, self.officer(acting_as), limits=self.limits())

    def officer(self, acting_as: str = "") -> Identity | None:
        """Who acts: who has logged in here, else a handle with its secret (a demo's is known)."""
        # Behind a service the settings are the unit's and no caller's: none acts by them.
        if handle := entered_officer():
            return entered_before(self.whole, handle, entry())
        known = self._known.get(acting_as) or self._found(acting_as)
        if known is not None:  # whoever is nobody may be appointed meanwhile
            self._known[acting_as] = known
        return known

    def _found(self, acting_as: str) -> Identity | None:
        mine = None if is_served() else self.settings.security
        handle = acting_as or (mine.officer if mine else "")
        if not handle:
            return by_system_user(self.whole, system_user())
        secret = mine.secret if mine else None
        given = secret.get_secret_value() if secret else self.demo_secrets().get(handle, "")
        if not given and sys.stdin.isatty() and self._has_secret(handle):
            given = getpass(f"secret of {handle}: ")
        return by_secret(self.whole, handle, given, system_user())

    def _has_secret(self, handle: str) -> bool:
        with self.whole.reading() as session:
            found = officer_with_hash(session, handle)
        return found is not None and bool(found[1])

    def somebody(self, acting_as: str = "") -> Identity:
        """Who acts; NobodyActsError where this user is bound to no officer."""
        found = self.officer(acting_as)
        if found is None:
            raise nobody_acts(self.whole)
        return found

    def identities(self) -> tuple[Identity, ...]:
        """Identities that this user may switch among on the screen: the demo's, in a demo."""
        if self.is_demo and not entered_officer():
            return all_of_demo(self.whole)
        mine = self.officer()
        return (mine,) if mine else ()

    @property
    def signer(self) -> Signer:
        """The unit's signing key, made when it is first needed."""
        from recovery_flows.partners.rbp1.signing import Signer

        return Signer(self.settings.key_dir)

    def sender(self) -> Sender:
        """Who writes the unit's letters; where all data is synthetic they say so."""
        from recovery_flows.correspondence.documents.text import Sender

        letters, name = self.settings.letters, self.settings.screen.unit_name
        if not (self.is_demo or (self.data_dir / SANDBOX_BOOK).exists()):
            return Sender(name, letters.address, letters.answer_to)
        answer_to = letters.answer_to or "Synthetic Answer Desk"
        name = name or "Synthetic Anti-Fraud Unit"
        return Sender(name, letters.address, answer_to, is_synthetic=True)

    def patience(self) -> Patience:
        """How long a recovery may be without owner or act before it stands in red."""
        from recovery_flows.reports.unattended import Patience

        screen = self.settings.screen
        return Patience(
            unowned=timedelta(minutes=screen.unowned_minutes),
            stalled=timedelta(hours=screen.stalled_hours),
        )

    def limits(self) -> Limits:
        """What one file may cost, from the settings."""
        return limits_of(self.settings)

    def pace(self) -> Pace:
        """How fast the engine goes, from the settings."""
        return pace_of(self.settings)


@cache
def laws() -> Mapping[str, Regime]:
    """All regimes that ship with the program; read once, their files do not change under it."""
    return RegimesInUse(regime_codes(), read_regime)


def open_installation(data_dir: Path | None = None) -> Installation:
    """Open what `recovery init` made; one sentence says what is missing otherwise."""
    settings = load_settings(data_dir)
    database = open_database(settings.database_url.get_secret_value(), settings.key_dir)
    with answering():
        is_empty = not has_schema(database.engine)
    if is_empty:
        raise missing("the case database holds nothing", database.heads)
    check_schema(database)
    return Installation(settings, database, laws())


class SchemaError(MisuseError):
    """The database does not have the tables of this program."""


class DatabaseAwayError(UnavailableError):
    """The database does not answer, or what is there is none."""


@contextmanager
def answering() -> Iterator[None]:
    """Turn a database that is away, locked, full or none at all into DatabaseAwayError."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
            raise
        why = str(error.orig).partition("\n")[0]
        raise DatabaseAwayError(f"the case database cannot be used: {why}") from error


def check_schema(database: Database) -> None:
    """Raise SchemaError, DatabaseAwayError unless the database is one of this version."""
    with answering():
        is_current = schema_is_current(database.engine)
    if not is_current:
        raise SchemaError(
            "the case database does not have this program's tables: run `recovery init`, which "
            "brings an older one up to date"
        )


@dataclass(frozen=True, slots=True)
class FirstOfficer:
    """An identity that `init` appoints."""

    handle: str
    roles: frozenset[Role]
    os_user: str = ""
    secret: str = ""


def make_installation(
    settings: Settings,
    first: tuple[FirstOfficer, ...],
    *,
    stands_at: datetime | None = None,
    kind: InstallationKind = InstallationKind.UNIT,
) -> Installation:
    """Make keys and database, appoint the engine and the first officers; twice changes nothing.

    `kind` is what the installation is for, for good. Case time follows the wall clock unless it
    `stands_at` an instant.
    """
    from models.migrate import UpgradeRefusedError, upgrade
    from models.sealing.vault import Vault
    from models.store.clock import set_case_time
    from models.store.installation import SealsLostError, has_no_seals, note_made, seal_older
    from models.store.people import appoint, appoint_engine
    from models.store.unit import unit_of_work
    from recovery_flows.cases.clocks.keeping import fill as fill_deadlines

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    Vault.create(settings.key_dir)
    engine = make_engine(settings.database_url.get_secret_value())
    is_older = has_no_seals(engine)
    try:
        upgrade(engine)
    except UpgradeRefusedError as error:
        raise RefusedError(str(error)) from error
    finally:
        engine.dispose()
    installation = open_installation(settings.data_dir)
    fill_deadlines(installation.whole, installation.laws)
    if is_older:
        try:
            seal_older(installation.whole)
        except SealsLostError as error:
            raise RefusedError(str(error)) from error
    with installation.whole.reading() as session:
        known = {o.handle for o in officers(session)}
    if not known:
        with unit_of_work(installation.whole) as unit:
            now = stands_at or wall_clock()
            note_made(unit, now, kind)
            appoint_engine(unit, now)
            if stands_at is not None:
                set_case_time(unit, stands_at)
            for officer in first:
                appoint(
                    unit, now, officer.handle, officer.roles,
                    os_user=officer.os_user, secret=officer.secret,
                )  # fmt: skip
    return installation

"""A world of synthetic banks, accounts and scheduled transfers, and how it becomes one file."""

from __future__ import annotations

import csv
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from recovery_flows.sandbox.arithmetic import Rate, micros
from recovery_flows.sandbox.banks import abroad, abroad_messages, tasks
from recovery_flows.sandbox.schema import BANK, LATER, SCHEMA, keep_amounts

AccountKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bank:
    """One partner; 0 answer or settle minutes mean that it acts while it is asked.

    `kind` is bank, telecom, platform or authority; or, of another State, police, central_authority
    or fiu. Only a bank has accounts.
    """

    id: str
    name: str
    jurisdiction: str
    currency: str
    answer_minutes: int
    settle_minutes: int
    kind: str = BANK


@dataclass(frozen=True, slots=True)
class WorldSubject:
    """A number, device, domain or name that a telecom or a platform knows, and whose it is."""

    partner: str
    kind: str
    value: str
    holder: str


@dataclass(frozen=True, slots=True)
class WorldAccount:
    """One account and what it holds before the first transfer, in its own currency."""

    bank: str
    number: str
    holder: str
    currency: str
    opening_minor: int


@dataclass(frozen=True, slots=True)
class WorldTransfer:
    """One scheduled payment; without a payee the money leaves the banks (cash, card, fee).

    `payer` and `payee` are (bank, number); `currency` is that of the amount as instructed; `order`
    decides between transfers of one instant.
    """

    order: int
    at: datetime
    payer: AccountKey
    payee: AccountKey | None
    amount_minor: int
    currency: str
    kind: str
    end_to_end_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a complaint file, every field text as it stands in the CSV."""

    external_ref: str
    victim_name: str
    victim_contact: str
    victim_bank: str
    victim_account: str
    payee_bank: str
    payee_account: str
    payee_name: str
    amount: str
    currency: str
    paid_at: str
    reported_at: str
    end_to_end_id: str
    method: str


@dataclass(frozen=True, slots=True)
class WorldObjection:
    """A victim who objects while the notice of a distribution runs, and what comes of it.

    `upheld_percent` is what of his loss is upheld on his word; None: the objection is rejected.
    """

    external_ref: str
    kind: str
    after_days: int
    says: str
    decision: str
    upheld_percent: int | None = None


@dataclass(frozen=True, slots=True)
class WorldRecall:
    """A payment that its bank is asked to call back, and what comes of it (`banks.recalls`).

    The references are those that the victim's bank would give.
    """

    external_ref: str
    behaviour: str
    percent: int
    uetr: str
    original_message: str
    instruction_id: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything a sandbox starts from; `notes` say what was assumed."""

    banks: tuple[Bank, ...]
    accounts: tuple[WorldAccount, ...]
    transfers: tuple[WorldTransfer, ...]
    reports: tuple[Report, ...]
    rates: tuple[Rate, ...]
    starts_at: datetime
    notes: tuple[str, ...]
    subjects: tuple[WorldSubject, ...] = ()
    objections: tuple[WorldObjection, ...] = ()
    recalls: tuple[WorldRecall, ...] = ()
    gives_back: str = ""
    """The report of a victim whose money the holder gives back by himself; "" for none."""
    goes_abroad: str = ""
    """The report whose money is asked for abroad by the police too."""
    sold_for: str = ""
    """The report for whose money a third party has sold something in good faith."""
    court_gives: str = ""
    """The report of whose held money a court gives a part by its own list."""


def open_book(path: Path) -> sqlite3.Connection:
    """Open a sandbox file for reading and writing; transactions are begun explicitly."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    # Without waiting for the disk the file survives the death of the process at any instant; only
    # a power cut could hurt it, and a synthetic world is made again in seconds.
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA cache_size = -65536")
    db.execute("PRAGMA wal_autocheckpoint = 4000")
    db.executescript(tasks.SCHEMA)
    db.executescript(abroad.SCHEMA)
    db.executescript(abroad_messages.SCHEMA)
    columns = [row["name"] for row in db.execute("PRAGMA table_info(bank)")]
    if columns and "kind" not in columns:  # a file from before there were others than banks
        db.execute("ALTER TABLE bank ADD COLUMN kind TEXT NOT NULL DEFAULT 'bank'")
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'clock'").fetchone():
        _run(db, LATER)
        if "code" not in [row["name"] for row in db.execute("PRAGMA table_info(fault)")]:
            db.execute("ALTER TABLE fault ADD COLUMN code TEXT")
    keep_amounts(db)
    return db


def _run(db: sqlite3.Connection, script: str) -> None:
    # One script would commit in between: a half-installed sandbox must not exist.
    for statement in filter(str.strip, script.split(";")):
        db.execute(statement)


def install(path: Path, world: World) -> None:
    """Write `world` into a new file at `path`; FileExistsError when there is one already.

    ValueError for an account in another currency than its bank's.
    """
    currencies = {bank.id: bank.currency for bank in world.banks}
    if any(account.currency != currencies.get(account.bank) for account in world.accounts):
        raise ValueError("every account of a world is in the currency of its bank")
    if path.exists():
        raise FileExistsError(f"{path} is there already; a sandbox is installed once")
    path.touch(mode=0o600)
    with closing(open_book(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        _run(db, SCHEMA)
        _run(db, LATER)
        keep_amounts(db)
        _write_banks(db, world)
        ids = _write_accounts(db, world.accounts)
        db.executemany(
            "INSERT INTO transfer VALUES (?,?,?,?,?,?,?,?)", _transfer_rows(world.transfers, ids)
        )
        db.execute("INSERT INTO clock VALUES (1, ?, -1, -1)", [micros(world.starts_at)])
        db.execute("COMMIT")


def _write_banks(db: sqlite3.Connection, world: World) -> None:
    for place, bank in enumerate(world.banks):
        row = (bank.id, place, bank.name, bank.jurisdiction, bank.currency)
        times = (bank.answer_minutes, bank.settle_minutes, secrets.token_urlsafe(32))
        db.execute("INSERT INTO bank VALUES (?,?,?,?,?,?,?,?,0,?)", (*row, *times, bank.kind))
    db.executemany("INSERT INTO subject VALUES (?,?,?,?)", map(astuple, world.subjects))
    db.executemany("INSERT INTO rate VALUES (?,?,?,?)", map(astuple, world.rates))


def _write_accounts(
    db: sqlite3.Connection, accounts: Iterable[WorldAccount]
) -> dict[AccountKey, int]:
    ids: dict[AccountKey, int] = {}
    rows = []
    for row_id, a in enumerate(accounts, start=1):
        ids[a.bank, a.number] = row_id
        rows.append((row_id, a.bank, a.number, a.holder, a.currency, a.opening_minor))
    db.executemany("INSERT INTO account VALUES (?,?,?,?,?,?)", rows)
    db.execute("INSERT INTO balance SELECT id, currency, opening_minor, 0, 0 FROM account")
    return ids


def _transfer_rows(
    transfers: Iterable[WorldTransfer], ids: dict[AccountKey, int]
) -> Iterator[tuple[int, int, int, int | None, int, str, str, str]]:
    instants: dict[datetime, int] = {}
    for t in transfers:
        at_us = instants.get(t.at)
        if at_us is None:
            at_us = instants[t.at] = micros(t.at)
        payee_id = None if t.payee is None else ids[t.payee]
        yield (
            *(at_us, t.order, ids[t.payer], payee_id),
            *(t.amount_minor, t.currency, t.kind, t.end_to_end_id),
        )


def write_reports(path_csv: Path, reports: Iterable[Report]) -> None:
    """Write complaints as CSV (UTF-8, header row, one row per report)."""
    with path_csv.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Report)])
        writer.writerows(map(astuple, reports))

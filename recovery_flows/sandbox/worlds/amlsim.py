"""A world from IBM's AMLSim sample: 20,000 accounts, 117,805 transfers, laundering cycles."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from recovery_flows.sandbox.arithmetic import Rate, Rates, minor_of, text_of
from recovery_flows.sandbox.worlds.world import Bank, Report, World, WorldAccount, WorldTransfer

STARTS_AT = datetime(2026, 3, 2, tzinfo=UTC)
RATES = (Rate("GBP", "CNY", 920, 100),)
_HOME_BANKS = ("North", "East", "South", "West", "Centre", "Harbour", "River", "Hill")
_PREFIX = "9990"
_Converters = dict[str, Callable[[str], int]]


@dataclass(frozen=True, slots=True)
class _Node:
    is_fraud: bool
    opening_minor: int
    fraud_step: int


_Nodes = dict[int, _Node]
_Accounts = dict[int, WorldAccount]
_Move = tuple[int, int, int, int]
"""Payer, payee, minor units of CNY, step."""


def amlsim_world(
    folder: Path,
    *,
    foreign_every: int = 5,
    limit: int | None = None,
    starts_at: datetime = STARTS_AT,
) -> World:
    """Read nodes.csv and transactions.csv of `folder`; one step is an hour.

    There are `foreign_every` banks and the last one is in GB; account n is at bank n modulo that.
    `limit` keeps the first reports by time. ValueError names file, line and column of a bad row.
    """
    if not 2 <= foreign_every <= len(_HOME_BANKS) + 1:
        raise ValueError(f"foreign_every is a number of banks from 2 to {len(_HOME_BANKS) + 1}")
    banks = _banks(foreign_every)
    nodes = _read_nodes(folder / "nodes.csv")
    moves = _read_moves(folder / "transactions.csv", nodes)
    accounts, raised = _accounts(nodes, moves, banks)
    reports = _reports(nodes, moves, accounts, starts_at)
    return World(
        banks=banks,
        accounts=tuple(accounts.values()),
        transfers=tuple(_transfers(moves, accounts, starts_at)),
        reports=tuple(reports[:limit]),
        rates=RATES,
        starts_at=starts_at,
        notes=(
            "Accounts and transfers are IBM AMLSim's synthetic sample; nobody in it is real.",
            (
                f"The opening balance of {raised} of {len(nodes)} accounts was raised to the least"
                " that keeps the account at or above zero over the whole file."
            ),
            "One step of the sample is one hour; the order of the file is the order of booking.",
        ),
    )


def _banks(count: int) -> tuple[Bank, ...]:
    home = [
        Bank(f"sandbox-{name.lower()}", f"Sandbox Bank {name}", "CN", "CNY", 10, 30)
        for name in _HOME_BANKS[: count - 1]
    ]
    return (*home, Bank("sandbox-abroad", "Sandbox Bank Abroad", "GB", "GBP", 120, 240))


def _read_nodes(path: Path) -> _Nodes:
    columns: _Converters = {"nodeid": int, "isFraud": int, "init_balance": _cny, "fraudStep": int}
    rows = _rows(path, columns)
    return {
        row[0]: _Node(is_fraud=row[1] == 1, opening_minor=row[2], fraud_step=row[3]) for row in rows
    }


def _read_moves(path: Path, nodes: _Nodes) -> list[_Move]:
    # Cached, because the same few thousand texts stand in every one of 100,000 rows.
    @cache
    def node(text: str) -> int:
        if (number := int(text)) not in nodes:
            raise ValueError(f"account {text} is not in nodes.csv")
        return number

    @cache
    def step(text: str) -> int:
        if (number := int(text)) < 0:
            raise ValueError("a step is 0 or more")
        return number

    columns: _Converters = {"sourceNodeId": node, "targetNodeId": node, "value": _cny, "time": step}
    moves = [(row[0], row[1], row[2], row[3]) for row in _rows(path, columns)]
    # Booking goes by time; within a step the file decides, which a stable sort keeps.
    return sorted(moves, key=lambda move: move[3])


@cache
def _cny(text: str) -> int:
    return minor_of(text, "CNY")


def _rows(path: Path, columns: _Converters) -> list[tuple[int, ...]]:
    """The rows of a CSV file as whole numbers, in the order of `columns`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no CSV in UTF-8: {error}") from None
    if sorted(header) != sorted(columns) or not rows:
        raise ValueError(f"{path.name}, line 1: it needs the columns {','.join(columns)} and rows")
    try:
        # Column by column: the loop over 100,000 rows is then the interpreter's own.
        texts = dict(zip(header, zip(*rows, strict=True), strict=True))
        numbers = [list(map(convert, texts[name])) for name, convert in columns.items()]
    except ValueError:
        raise _first_bad_cell(path, header, rows, columns) from None
    return list(zip(*numbers, strict=True))


def _first_bad_cell(
    path: Path, header: list[str], rows: list[list[str]], columns: _Converters
) -> ValueError:
    for line, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            column = header[min(len(cells), len(header) - 1)]
            problem = f"{len(cells)} cells instead of {len(header)}"
            return ValueError(f"{path.name}, line {line}, column {column}: {problem}")
        for name, cell in zip(header, cells, strict=True):
            try:
                columns[name](cell)
            except ValueError as error:
                return ValueError(f"{path.name}, line {line}, column {name}: {error}")
    return ValueError(f"{path.name} cannot be read")


def _accounts(nodes: _Nodes, moves: list[_Move], banks: tuple[Bank, ...]) -> tuple[_Accounts, int]:
    convert = cache(Rates(RATES).half_up)
    currency = {n: banks[n % len(banks)].currency for n in nodes}
    given = {n: convert(node.opening_minor, "CNY", currency[n]) for n, node in nodes.items()}
    balance, lowest = dict.fromkeys(nodes, 0), dict.fromkeys(nodes, 0)
    for payer, payee, amount_minor, _ in moves:
        balance[payer] -= convert(amount_minor, "CNY", currency[payer])
        lowest[payer] = min(lowest[payer], balance[payer])
        balance[payee] += convert(amount_minor, "CNY", currency[payee])
    accounts = {
        n: WorldAccount(
            bank=banks[n % len(banks)].id,
            number=f"{_PREFIX}{n % len(banks):02d}{n:010d}",
            holder=f"Synthetic Holder {n:05d}",
            currency=currency[n],
            opening_minor=max(given[n], -lowest[n]),
        )
        for n in nodes
    }
    return accounts, sum(-lowest[n] > given[n] for n in nodes)


def _transfers(
    moves: list[_Move], accounts: _Accounts, starts_at: datetime
) -> Iterator[WorldTransfer]:
    keys = {n: (account.bank, account.number) for n, account in accounts.items()}
    instants = {step: starts_at + timedelta(hours=step) for _, _, _, step in moves}
    for order, (payer, payee, amount_minor, step) in enumerate(moves, start=1):
        yield WorldTransfer(
            *(order, instants[step], keys[payer], keys[payee], amount_minor, "CNY", "TRANSFER"),
            f"AML-{order:07d}",
        )


def _reports(
    nodes: _Nodes, moves: list[_Move], accounts: _Accounts, starts_at: datetime
) -> list[Report]:
    """The first payment from outside the ring that reached each fraud account after it turned."""
    found: dict[int, tuple[datetime, datetime, int]] = {}
    for order, (payer, payee, _, step) in enumerate(moves, start=1):
        mule = nodes[payee]
        if (
            mule.is_fraud
            and payee not in found
            and step >= mule.fraud_step
            and not nodes[payer].is_fraud
        ):
            paid_at = starts_at + timedelta(hours=step)
            found[payee] = (paid_at + _lag(payee), paid_at, order)
    chosen = sorted(found.items(), key=lambda item: (item[1], item[0]))
    return [
        _report(place, moves[order - 1], accounts, paid_at, reported_at, order)
        for place, (_, (reported_at, paid_at, order)) in enumerate(chosen, start=1)
    ]


def _lag(mule: int) -> timedelta:
    """A third within 3 hours, a third within a day, the rest up to 3 days; by hash, not by dice."""
    digest = hashlib.sha256(f"amlsim {mule}".encode()).digest()
    least, most = ((5, 180), (180, 1440), (1440, 4320))[digest[0] % 3]
    return timedelta(minutes=least + int.from_bytes(digest[1:5]) % (most - least))


def _report(
    place: int,
    move: _Move,
    accounts: _Accounts,
    paid_at: datetime,
    reported_at: datetime,
    order: int,
) -> Report:
    victim, payee = accounts[move[0]], accounts[move[1]]
    # The loss is what left the victim's account, in the currency of that account.
    lost_minor = Rates(RATES).half_up(move[2], "CNY", victim.currency)
    return Report(
        external_ref=f"AML-R{place:04d}",
        victim_name=victim.holder,
        victim_contact=f"victim{move[0]:05d}@synthetic.example",
        victim_bank=victim.bank,
        victim_account=victim.number,
        payee_bank=payee.bank,
        payee_account=payee.number,
        payee_name=payee.holder,
        amount=text_of(lost_minor, victim.currency),
        currency=victim.currency,
        paid_at=paid_at.isoformat(),
        reported_at=reported_at.isoformat(),
        end_to_end_id=f"AML-{order:07d}",
        method="transfer",
    )

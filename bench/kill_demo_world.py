"""A small invented world in AMLSim's form, in which money is stopped, has gone on and is abroad."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

_NODES = 40
_MULES = frozenset({10, 11, 12, 13, 14, 16, 20, 21})
_ONWARD = frozenset({22, 24, 31})
_OPENING = 5_000
"""What an honest account begins with; a mule's has the victims' money and no other."""


class _Pay(NamedTuple):
    """One payment of CNY in an hour of the story."""

    payer: int
    payee: int
    value: int
    hour: int


# Bank n modulo 5 keeps account n; those of the fifth bank (14, 24) are abroad.
_PAYS = (
    _Pay(0, 10, 300, 2),
    _Pay(10, 20, 100, 3),
    _Pay(1, 11, 450, 5),
    _Pay(11, 21, 450, 6),
    _Pay(21, 31, 200, 7),
    _Pay(2, 13, 600, 9),
    _Pay(3, 14, 700, 20),
    _Pay(4, 12, 350, 22),
    _Pay(12, 22, 350, 22),
    _Pay(5, 16, 500, 30),
    _Pay(6, 16, 250, 31),
    _Pay(16, 24, 300, 32),
)


def write_world(folder: Path) -> Path:
    """Write nodes.csv and transactions.csv into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [
        {"nodeid": n, "isFraud": int(n in _MULES), "init_balance": _opening(n), "fraudStep": 1}
        for n in range(_NODES)
    ]
    pays = [
        {"sourceNodeId": p.payer, "targetNodeId": p.payee, "value": p.value, "time": p.hour}
        for p in _PAYS
    ]
    for name, rows in (("nodes.csv", nodes), ("transactions.csv", pays)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _opening(node: int) -> int:
    return 0 if node in _MULES | _ONWARD else _OPENING


def world_digest() -> str:
    """Which world it is."""
    told = (_NODES, sorted(_MULES), sorted(_ONWARD), _OPENING, _PAYS)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

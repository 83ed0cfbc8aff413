"""Made-up transfers for the benches: a few accounts move much, most move little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from recovery_flows.tracing.kernel.problem import Problem
from recovery_flows.tracing.transfers.mapping import mapping_named
from recovery_flows.tracing.transfers.quick import quick_table


def power_law(rows: int, victims: int, seed: int = 42) -> Problem:
    """Accounts by a power law of exponent 0.75, log-normal cents, 5 % out of sight, openings 0."""
    dice = np.random.default_rng(seed)
    accounts = rows // 10
    weights = 1 / np.arange(1, accounts + 1) ** 0.75
    ladder = np.cumsum(weights / weights.sum())
    names = dice.permutation(accounts)

    def drawn() -> np.ndarray:
        return names[np.searchsorted(ladder, dice.random(rows)).clip(0, accounts - 1)]

    payer, payee = drawn(), drawn()
    payee = np.where(payer == payee, (payee + 1) % accounts, payee)
    payee = np.where(dice.random(rows) < 0.05, -1, payee)
    per_victim = dice.integers(1, 4, victims)
    source_row = np.sort(dice.choice(rows, per_victim.sum(), replace=False))
    source_claim = dice.permutation(np.repeat(np.arange(victims), per_victim))
    return Problem(
        payer=payer.astype(np.int32),
        payee=payee.astype(np.int32),
        minor=np.maximum(1, dice.lognormal(9, 1.5, rows)).astype(np.int64),
        batch=np.arange(rows, dtype=np.int32),
        source_row=source_row.astype(np.int64),
        source_claim=source_claim.astype(np.int32),
        opening=np.zeros(accounts, np.int64),
        owes=np.zeros(accounts, np.bool_),
        owed_from=np.zeros(accounts, np.int64),
        claims=victims,
    )


def synthfin(path: Path) -> Problem:
    """A file of synthfin-aml 9.2.0: every payer of fraudulent rows is a victim; openings 0."""
    table = quick_table([path], mapping_named("synthfin"))
    if table is None:
        raise SystemExit(f"{path} is not a transactions file of synthfin-aml")
    fraud = pl.read_csv(path, columns=["txn_id", "is_fraud"], infer_schema=False)
    names = fraud.filter(pl.col("is_fraud") == "1")["txn_id"]
    payer, payee = table.column("payer"), table.column("payee")
    source_row = table.rows["id"].is_in(names.implode()).arg_true().to_numpy().astype(np.int64)
    source_row = source_row[payer[source_row] != payee[source_row]]
    victims, claim = np.unique(payer[source_row], return_inverse=True)
    return Problem(
        payer, payee, table.column("minor"), table.column("batch"), source_row,
        claim.astype(np.int32), np.zeros(len(table.accounts), np.int64),
        np.zeros(len(table.accounts), np.bool_), np.zeros(len(table.accounts), np.int64),
        len(victims),
    )  # fmt: skip

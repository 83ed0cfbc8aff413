"""Turns a table of transfers into the kernel's arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.facts import LineKind
from recovery_flows.tracing.kernel.adapt import Numbered, way_out
from recovery_flows.tracing.kernel.balances import closing_balances, least_openings
from recovery_flows.tracing.kernel.ordering import rows_highest_out
from recovery_flows.tracing.kernel.problem import Ints64, Problem
from recovery_flows.tracing.methods.catalogue import RuleName
from recovery_flows.tracing.methods.types import Basis, Opening
from recovery_flows.tracing.transfers.table import KINDS, LazyTransfers
from recovery_flows.tracing.transfers.table_files import TableFiles


def table_openings(files: TableFiles, basis: Basis) -> tuple[Opening, ...]:
    """The openings under a basis, only those that are not zero unless they are known."""
    if basis is Basis.KNOWN:
        return tuple(Opening(a, minor, basis) for a, minor in sorted(files.known.items()))
    if basis is Basis.ZERO:
        return ()
    table = files.table
    payer, payee, minor = (table.column(name) for name in ("payer", "payee", "minor"))
    least = least_openings(payer, payee, minor, len(table.accounts))
    above = np.flatnonzero(least)
    names = table.accounts.gather(above).to_list()
    return tuple(
        Opening(name, minor, basis)
        for name, minor in zip(names, least[above].tolist(), strict=True)
    )


def table_balances(files: TableFiles, openings: tuple[Opening, ...]) -> Mapping[str, int]:
    """Every account's balance after the last payment, in minor units."""
    problem = numbered_table(files, openings, RuleName.FIFO).problem
    return dict(
        zip(files.table.accounts.to_list(), closing_balances(problem).tolist(), strict=True)
    )


def _arrival(files: TableFiles) -> np.ndarray:
    """The payee of what is a transfer; -1 where money leaves sight; itself within one account."""
    table = files.table
    arrives = table.column("kind") == KINDS.index(LineKind.TRANSFER)
    arrives |= table.column("payer") == table.column("payee")
    return np.where(arrives, table.column("payee"), -1).astype(np.int32)


def _order(files: TableFiles, rule: RuleName) -> Ints64:
    """The rows as the rule walks them; a row credited apart from its debit comes twice."""
    table = files.table
    order = np.arange(len(table))
    if rule is RuleName.TIHO:
        columns = (table.column(name) for name in ("batch", "payer", "payee", "minor"))
        order = rows_highest_out(*columns)
    apart = np.flatnonzero(_arrival(files)[order] != table.column("payee")[order])
    return np.insert(order, apart + 1, order[apart])


def numbered_table(files: TableFiles, openings: tuple[Opening, ...], rule: RuleName) -> Numbered:
    """The table as the kernel takes it, its rows in the order in which the rule walks them."""
    table, order = files.table, _order(files, rule)
    minor, batch = table.column("minor")[order], table.column("batch")[order]
    # The second of two is the credit: money from outside.
    credit = np.concatenate(([False], order[1:] == order[:-1]))
    payer = np.where(credit, -1, table.column("payer")[order]).astype(np.int32)
    payee = np.where(credit, table.column("payee")[order], _arrival(files)[order]).astype(np.int32)
    opening, owes = _opened(files, openings)
    sources = _placed(files, order)
    claims = sorted({claim for _, claim in sources})
    number = {claim: place for place, claim in enumerate(claims)}
    problem = Problem(
        payer=payer, payee=payee, minor=minor, batch=batch,
        source_row=np.array([row for row, _ in sources], np.int64),
        source_claim=np.array([number[claim] for _, claim in sources], np.int32),
        opening=opening, owes=owes, owed_from=np.zeros(len(opening), np.int64),
        claims=len(claims),
    )  # fmt: skip
    ways = np.array([way_out(kind) for kind in KINDS], np.int64)[table.column("kind")[order]]
    pays = np.zeros(len(table.accounts) + 1, np.bool_)
    pays[table.column("payer")] = True
    return Numbered(
        problem, table.accounts.to_list(), claims, LazyTransfers(table, order), [], [],
        payer.astype(np.int64), ways,
        frozenset(np.flatnonzero(~pays[:-1]).tolist()),
    )  # fmt: skip


def _placed(files: TableFiles, order: Ints64) -> list[tuple[int, str]]:
    """Each claim with its row, by row."""
    first = np.full(len(files.table), -1, np.int64)
    first[order[::-1]] = np.arange(len(order))[::-1]
    rows = ((int(first[files.source_rows[s.transfer_id]]), s.claim_id) for s in files.sources)
    return sorted(rows)


def _opened(files: TableFiles, openings: tuple[Opening, ...]) -> tuple[Ints64, np.ndarray]:
    accounts = files.table.accounts
    opening, owes = np.zeros(len(accounts), np.int64), np.zeros(len(accounts), np.bool_)
    if openings:
        number = {name: place for place, name in enumerate(accounts.to_list())}
        for one in openings:
            if one.account in number:
                opening[number[one.account]] = one.minor
                owes[number[one.account]] = one.basis is Basis.KNOWN
    return opening, owes

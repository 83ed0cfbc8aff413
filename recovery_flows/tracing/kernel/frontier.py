"""The frontier: accounts with traced money whose further statements would show where it went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from recovery_flows.tracing.kernel.problem import Answer, Problem

Uncovered = tuple[int, int, int]
"""(row, account, 1 in or -1 out): a payment outside the period of the account's statements."""


def accounts_to_ask(problem: Problem, answer: Answer, uncovered: Sequence[Uncovered]) -> set[int]:
    """Accounts with traced money and payments outside their statements that may have moved it."""
    holding = set(answer.held_account.tolist())
    asked = [event for event in uncovered if event[1] in holding]
    stolen = _stolen_over_time(problem, answer, {account for _, account, _ in asked})
    return {account for row, account, way in asked if stolen(row, account, way)}


def _stolen_over_time(
    problem: Problem, answer: Answer, accounts: set[int]
) -> Callable[[int, int, int], bool]:
    """Tells whether a row brought traced money (1), or found some on the account (-1)."""
    moves: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    debts = _paid_debts(answer)
    payers, payees = problem.payer.tolist(), problem.payee.tolist()
    steps = zip(
        answer.hop_row.tolist(), answer.hop_parent.tolist(), answer.hop_minor.tolist(), strict=True
    )
    for row, parent, minor in steps:
        if parent >= 0 and payers[row] in accounts:
            moves[payers[row]].append((row, -minor))
        if payees[row] in accounts:
            moves[payees[row]].append((row, minor))
    for (row, account), minor in debts.items():
        if account in accounts:
            moves[account].append((row, -minor))

    def asks(row: int, account: int, way: int) -> bool:
        if way > 0:
            # What came and paid a debt at once did not stay: nobody has to ask for it.
            return sum(minor for at, minor in moves[account] if at == row) > 0
        return sum(minor for at, minor in moves[account] if at < row) > 0

    return asks


def _paid_debts(answer: Answer) -> Counter[tuple[int, int]]:
    paid: Counter[tuple[int, int]] = Counter()
    parts = zip(
        answer.gone_row.tolist(), answer.gone_account.tolist(), answer.gone_minor.tolist(),
        answer.gone_is_debt.tolist(), strict=True,
    )  # fmt: skip
    for row, account, minor, is_debt in parts:
        if is_debt:
            paid[row, account] += minor
    return paid

"""How much of an account banks hold over time, out of the history of every hold on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from models.measures.held_over_time import Held, HoldHistory, PaidFrom


def held_over_time(histories: Iterable[HoldHistory], recovery_id: str) -> tuple[Held, ...]:
    """Per account what is held for a recovery, and what for others, each time that it changes.

    A figure falls because money was released, or because it was paid out or disposed of: that left
    the account by the bank's own hand and counts as held, so that no payment of the holder's is
    taken for it. Two holds that change at one instant, as when a freeze follows a stop, are summed.
    """
    changes: defaultdict[tuple[str, bool], defaultdict[datetime, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for history in histories:
        key = history.account_id, history.recovery_id == recovery_id
        for at, minor in _changes(history):
            changes[key][at] += minor
    return tuple(
        held
        for (account, is_ours), minors in sorted(changes.items())
        for held in _levels(account, minors, is_ours=is_ours)
    )


def _levels(account: str, changes: Mapping[datetime, int], *, is_ours: bool) -> Iterator[Held]:
    level = 0
    for at in sorted(changes):
        if changes[at]:
            level += changes[at]
            yield Held(account, at, max(0, level), is_ours=is_ours)


def _changes(history: HoldHistory) -> Iterator[tuple[datetime, int]]:
    """By how much one hold grew or shrank, without what was paid out of it or disposed of."""
    changes: list[tuple[datetime, int]] = []
    before = 0
    for figure in history.figures:
        # What was booked later is the newer word, whatever the bank's stamps say.
        at = max(figure.at, changes[-1][0]) if changes else figure.at
        if not figure.is_disposal:
            changes.append((at, figure.minor - before))
        before = figure.minor
    left = [minor for _, minor in changes]
    for payout in history.paid:
        _explain(payout, [at for at, _ in changes], left)
    return ((at, minor) for (at, _), minor in zip(changes, left, strict=True))


def _explain(payout: PaidFrom, times: Sequence[datetime], left: list[int]) -> None:
    """Take a payout off the falls that it explains, the nearest in time first.

    A bank may stamp the two apart, either way round; of a payout that the hold's own figure does
    not show yet nothing has fallen.
    """
    due = payout.minor
    for n in sorted(range(len(left)), key=lambda place: abs(times[place] - payout.at)):
        taken = min(due, max(0, -left[n]))
        left[n] += taken
        due -= taken

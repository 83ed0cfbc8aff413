"""Histories by their seeds, in one process or several; what they came to, and the story of one."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.simulation.eyes import ViolationError
from tests.simulation.place import Place, place
from tests.simulation.plan import Plan
from tests.simulation.play import History
from tests.simulation.scenes import history_of
from tests.simulation.shrink import shrunk
from tests.simulation.told import Told

_COLLECT_EVERY = 25


@dataclass(slots=True)
class Sum:
    """Many histories together."""

    histories: int = 0
    figures: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """Count one history."""
        self.histories += 1
        for name in ("steps", "checks", "acts", "refused", "requests", "crashes", "meetings"):
            self.figures[name] += getattr(told, name)
        self.figures["days"] += round(told.days)
        self.faults += told.faults
        self.ends += told.ends
        if told.violation is not None:
            violation = told.violation
            self.violations.append((told.seed, violation.kind, violation.sentence))


def one(seed: int, at: Place, runner: asyncio.Runner) -> Told:
    """Play the history of one seed."""
    return runner.run(History(history_of(seed), at).play())


def played(seeds: Sequence[int]) -> Iterator[Told]:
    """Play these in this process, one after the other."""
    with place() as at, asyncio.Runner() as runner:
        gc.freeze()
        gc.disable()
        try:
            for number, seed in enumerate(seeds, 1):
                yield one(seed, at, runner)
                if number % _COLLECT_EVERY == 0:
                    gc.collect()
        finally:
            gc.enable()


def _work(seeds: Sequence[int], queue: multiprocessing.Queue[Told | None]) -> None:
    for told in played(seeds):
        queue.put(told)
    queue.put(None)


def played_by(processes: int, seeds: range) -> Iterator[Told]:
    """Play these in several processes, each its own share; they come as they are ready."""
    if processes == 1:
        yield from played(seeds)
        return
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[Told | None] = context.Queue()
    workers = [
        context.Process(target=_work, args=(seeds[share::processes], queue), daemon=True)
        for share in range(processes)
    ]
    for worker in workers:
        worker.start()
    left = processes
    while left:
        told = queue.get()
        if told is None:
            left -= 1
        else:
            yield told


def story(seed: int, *, shrink: bool) -> list[str]:
    """What happens in a seed's history, line by line; shrunk if it fails and that is wanted."""
    with place() as at, asyncio.Runner() as runner:

        def ends(plan: Plan) -> ViolationError | None:
            return runner.run(History(plan, at).play()).violation

        plan = history_of(seed)
        violation = ends(plan)
        if violation is not None and shrink:
            plan = shrunk(plan, violation, ends)
        lines = _setting(plan)
        told = runner.run(History(plan, at, lines.append).play())
        ended = ", ".join(f"{n} {state}" for state, n in sorted(told.ends.items()))
        lines.append(f"VIOLATION {told.violation}" if told.violation else f"at rest: {ended}")
        return lines


def _setting(plan: Plan) -> list[str]:
    """What was so from the beginning."""
    lines = [f"seed {plan.seed}"]
    lines += [
        f"{t.bank} acts after {t.answer_hours:g} h, pays after {t.settle_hours:g} h"
        + (f", stamps holds {t.hold_stamp_ms:+d} ms" if t.hold_stamp_ms else "")
        + (f", converts {t.coins_more} coins too dear" if t.coins_more else "")
        for t in plan.tempers
        if (t.answer_hours, t.settle_hours, t.hold_stamp_ms, t.coins_more) != (0, 0, 0, 0)
    ]
    lines += [f"{':'.join(a)} has {m / 100:.2f} of its own" for a, m in plan.openings if m]
    lines += [str(fault) for fault in plan.faults]
    lines += [f"{report.hour:g} h: {report}" for report in plan.reports]
    return lines

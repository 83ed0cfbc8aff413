"""Each guard switched off, one by one: the simulator has to find that it is missing.

A mutant replaces one function of the program. It is killed by the first seed whose history fails
with it and not without it; `seeds` says within how many that has to be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tests.simulation.place import place
from tests.simulation.plan import plan_of
from tests.simulation.play import History

Wrap = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A guard that is off: where it is (module, name), what stands in its place, and for what.

    `guards` says what the guard is for, `name` what the program does without it.
    """

    name: str
    section: str
    guards: str
    module: str
    attribute: str
    instead: Wrap
    seeds: int = 300

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The program without this guard, while the block runs."""
        module = import_module(self.module)
        before = getattr(module, self.attribute)
        setattr(module, self.attribute, self.instead(before))
        try:
            yield
        finally:
            setattr(module, self.attribute, before)


@dataclass(frozen=True, slots=True)
class Killed:
    """By which seed a mutant was found, and how; None: it lived through all of them."""

    mutant: Mutant
    seed: int | None
    kind: str = ""


def hunted(
    mutants: tuple[Mutant, ...], first: int = 0, most: int | None = None
) -> Iterator[Killed]:
    """Play seeds against each mutant until one fails that does not fail without it."""
    healthy: dict[int, bool] = {}
    with place() as at, asyncio.Runner() as runner:

        def fails(seed: int) -> str:
            told = runner.run(History(plan_of(seed), at).play())
            return "" if told.violation is None else told.violation.kind

        for mutant in mutants:
            killed = Killed(mutant, None)
            for seed in range(first, first + min(mutant.seeds, most or mutant.seeds)):
                with mutant.at_work():
                    kind = fails(seed)
                if kind and healthy.setdefault(seed, not fails(seed)):
                    killed = Killed(mutant, seed, kind)
                    break
            yield killed

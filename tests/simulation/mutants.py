"""Each guard switched off, one by one: the simulator has to find that it is missing.

A mutant replaces one function of the program. It is killed by the first seed whose history fails
with it and not without it; `seeds` says within how many that has to be. A seed is played as it is
first: one that never comes to a guard, or gets from it what its mutant says, is the same without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

from tests.simulation.place import Place, place
from tests.simulation.plan import plan_of
from tests.simulation.play import History

Wrap = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Always:
    """Says the same whatever it is asked."""

    value: object

    def __call__(self, _: Any) -> Any:
        return lambda *given, **named: self.value  # noqa: ARG005


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
    is_pure: bool = False
    """Whether it only answers otherwise: then an equal answer shows that nothing changes."""
    seeds: int = 300
    first: int = 0
    """The first seed that can come to it."""
    behind: str = ""
    """What else keeps the same from happening, so that histories do not show that it is off."""

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
    """By which seed a mutant was found, and how; None: it lived through all of them.

    `played` histories came to its guard, the one that found it among them.
    """

    mutant: Mutant
    seed: int | None
    kind: str = ""
    played: int = 0


@dataclass(slots=True)
class _Seeds:
    """Histories as they are, and with one guard off."""

    mutants: tuple[Mutant, ...]
    at: Place
    runner: asyncio.Runner
    _known: dict[int, frozenset[str]] = field(default_factory=dict)

    def reaching(self, seed: int) -> frozenset[str]:
        """The mutants whose guards this seed comes to; none where it fails as it is."""
        if seed not in self._known:
            found: set[str] = set()
            with ExitStack() as stack:
                for mutant in self.mutants:
                    stack.enter_context(replace(mutant, instead=_watched(mutant, found)).at_work())
                is_well = not self.fails(seed)
            self._known[seed] = frozenset(found) if is_well else frozenset()
        return self._known[seed]

    def fails(self, seed: int) -> str:
        """In which way a history fails; "" if it does not."""
        told = self.runner.run(History(plan_of(seed), self.at).play())
        return "" if told.violation is None else told.violation.kind


def _watched(mutant: Mutant, found: set[str]) -> Wrap:
    """The guard as it is, noting when its mutant would say something else."""

    def watch(before: Any) -> Any:
        if not callable(before):
            found.add(mutant.name)
            return before

        def guard(*given: Any, **named: Any) -> Any:
            said = before(*given, **named)
            if not mutant.is_pure and not isinstance(mutant.instead, Always):
                found.add(mutant.name)
                return said
            told = tuple(said) if isinstance(said, Iterator) else said
            if told != mutant.instead(before)(*given, **named):
                found.add(mutant.name)
            return iter(told) if isinstance(said, Iterator) else said

        return guard

    return watch


def hunted(
    mutants: tuple[Mutant, ...],
    first: int = 0,
    most: int | None = None,
    known: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[Killed]:
    """Play seeds against each mutant until one fails that does not fail without it.

    `known` has the seed by which a mutant was found before: that one is asked first.
    """
    with place() as at, asyncio.Runner() as runner:
        seeds = _Seeds(mutants, at, runner)
        for mutant in mutants:
            killed = Killed(mutant, None)
            before = [known[mutant.name]] if mutant.name in known else []
            start = max(first, mutant.first)
            for seed in (*before, *range(start, start + min(mutant.seeds, most or mutant.seeds))):
                if mutant.name not in seeds.reaching(seed):
                    continue
                killed = replace(killed, played=killed.played + 1)
                with mutant.at_work():
                    kind = seeds.fails(seed)
                if kind:
                    killed = replace(killed, seed=seed, kind=kind)
                    break
            yield killed

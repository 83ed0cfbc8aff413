"""Each guard switched off, one by one: the simulator has to find that it is missing.

A mutant replaces one function of the program. It is killed by the first seed whose history fails
with it and not without it; `seeds` says within how many that has to be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from tests.simulation.place import place
from tests.simulation.plan import plan_of
from tests.simulation.play import History

_RULES = "recovery_flows.rules"
Wrap = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A guard that is off: where it is (module, name), what stands in its place, and for what."""

    name: str
    section: str
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


def _nothing(_: Any) -> Any:
    return lambda *given, **named: None  # noqa: ARG005


def _always(value: object) -> Wrap:
    return lambda _: lambda *given, **named: value  # noqa: ARG005


def _any_4xx_is_a_no(before: Any) -> Any:
    def meaning(status: int, name: str) -> Any:
        from recovery_flows.bank.answers import Meaning

        return Meaning.STOP if 400 <= status < 500 and status != 429 else before(status, name)

    return meaning


def _each_revision_is_new(before: Any) -> Any:
    def take(progress: Any, hold_id: str, fact: Any, laws: Any, now: Any) -> None:
        known = progress.file.hold(hold_id).bank_revision
        before(progress, hold_id, replace(fact, revision=max(fact.revision, known + 1)), laws, now)

    return take


def _as_if_ours(before: Any) -> Any:
    def figure(hold: Any, fact: Any) -> Any:
        from models.money import Money

        same = replace(fact, held=Money(fact.held.minor, hold.currency))
        return before(hold, same)

    return figure


def _as_ordered(before: Any) -> Any:
    def sums(hold: Any, fact: Any) -> Any:
        values = before(hold, fact)
        return values | {"settled_minor": 0, "settled_currency": ""}

    return sums


def _never_final(_: Any) -> Any:
    def net(file: Any, claim: Any) -> int:
        del file
        minor: int = claim.upheld_minor
        return minor

    return net


MUTANTS = (
    Mutant("a bank's other sum is nobody's", "1", f"{_RULES}.disagreeing", "compare", _nothing),
    Mutant("a contradiction is nobody's", "1", f"{_RULES}.disagreeing", "contradicts", _nothing),
    Mutant("news on what is closed is nobody's", "1", f"{_RULES}.disagreeing", "news_on_closed",
           _nothing),
    Mutant("another currency is taken for ours", "1", f"{_RULES}.hold_facts", "figure",
           _as_if_ours),
    Mutant("a payout is booked as it was ordered", "1", f"{_RULES}.payout_facts", "_sums",
           _as_ordered),
    Mutant("any 4xx is a no to an order", "1", "recovery_flows.bank.answers", "meaning_of",
           _any_4xx_is_a_no),
    Mutant("what another bank or type names is taken", "1", "recovery_flows.flows.feed",
           "_is_his", _always(value=True)),
    Mutant("an answer told twice is taken twice", "1", f"{_RULES}.answers", "take_hold_fact",
           _each_revision_is_new),
    Mutant("a clock ends a hold before its feed is read", "1", f"{_RULES}.lapsing",
           "end_is_known", _always(value=True)),
    Mutant("what reopens is not opened", "1", f"{_RULES}.disagreeing", "reopen", _nothing),
    Mutant("what is paid still counts as lost", "2", f"{_RULES}.restitution", "net_loss_minor",
           _never_final),
    Mutant("a changed figure keeps its yes", "2", f"{_RULES}.sending", "is_in_force",
           _always(value=True)),
    Mutant("a refused payout is drafted again", "2", f"{_RULES}.restitution", "refused_payout",
           _always(None)),
    Mutant("approvals of what has changed stay", "2", f"{_RULES}.approval_upkeep", "_has_ended",
           _always(value=False)),
    Mutant("a trace below what was paid is adopted", "2", f"{_RULES}.contradicting", "refuse",
           _always(value=False)),
    Mutant("a discrepancy holds up no return", "1", f"{_RULES}.discrepancies", "hold_up_return",
           _always(value=False)),
    Mutant("a lapsed hold is not stopped again", "3", f"{_RULES}.lapsing", "draft_again",
           _nothing),
    Mutant("a lapse is told to nobody", "3", f"{_RULES}.lapsing", "unseen", _always([])),
)  # fmt: skip


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

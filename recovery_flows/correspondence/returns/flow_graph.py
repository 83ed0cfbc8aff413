"""The way of the money as places and streams: what the picture of the flow is drawn from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recovery_flows.tracing.views import HopView

PLACES_MAX = 36
OTHERS = "…"


@dataclass(frozen=True, slots=True)
class FlowPlace:
    """An account or a way out of sight; `minor` is what came in or left, whichever is more."""

    key: str
    label: str
    column: int
    minor: int
    fate: str
    """What became of the most that rests there: an `ends` of the hops; "" where all went on."""
    resting_minor: int
    """How much that was."""


@dataclass(frozen=True, slots=True)
class FlowStream:
    """All traced money that went from one place to another."""

    source: str
    target: str
    minor: int


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """Places by column and falling amount, and the streams between them (currency of the loss)."""

    places: tuple[FlowPlace, ...]
    streams: tuple[FlowStream, ...]


def flow_graph(hops: Iterable[HopView]) -> FlowGraph:
    """One graph of all claims' hops; beyond PLACES_MAX the smallest places are told as one."""
    gathered = _Gathered()
    for hop in hops:
        gathered.add(hop)
    return gathered.graph()


class _Gathered:
    """Hops summed up by where they went from and to."""

    def __init__(self) -> None:
        self.streams: Counter[tuple[str, str]] = Counter()
        self.labels: dict[str, str] = {}
        self.columns: dict[str, int] = {}
        self.fates: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, hop: HopView) -> None:
        """Take one step of one claim's money."""
        source, target = (
            account or f"{name}/{side}"
            for account, name, side in zip(
                hop.account_ids, (hop.payer, hop.payee), ("from", "to"), strict=True
            )
        )
        self.streams[source, target] += hop.claim_minor
        for key, label, column in (
            (source, hop.payer, hop.depth),
            (target, hop.payee, hop.depth + 1),
        ):
            self.labels[key] = label
            self.columns[key] = min(column, self.columns.get(key, column))
        if hop.ends:
            self.fates[target][hop.ends] += hop.claim_minor

    def graph(self) -> FlowGraph:
        """What was gathered, the largest places of each column first."""
        into, out = Counter[str](), Counter[str]()
        for (source, target), minor in self.streams.items():
            out[source] += minor
            into[target] += minor
        size = {key: max(into[key], out[key]) for key in self.labels}
        kept = set(sorted(size, key=lambda key: (-size[key], key))[:PLACES_MAX])
        merged: Counter[tuple[str, str]] = Counter()
        for (source, target), minor in self.streams.items():
            ends = tuple(key if key in kept else self._others(key) for key in (source, target))
            if ends[0] != ends[1]:
                merged[ends[0], ends[1]] += minor
        streams = (FlowStream(*ends, minor) for ends, minor in sorted(merged.items()))
        return FlowGraph(tuple(self._places(size, kept, into, out)), tuple(streams))

    def _others(self, key: str) -> str:
        return f"{OTHERS}/{self.columns[key]}"

    def _places(
        self, size: dict[str, int], kept: set[str], into: Counter[str], out: Counter[str]
    ) -> list[FlowPlace]:
        places = [
            FlowPlace(
                key, self.labels[key], self.columns[key], size[key],
                *self._fate(key, max(0, into[key] - out[key])),
            )
            for key in kept
        ]  # fmt: skip
        rest: defaultdict[int, list[str]] = defaultdict(list)
        for key in size.keys() - kept:
            rest[self.columns[key]].append(key)
        places += [
            FlowPlace(f"{OTHERS}/{column}", f"{OTHERS} {len(keys)}", column,
                      sum(size[key] for key in keys), "", 0)
            for column, keys in rest.items()
        ]  # fmt: skip
        return sorted(places, key=lambda place: (place.column, -place.minor, place.key))

    def _fate(self, key: str, left_minor: int) -> tuple[str, int]:
        """What became of the most of what came there, as far as it did not go on."""
        fates = self.fates[key]
        fate = max(fates, key=lambda fate: (fates[fate], fate)) if fates and left_minor else ""
        return fate, min(fates[fate], left_minor) if fate else 0


def resting_minor(hops: Sequence[HopView]) -> tuple[int, ...]:
    """How much of each of one claim's steps stayed where it led (currency of the loss).

    What went on from there is of the earliest steps that led there.
    """
    gone: Counter[str] = Counter()
    for hop in hops:
        gone[hop.account_ids[0]] += hop.claim_minor
    rests = []
    for hop in hops:
        went_on = min(hop.claim_minor, gone[hop.account_ids[1]]) if hop.account_ids[1] else 0
        gone[hop.account_ids[1]] -= went_on
        rests.append(hop.claim_minor - went_on)
    return tuple(rests)

"""Running cases one by one, measured by processor time; and how the time grows with the size."""

from __future__ import annotations

import gc
import math
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.fuzz.dice import Dice, bent, grown, soup
from bench.fuzz.readers import READ, READERS, DisagreementError, Reader

SIZE = 100_000
_BLOWN_ONE_IN = 1_500
_BENT_ONE_IN = 4
_SOUP_ONE_IN = 20
GROWTH_SIZES = (50_000, 100_000, 200_000, 400_000)
_SHORT_SECONDS = 0.002


@dataclass
class Found:
    """What cases of one reader did."""

    cases: int = 0
    read: int = 0
    refused: int = 0
    uncaught: int = 0
    disagreements: int = 0
    bytes: int = 0
    seconds: float = 0
    slowest_seconds_per_100_kb: float = 0
    slowest_case: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: dict[str, Any]) -> None:
        """Add what an earlier piece found."""
        for name in ("cases", "read", "refused", "uncaught", "disagreements", "bytes", "seconds"):
            setattr(self, name, getattr(self, name) + other[name])
        if other["slowest_seconds_per_100_kb"] > self.slowest_seconds_per_100_kb:
            self.slowest_seconds_per_100_kb = other["slowest_seconds_per_100_kb"]
            self.slowest_case = other["slowest_case"]
        self.faults = (self.faults + other["faults"])[:20]


def schedule() -> list[str]:
    """Names of readers, each as often as it weighs."""
    return [name for name, reader in READERS.items() for _ in range(reader.weight)]


def case_bytes(name: str, number: int) -> bytes:
    """The input of one case: always the same bytes."""
    reader, dice = READERS[name], Dice(f"{name} {number}")
    data = reader.make(dice)
    # What is one of four formats is compared with itself: bent bytes would be other bookings.
    if name.startswith("one booking"):
        return data
    if reader.samples and dice.chance(6):
        data = dice.of(reader.samples)
    if dice.chance(_SOUP_ONE_IN):
        data = soup(dice, (data, *reader.samples))
    if dice.chance(_BENT_ONE_IN):
        data = bent(dice, data, reader.samples or (data,))
    if reader.units and dice.chance(_BLOWN_ONE_IN):
        return grown(dice, data, SIZE, reader.units if dice.chance(2) else ())
    return data


def run_case(name: str, number: int, folder: Path, found: Found) -> None:
    """Read one case and count what came of it; nothing but a refusal may be raised."""
    data = case_bytes(name, number)
    begun = time.process_time()
    try:
        outcome = READERS[name].read(data, folder)
    except DisagreementError as error:
        found.disagreements += 1
        found.faults = [*found.faults, f"{name} {number}: {error}"[:500]][:20]
        outcome = ""
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        found.uncaught += 1
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        found.faults = [*found.faults, f"{name} {number}: {type(error).__name__} at {place}"][:20]
        outcome = ""
    spent = time.process_time() - begun
    found.cases += 1
    found.bytes += len(data)
    found.seconds += spent
    found.read += outcome == READ
    found.refused += outcome not in ("", READ)
    scaled = spent * SIZE / max(len(data), SIZE)
    if scaled > found.slowest_seconds_per_100_kb:
        found.slowest_seconds_per_100_kb, found.slowest_case = scaled, number


def growth(name: str, patterns: int, folder: Path) -> dict[str, float | int]:
    """The exponent of seconds by bytes, fitted over all patterns, and the largest of one.

    Patterns that are read or refused more quickly than can be measured are only counted.
    """
    gc.collect()
    gc.freeze()  # what the program itself holds is no reader's time
    logs: list[tuple[float, float]] = []
    slopes: list[float] = []
    for number in range(patterns):
        points = _points(READERS[name], f"{name} grows {number}", folder)
        if len(points) == len(GROWTH_SIZES):
            mean_x = sum(x for x, _ in points) / len(points)
            mean_y = sum(y for _, y in points) / len(points)
            logs += [(x - mean_x, y - mean_y) for x, y in points]
            slopes.append(slope(points))
    told: dict[str, float | int] = {"patterns": patterns, "measured": len(slopes)}
    if slopes:
        told |= {"exponent": round(slope(logs), 2), "largest": round(max(slopes), 2)}
    return told


def _points(reader: Reader, seed: str, folder: Path) -> list[tuple[float, float]]:
    points = []
    for size in GROWTH_SIZES:
        dice = Dice(seed)
        dice.oddness = 0.0
        data = grown(dice, reader.make(dice), size, reader.units)
        spent = min(_seconds(reader, data, folder) for _ in range(2))
        if spent >= _SHORT_SECONDS:  # below it the clock and the rest of the machine are measured
            points.append((math.log(len(data)), math.log(spent)))
    return points


def _seconds(reader: Reader, data: bytes, folder: Path) -> float:
    begun = time.process_time()
    reader.read(data, folder)
    return time.process_time() - begun


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The exponent of the power that fits best: least squares of logarithms."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0.0


def cases(first: int, count: int) -> Iterator[tuple[str, int]]:
    """(Reader, number) of so many cases from a number on, the readers in turn."""
    names = schedule()
    for number in range(first, first + count):
        yield names[number % len(names)], number

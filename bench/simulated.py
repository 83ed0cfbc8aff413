"""The record of a long run of the simulator: piece by piece, each with the commit it ran on."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from tests.simulation.run import Sum

_ROOT = Path(__file__).parents[1]
_COUNTS = ("histories", "failed", "steps", "acts", "refused", "checks", "requests", "crashes",
           "meetings", "days", "faults")  # fmt: skip
_KINDS = ("faults_by_kind", "recoveries_by_end")
Piece = dict[str, Any]


def commit() -> str:
    """The commit of this working tree; "+" where something in it was changed since."""
    told = subprocess.run(
        ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],  # noqa: S607
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.stdout.strip() or "unknown"


def piece_of(seeds: range, total: Sum, spent: float, processes: int) -> Piece:
    """What one piece came to."""
    return {
        "seeds": [seeds.start, seeds.stop - 1],
        "commit": commit(),
        "processes": processes,
        "histories": total.histories,
        "failed": len(total.violations),
        "violations": [list(found) for found in sorted(total.violations)],
        **{name: total.figures[name] for name in sorted(total.figures)},
        "recoveries_by_end": dict(sorted(total.ends.items())),
        "faults": sum(total.faults.values()),
        "faults_by_kind": dict(sorted(total.faults.items())),
        "seconds": round(spent, 1),
        **_speed(total.histories, total.figures["steps"], spent),
    }


def together(pieces: list[Piece]) -> Piece:
    """All pieces as one: sums, and the speed over the time that they took one after the other."""
    whole: Piece = {"commits": sorted({piece["commit"] for piece in pieces})}
    for name in _COUNTS:
        whole[name] = sum(piece.get(name, 0) for piece in pieces)
    whole["violations"] = [found for piece in pieces for found in piece["violations"]]
    for name in _KINDS:
        kinds = sum((Counter(piece[name]) for piece in pieces), Counter[str]())
        whole[name] = dict(sorted(kinds.items()))
    seconds = sum(piece["seconds"] for piece in pieces)
    return {
        **whole,
        "seconds": round(seconds, 1),
        **_speed(whole["histories"], whole["steps"], seconds),
    }


class Record:
    """The file of a run: written after each piece, so that an interrupted run goes on from there.

    Pieces that lie in other files are merged by adding those.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pieces: list[Piece] = []
        if path.exists():
            self.pieces = json.loads(path.read_text("utf-8")).get("pieces", [])

    def add(self, *pieces: Piece) -> None:
        """Keep pieces, each in the place of an earlier one of the same seeds."""
        known = {tuple(piece["seeds"]): piece for piece in (*self.pieces, *pieces)}
        self.pieces = [known[seeds] for seeds in sorted(known)]
        body = {"together": together(self.pieces), "pieces": self.pieces}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
        new.replace(self.path)

    def missing(self, seeds: range, size: int) -> list[range]:
        """The pieces of these seeds that are not there yet."""
        starts = range(seeds.start, seeds.stop, size)
        wanted = [range(start, min(start + size, seeds.stop)) for start in starts]
        known = {tuple(piece["seeds"]) for piece in self.pieces}
        return [piece for piece in wanted if (piece.start, piece.stop - 1) not in known]


def _speed(histories: int, steps: int, seconds: float) -> Piece:
    seconds = seconds or 1
    return {
        "histories_per_second": round(histories / seconds, 2),
        "steps_per_second": round(steps / seconds, 1),
    }
